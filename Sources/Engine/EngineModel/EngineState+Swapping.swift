// Keys and values on the host instead of computed again.
extension EngineState {
    private func bytes(_ slot: Int) -> Int64 {
        Int64(slots[slot].computed) * Int64(options.model.keyValueBytesPerToken)
    }

    /// Begins to copy a sequence, which is in no queue, to the host; its blocks are free when that
    /// has ended.
    mutating func copyOut(_ slot: Int) {
        let bytes = bytes(slot)
        slots[slot].stage = .copyingOut
        channels.copyOut(slot, bytes: bytes, blocks: slots[slot].blocks, now: now)
        let arrival = slots[slot].arrival
        let place = swapped.firstIndex { slots[$0].arrival > arrival } ?? swapped.endIndex
        swapped.insert(slot, at: place)
        counters.swaps += 1
        counters.swappedBytes += bytes
    }

    /// Begins to copy those back that lie on the host, in the order of arrival, as far as they fit.
    ///
    /// - Returns: whether any is still away, so that nobody who came later is admitted.
    package mutating func resume() -> Bool {
        if swapped.isEmpty { return false }
        for slot in swapped where slots[slot].stage == .onHost {
            let needed = BlockPool.blocks(for: max(slots[slot].known, slots[slot].prefillTarget))
            guard vacancies > 0, pool.admits(blocks: needed) else { break }
            pool.take(needed, onto: &slots[slot].table)
            slots[slot].stage = .copyingIn
            let bytes = bytes(slot)
            channels.copyBack(slot, bytes: bytes, now: now)
            counters.swappedBytes += bytes
        }
        return true
    }

    /// Takes note of the copies that have ended by now.
    mutating func endCopies() {
        while let slot = channels.endedOut(by: now) {
            pool.giveBack(&slots[slot].table)
            slots[slot].stage = .onHost
        }
        while let slot = channels.endedBack(by: now) {
            swapped.removeAll { $0 == slot }
            slots[slot].stage = .running
            insertRunning(slot)
        }
    }
}

import DequeModule

// The work that both schedulers share: admitting, growing, preempting.
extension EngineCore {
    /// Whether the head of the queue may be admitted now, by blocks and by sequences.
    func admitsHead() -> Bool {
        guard let slot = waiting.first, running.count < options.maxSequences else { return false }
        return pool.admits(blocks: BlockPool.blocks(for: slots[slot].known))
    }

    /// Admits the head of the queue with blocks for all that it knows.
    ///
    /// The whole prompt is taken at once also where it runs in chunks, as Sarathi-Serve does: a
    /// prompt half computed then never waits for blocks.
    mutating func admitHead() -> Int {
        guard let slot = waiting.popFirst() else {
            preconditionFailure("Only a request that waits is admitted.")
        }
        let known = slots[slot].known
        let blocks = BlockPool.blocks(for: known)
        pool.take(blocks)
        slots[slot].blocks = blocks
        slots[slot].prefillTarget = known
        slots[slot].stage = .running
        running.append(slot)
        return slot
    }

    /// Puts `new` tokens of a sequence's prefill into the step.
    mutating func scheduleChunk(of slot: Int, new: Int) {
        shape.addChunk(.init(new: new, cached: slots[slot].computed))
        slots[slot].scheduled = new
        participants.append(slot)
        counters.prefillTokens += new
    }

    /// Puts all decoding sequences into the step, first come first, and preempts the last arrived
    /// whenever a block is needed and none is free.
    ///
    /// - Returns: whether any was preempted.
    mutating func scheduleDecodes() -> Bool {
        var preempted = false
        var position = 0
        while position < running.count {
            let slot = running[position]
            position += 1
            if !slots[slot].isDecoding { continue }
            let needed = BlockPool.blocks(for: slots[slot].known) - slots[slot].blocks
            if needed > pool.free {
                preempted = true
                // Victims come from the end, where nothing is scheduled yet; the sequence itself
                // is the last of them.
                while needed > pool.free, running.count >= position {
                    preemptLast()
                }
                if running.count < position { break }
            }
            pool.take(needed)
            slots[slot].blocks += needed
            slots[slot].scheduled = 1
            shape.addDecode(context: slots[slot].known)
            participants.append(slot)
        }
        return preempted
    }

    /// Takes the last arrived out of the batch, to be prefilled again with all it has generated.
    private mutating func preemptLast() {
        let slot = running.removeLast()
        precondition(slots[slot].scheduled == 0, "What the step runs is not preempted.")
        releaseBlocks(of: slot)
        slots[slot].computed = 0
        slots[slot].stage = .waiting
        waiting.prepend(slot)
        counters.preemptions += 1
    }

    /// Gives back all blocks of a sequence.
    mutating func releaseBlocks(of slot: Int) {
        pool.giveBack(slots[slot].blocks)
        slots[slot].blocks = 0
    }

    /// Frees the slot of a sequence that is in no queue and no step.
    mutating func vacate(_ slot: Int) {
        slots[slot].stage = .vacant
        vacantSlots.append(slot)
    }
}

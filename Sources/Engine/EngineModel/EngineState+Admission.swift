import DequeModule

// Admitting, and putting prompts into a step.
extension EngineState {
    /// Blocks of a waiting request that are in the cache. All but the last token's block may be:
    /// one token at least has to run.
    private func cached(_ slot: Int) -> (blocks: Int, unheld: Int) {
        guard options.prefixCache, slots[slot].request.generated == 0 else { return (0, 0) }
        let most = (slots[slot].known - 1) / BlockPool.blockTokens
        return pool.prefix(of: slots[slot].request.contents.prefix(most))
    }

    /// Whether the head of the queue may be admitted now, by blocks and by sequences.
    package func admitsHead() -> Bool {
        guard let slot = waiting.first, vacancies > 0 else { return false }
        let needed = BlockPool.blocks(for: slots[slot].known)
        guard options.prefixCache else { return pool.admits(blocks: needed) }
        let cached = cached(slot)
        return pool.admits(blocks: needed - cached.blocks + cached.unheld)
    }

    /// Prefill tokens that the head of the queue would bring.
    package func headPrefill() -> Int? {
        waiting.first.map { slot in
            slots[slot].request.generated > 0 && slots[slot].computed > 0
                ? 0 : slots[slot].known - cached(slot).blocks * BlockPool.blockTokens
        }
    }

    /// Admits the head of the queue with blocks for all that it knows, of which those in the cache
    /// need no prefill.
    ///
    /// The whole prompt is taken at once also where it runs in chunks, as Sarathi-Serve does: a
    /// prompt half computed then never waits for blocks.
    package mutating func admitHead() -> Int {
        guard let slot = waiting.popFirst() else {
            preconditionFailure("Only a request that waits is admitted.")
        }
        let known = slots[slot].known
        let comesComputed = slots[slot].computed > 0
        if options.prefixCache {
            let found = cached(slot).blocks
            pool.share(slots[slot].request.contents.prefix(found), onto: &slots[slot].table)
            if !comesComputed {
                slots[slot].computed = found * BlockPool.blockTokens
                counters.cachedTokens += slots[slot].computed
            }
        }
        pool.take(BlockPool.blocks(for: known) - slots[slot].blocks, onto: &slots[slot].table)
        // Keys and values that came with it leave its last token to a decode.
        slots[slot].prefillTarget = comesComputed ? slots[slot].computed : known
        slots[slot].stage = .running
        insertRunning(slot)
        return slot
    }

    /// Puts a sequence into the order of those that run.
    mutating func insertRunning(_ slot: Int) {
        let arrival = slots[slot].arrival
        let place = running.lastIndex { slots[$0].arrival < arrival }.map { $0 + 1 } ?? 0
        running.insert(slot, at: place)
        guard !slots[slot].isDecoding else { return }
        let behind = prefilling.firstIndex { slots[$0].arrival > arrival } ?? prefilling.endIndex
        prefilling.insert(slot, at: behind)
    }

    /// Puts `new` tokens of a sequence's prefill into the step; `padding` tokens beside them cost
    /// time and are nobody's.
    package mutating func prefill(_ slot: Int, new: Int, padding: Int = 0) {
        shape.addChunk(.init(new: new + padding, cached: slots[slot].computed))
        slots[slot].scheduled = new
        participants.append(slot)
        counters.prefillTokens += new
    }
}

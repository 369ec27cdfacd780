extension EngineCore {
    /// One step of chunked prefill (Sarathi-Serve, OSDI 2024; the scheduler of vLLM V1).
    ///
    /// Decodes come first with one token each, then prefills already begun, then new requests, each
    /// up to what is left of the token budget. A step that had to preempt admits nobody: the blocks
    /// just freed would go to the very request that lost them.
    mutating func planChunked() {
        let preempted = scheduleDecodes()
        var budget = options.chunkBudget - shape.newTokens
        for slot in running where !slots[slot].isDecoding && budget > 0 {
            let new = min(budget, slots[slot].prefillTarget - slots[slot].computed)
            scheduleChunk(of: slot, new: new)
            budget -= new
        }
        if preempted { return }
        while budget > 0, admitsHead() {
            let slot = admitHead()
            let new = min(budget, slots[slot].prefillTarget)
            scheduleChunk(of: slot, new: new)
            budget -= new
        }
    }
}

import DequeModule

extension EngineCore {
    /// Tokens of a prefill step: max_num_batched_tokens of vLLM v0.
    private var maxBatchedTokens: Int { max(options.maxModelLen, 2048) }

    /// One step of the scheduler of vLLM v0: whole prompts of those that wait and fit, and decodes
    /// only in steps without a prompt.
    mutating func planPrefillFirst() {
        var budget = maxBatchedTokens
        while let head = waiting.first, slots[head].known <= budget, admitsHead() {
            let slot = admitHead()
            let new = slots[slot].prefillTarget
            scheduleChunk(of: slot, new: new)
            budget -= new
        }
        if shape.isEmpty {
            _ = scheduleDecodes()
        }
    }
}

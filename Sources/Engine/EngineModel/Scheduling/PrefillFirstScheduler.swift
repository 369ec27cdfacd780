/// The scheduler of vLLM v0: whole prompts of those that wait and fit, and decodes only in steps
/// without a prompt.
struct PrefillFirstScheduler: Scheduler {
    let keepsOrder = true
    /// Tokens of a prefill step: max_num_batched_tokens of vLLM v0.
    private let maxBatchedTokens: Int

    init(_ options: EngineOptions) { maxBatchedTokens = max(options.maxModelLen, 2048) }

    mutating func plan(_ engine: inout EngineState) {
        var budget = maxBatchedTokens
        if !engine.resume() {
            while let prefill = engine.headPrefill(), prefill <= budget, engine.admitsHead() {
                let slot = engine.admitHead()
                if engine.isDecoding(slot) { continue }
                engine.prefill(slot, new: engine.prefillLeft(slot))
                budget -= prefill
            }
        }
        if engine.isEmpty { _ = engine.decodeAll() }
    }
}

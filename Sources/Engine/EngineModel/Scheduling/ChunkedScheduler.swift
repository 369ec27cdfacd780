/// Chunked prefill (Sarathi-Serve, OSDI 2024; the scheduler of vLLM V1).
///
/// Decodes come first with one token each, then prefills already begun, then new requests, each up
/// to what is left of the token budget. A step that had to preempt admits nobody: the blocks just
/// freed would go to the very request that lost them.
struct ChunkedScheduler: Scheduler {
    let keepsOrder = true

    mutating func plan(_ engine: inout EngineState) {
        let preempted = engine.decodeAll()
        let prefilling = engine.prefilling
        for slot in prefilling where budget(engine) > 0 {
            engine.prefill(slot, new: min(budget(engine), engine.prefillLeft(slot)))
        }
        if preempted || engine.resume() { return }
        while budget(engine) > 0, engine.admitsHead() {
            let slot = engine.admitHead()
            if !engine.isDecoding(slot) {
                engine.prefill(slot, new: min(budget(engine), engine.prefillLeft(slot)))
            } else if engine.decodeTokens(slot) <= budget(engine) {
                // Its keys and values came with it.
                engine.decode(slot, context: engine.known(slot))
            }
        }
    }

    /// Tokens that the step has room for.
    private func budget(_ engine: borrowing EngineState) -> Int {
        engine.options.chunkBudget - engine.plannedTokens
    }
}

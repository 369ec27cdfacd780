/// Chunked prefill (Sarathi-Serve, OSDI 2024; the scheduler of vLLM V1).
///
/// Decodes come first with one token each, then prefills already begun, then new requests, each up
/// to what is left of the token budget. A step that had to preempt admits nobody: the blocks just
/// freed would go to the very request that lost them.
struct ChunkedScheduler: Scheduler {
    let keepsOrder = true

    mutating func plan(_ engine: inout EngineState) {
        let preempted = engine.decodeAll()
        var budget = engine.options.chunkBudget - engine.plannedTokens
        for slot in engine.running where !engine.isDecoding(slot) && budget > 0 {
            let new = min(budget, engine.prefillLeft(slot))
            engine.prefill(slot, new: new)
            budget -= new
        }
        if preempted || engine.resume() { return }
        while budget > 0, engine.admitsHead() {
            let slot = engine.admitHead()
            if engine.isDecoding(slot) {
                // Its keys and values came with it.
                engine.decode(slot, context: engine.known(slot))
                budget -= 1
                continue
            }
            let new = min(budget, engine.prefillLeft(slot))
            engine.prefill(slot, new: new)
            budget -= new
        }
    }
}

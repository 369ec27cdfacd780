/// Static batching, as before Orca: a batch of requests runs padded and together, from one prefill
/// to the longest answer, and nobody joins. Those that finished early hold their places.
///
/// A batch starts when `maxSequences` wait, or ``patienceNs`` after the oldest of them came.
struct StaticScheduler: Scheduler {
    static let patienceNs: Int64 = 1_000_000_000

    let keepsOrder = true
    /// Requests of the batch, finished ones included.
    private var places = 0
    /// Tokens of each sequence in it, padding included.
    private var padded = 0

    mutating func plan(_ engine: inout EngineState) {
        if engine.running.isEmpty {
            startBatch(&engine)
        } else {
            padded += 1
            let slots = engine.running
            for slot in slots { engine.decode(slot, context: padded) }
            for _ in slots.count..<places { engine.hold(context: padded) }
        }
    }

    private mutating func startBatch(_ engine: inout EngineState) {
        guard let oldest = engine.head else { return }
        let due = engine.arrivedNs(oldest) + Self.patienceNs
        if engine.waitingCount < engine.options.maxSequences, engine.now < due {
            return engine.askAgain(at: due)
        }
        var batch: [Int] = []
        var reserved = 0
        while let slot = engine.head, engine.vacancies > 0 {
            // A batch never preempts: what its answers grow to is kept free from the start.
            let request = engine.request(slot)
            reserved += BlockPool.blocks(for: request.promptTokens + request.outputTokens)
            guard engine.reserves(blocks: reserved) else { break }
            batch.append(engine.admitHead())
        }
        places = batch.count
        padded = batch.map { engine.prefillLeft($0) }.max() ?? 0
        for slot in batch {
            let left = engine.prefillLeft(slot)
            engine.prefill(slot, new: left, padding: padded - left)
        }
    }
}

import Goodput
import Randomness

/// A run at random: a queue that answers within some time, with chunks, failures and answers that
/// came whole where they are asked for.
struct DrawnRun {
    var seed: UInt64
    var requests = 150
    /// ns on the run's timeline.
    var start: Int64 = 1_000_000_007
    var mostTokens = 12
    var hasChunks = true
    var failures = 0.1
    /// The time per token is that many times as long at the end as at the begin.
    var slowdown = 1.0

    func times() -> [RequestTimes] {
        var rng = SplitMix64(seed: seed)
        var scheduled = start
        var all = (0..<requests).map { id in
            scheduled += Int64(rng.nextExponential() * 2e8)
            var at = scheduled + Int64.random(in: 20_000_000...180_000_000, using: &rng)
            let pace = 1 + (slowdown - 1) * Double(id) / Double(requests)
            let isFailed = rng.nextUnit() < failures
            let events = isFailed ? Int(rng.next() % 3) : Int(rng.next() % UInt64(mostTokens)) + 1
            let tokens = (0..<events).map { _ in
                let count = hasChunks && rng.nextUnit() < 0.3 ? UInt32(rng.next() % 4) + 1 : 1
                // Ties and gaps of nothing are part of it.
                let gap = rng.nextUnit() < 0.1 ? 0 : Int64(rng.next() % 40) * 1_000_003
                at += Int64(Double(gap) * pace)
                return TokenEvent(time: at, count: count)
            }
            return RequestTimes(
                id: id, scheduled: scheduled, tokens: tokens, finish: at + 1_000,
                outcome: isFailed ? .failed : .completed, isStreamed: rng.nextUnit() > 0.05,
                thoughts: rng.nextUnit() > 0.7 ? 3 : 0)
        }
        all.shuffle(using: &rng)
        return all
    }
}

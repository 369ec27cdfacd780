import Randomness
import TimeBase
import TokenLog

/// Token logs as agents write them, made from a seed.
enum SampleLog {
    /// From one token of a stream to its next, ns.
    static let periodNs: Int64 = 20_000_000
    /// Tokens of each stream in a batch: an agent's batch spans some 100 ms.
    static let roundsPerBatch = 5
    private static let startNs: Int64 = 987_654_321_012_345

    /// Batches in the order of their stamps.
    ///
    /// - Parameters:
    ///   - inStep: all streams get a token each iteration, some microseconds apart, as one engine
    ///     sends them; otherwise each stream keeps a pace of its own, gaps within 10 %.
    static func batches(
        streams: Int, batches: Int, inStep: Bool, seed: UInt64
    ) -> [[TokenRecord]] {
        var generator = SplitMix64(seed: seed)
        let rounds = batches * roundsPerBatch
        var at = (0..<streams).map { _ in
            startNs + Int64.random(in: 0..<periodNs, using: &generator)
        }
        var records: [[TokenRecord]] = Array(repeating: [], count: batches)
        var begin = startNs
        for round in 0..<rounds {
            begin += periodNs + Int64.random(in: -500_000...500_000, using: &generator)
            for stream in 0..<streams {
                if inStep {
                    at[stream] = begin + Int64(stream) * 2_000
                    at[stream] += Int64.random(in: 0..<1_000, using: &generator)
                } else {
                    let slack = periodNs / 10
                    at[stream] += periodNs + Int64.random(in: -slack...slack, using: &generator)
                }
                records[round / roundsPerBatch].append(
                    TokenRecord(
                        stamp: LocalInstant(ns: at[stream]), request: UInt32(1_000 + 3 * stream),
                        count: 1, kind: .content, source: .kernel))
            }
        }
        return records.map { $0.sorted { $0.stamp < $1.stamp } }
    }
}

import Bytes
import TokenLog
import Transport
import Workload

/// The token log's codec on the batches that agents make, with the session's own compression, and
/// the reading of a journal that holds them.
struct CodecBenchmark {
    private let batches: Int
    private let repetitions: Int
    private let journalByteCount: Int

    /// Least tokens a second, encoding and decoding each, on one core.
    static let leastRate = 5_000_000.0

    init(_ size: BenchSize) {
        batches = size == .full ? 400 : 12
        repetitions = size == .full ? 7 : 1
        journalByteCount = size == .full ? 64 << 20 : 2 << 20
    }

    private struct Load {
        var name: String
        var streams: Int
        var inStep: Bool
        /// Most bytes a token after zlib at stamps of 1 us and of 1 ns.
        var goals: (us: Double, ns: Double)?
    }

    private static let loads = [
        Load(name: "64 independent", streams: 64, inStep: false, goals: (2.3, 4.2)),
        Load(name: "64 in step", streams: 64, inStep: true, goals: (1.0, 2.6)),
        Load(name: "256 independent", streams: 256, inStep: false, goals: nil),
        Load(name: "256 in step", streams: 256, inStep: true, goals: nil),
    ]

    func rows() throws(BenchFailure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for load in Self.loads { rows += try self.rows(load) }
        return rows + [try surveying(), try scanning(streams: 64), try scanning(streams: 256)]
    }

    /// The reading of a journal that holds many of such batches.
    private func scanning(streams: Int) throws(BenchFailure) -> BenchRow {
        let tokens = SampleLog.batches(streams: streams, batches: 12, inStep: false, seed: 5)
        let encoded = try verified(tokens.map(Self.log), resolutionNs: 1_000)
        return try JournalScan(encoded, least: journalByteCount)
            .row("read a journal, \(streams) independent", repetitions: repetitions)
    }

    private static func log(_ tokens: [TokenRecord]) -> LogBatch {
        var log = LogBatch()
        log.tokens = tokens
        return log
    }

    private func rows(_ load: Load) throws(BenchFailure) -> [BenchRow] {
        let tokens = SampleLog.batches(
            streams: load.streams, batches: batches, inStep: load.inStep, seed: 5)
        let logs = tokens.map(Self.log)
        let count = Double(tokens.reduce(0) { $0 + $1.count })
        var rows: [BenchRow] = []
        for (unit, resolution, goal) in [
            ("1 us", Int64(1_000), load.goals?.us), ("1 ns", 1, load.goals?.ns),
        ] {
            let encoded = try verified(logs, resolutionNs: resolution)
            let deflater = Deflater()
            let bytes = encoded.reduce(0) { $0 + deflater.deflate($1).count }
            rows.append(
                BenchRow(
                    benchmark: .codec, name: "\(load.name), \(unit), after zlib 1",
                    value: Double(bytes) / count, unit: "B/token",
                    goal: goal.map(BenchRow.Goal.atMost)))
        }
        let floor = count / copying(tokens) * 1e9
        rows.append(rate("encode, \(load.name)", count / encoding(logs) * 1e9, floor))
        let encoded = try verified(logs, resolutionNs: 1)
        rows.append(
            rate(
                "decode, \(load.name)",
                count / (try reading(encoded) { try TokenLogDecoder.decode($0, into: &$1) }) * 1e9,
                floor))
        return rows
    }

    private func rate(_ name: String, _ value: Double, _ floor: Double) -> BenchRow {
        BenchRow(
            benchmark: .codec, name: name, value: value, unit: "tokens/s", floor: floor,
            goal: .atLeast(Self.leastRate))
    }

    /// The encoded batches, each of which was decoded again and found equal.
    private func verified(
        _ logs: [LogBatch], resolutionNs: Int64
    ) throws(BenchFailure) -> [[UInt8]] {
        var encoder = TokenLogEncoder(resolutionNs: resolutionNs)
        var encoded: [[UInt8]] = []
        for log in logs {
            let bytes = encoder.encode(log)
            guard try decoded(bytes) == log.canonical(resolutionNs: resolutionNs) else {
                throw BenchFailure(
                    benchmark: .codec,
                    problem: "a batch decoded to other records than it was made of")
            }
            encoded.append(bytes)
        }
        return encoded
    }

    private func decoded(_ bytes: [UInt8]) throws(BenchFailure) -> LogBatch {
        do throws(DecodeError) {
            return try TokenLogDecoder.decode(bytes)
        } catch {
            throw BenchFailure(benchmark: .codec, problem: "a batch cannot be decoded: \(error)")
        }
    }

    private func encoding(_ logs: [LogBatch]) -> Double {
        Stopwatch.leastNs(repetitions) {
            var encoder = TokenLogEncoder()
            for log in logs { keep(encoder.encode(log)) }
        }
    }

    /// The time that `decode` takes for all batches, each in the room of the one before.
    private func reading(
        _ encoded: [[UInt8]], _ decode: ([UInt8], inout LogBatch) throws -> Void
    ) throws(BenchFailure) -> Double {
        var failure: (any Error)?
        var room = LogBatch()
        let spent = Stopwatch.leastNs(repetitions) {
            for bytes in encoded {
                do {
                    try decode(bytes, &room)
                } catch {
                    failure = error
                }
                keep(room.count)
            }
        }
        if let failure {
            throw BenchFailure(benchmark: .codec, problem: "a batch cannot be decoded: \(failure)")
        }
        return spent
    }

    /// The reading of what was sent and has finished, a request for each stream and batch, past
    /// the tokens.
    private func surveying() throws(BenchFailure) -> BenchRow {
        let streams = 64
        let tokens = SampleLog.batches(
            streams: streams, batches: batches, inStep: false, seed: 5)
        let logs = tokens.map { records in
            var log = Self.log(records)
            // An answer of a hundred tokens has one of each.
            for token in records.prefix(records.count / 100) {
                log.sent.append(
                    SentRecord(
                        request: token.request, scheduled: token.stamp, sent: token.stamp,
                        target: 0))
                log.finishes.append(
                    FinishRecord(request: token.request, at: token.stamp, outcome: .completed))
            }
            return log
        }
        let count = Double(tokens.reduce(0) { $0 + $1.count })
        let encoded = try verified(logs, resolutionNs: 1)
        return BenchRow(
            benchmark: .codec, name: "read past tokens, \(streams) independent",
            value: count
                / (try reading(encoded) { try TokenLogDecoder.decodeRequests($0, into: &$1) })
                * 1e9,
            unit: "tokens/s", floor: count / copying(tokens) * 1e9)
    }

    /// The floor: the records are copied, 16 bytes each.
    private func copying(_ batches: [[TokenRecord]]) -> Double {
        let size = batches.map(\.count).max() ?? 1
        let target = UnsafeMutablePointer<TokenRecord>.allocate(capacity: max(1, size))
        defer { target.deallocate() }
        return Stopwatch.leastNs(repetitions) {
            for records in batches {
                // Sound: the target has room for the largest batch, and records are plain values.
                records.withUnsafeBufferPointer { source in
                    guard let base = source.baseAddress else { return }
                    target.update(from: base, count: source.count)
                }
                keep(target.pointee)
            }
        }
    }
}

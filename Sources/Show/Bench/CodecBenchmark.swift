import Bytes
import TokenLog
import Transport
import Workload

/// The token log's codec on the batches that agents make, with the session's own compression.
struct CodecBenchmark {
    private let batches: Int
    private let repetitions: Int

    /// Least tokens a second, encoding and decoding each, on one core.
    static let leastRate = 5_000_000.0

    init(_ size: BenchSize) {
        batches = size == .full ? 400 : 12
        repetitions = size == .full ? 7 : 1
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
        return rows
    }

    private func rows(_ load: Load) throws(BenchFailure) -> [BenchRow] {
        let tokens = SampleLog.batches(
            streams: load.streams, batches: batches, inStep: load.inStep, seed: 5)
        let logs = tokens.map { records in
            var log = LogBatch()
            log.tokens = records
            return log
        }
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
        rows.append(rate("decode, \(load.name)", count / (try decoding(logs)) * 1e9, floor))
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

    private func decoding(_ logs: [LogBatch]) throws(BenchFailure) -> Double {
        let encoded = try verified(logs, resolutionNs: 1)
        var failure: BenchFailure?
        let spent = Stopwatch.leastNs(repetitions) {
            for bytes in encoded {
                do throws(BenchFailure) {
                    keep(try decoded(bytes))
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return spent
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

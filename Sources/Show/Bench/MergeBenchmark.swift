import CoordinatorCore
import RunRecord
import TimeBase
import TokenLog

/// The merge of the agents' logs by request, as a journal's reader does it: batches as they decode,
/// each request handed out when it is whole.
struct MergeBenchmark {
    private let agents = 4
    private let streams = 64
    private let batches: Int
    /// As long as an answer of a hundred tokens takes.
    private static let batchesPerRequest = 20
    private let repetitions: Int

    init(_ size: BenchSize) {
        batches = Self.batchesPerRequest * (size == .full ? 20 : 2)
        repetitions = size == .full ? 5 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let logs = (0..<agents).map(log(of:))
        let owners = (0..<planned).map { Int32($0 / streams % agents) }
        let count = Double(logs.joined().reduce(0) { $0 + $1.tokens.count })
        let empty = OpenRequests(owners: owners, repeats: false)
        try verify(empty, logs)
        var failure: (any Error)?
        let spent = Stopwatch.leastNs(
            repetitions, prepare: { empty },
            { empty in
                var requests = empty
                do {
                    try merge(logs, into: &requests) { keep($0.tokens.count) }
                } catch {
                    failure = error
                }
            })
        if let failure { throw wrong("\(failure)") }
        let floor = Stopwatch.leastNs(repetitions) {
            var all: [TokenRecord] = []
            for batch in 0..<logs[0].count {
                for agent in 0..<agents {
                    for token in logs[agent][batch].tokens { all.append(token) }
                }
            }
            keep(all)
        }
        return [
            BenchRow(
                benchmark: .merge, name: "\(agents) agents, \(streams) streams each",
                value: count / spent * 1e9, unit: "tokens/s", floor: count / floor * 1e9)
        ]
    }

    /// Requests in all.
    private var planned: Int { agents * streams * batches / Self.batchesPerRequest }

    private func merge(
        _ logs: [[LogBatch]], into requests: inout OpenRequests,
        _ finished: (inout MergedRequest) -> Void
    ) throws {
        for batch in 0..<logs[0].count {
            for agent in 0..<agents {
                try requests.add(logs[agent][batch], agent: agent, finished: finished)
            }
        }
    }

    /// A stream is a request after the other, each of as many batches: its send is in the first and
    /// its end in the last.
    private func log(of agent: Int) -> [LogBatch] {
        let records = SampleLog.batches(
            streams: streams, batches: batches, inStep: false, seed: UInt64(agent))
        return records.enumerated().map { index, tokens in
            var log = LogBatch()
            let first = request(ofStream: 0, agent, in: index)
            log.tokens = tokens.map { token in
                var token = token
                token.request = first + (token.request - 1_000) / 3
                return token
            }
            let stamps = tokens.map(\.stamp)
            for id in first..<(first + UInt32(streams)) {
                if index % Self.batchesPerRequest == 0, let begin = stamps.min() {
                    log.sent.append(
                        SentRecord(request: id, scheduled: begin, sent: begin, target: 0))
                }
                if index % Self.batchesPerRequest == Self.batchesPerRequest - 1,
                    let end = stamps.max()
                {
                    log.finishes.append(
                        FinishRecord(request: id, at: end, outcome: .completed))
                }
            }
            return log.canonical()
        }
    }

    private func request(ofStream stream: Int, _ agent: Int, in batch: Int) -> UInt32 {
        UInt32((batch / Self.batchesPerRequest * agents + agent) * streams + stream)
    }

    private func verify(_ empty: OpenRequests, _ logs: [[LogBatch]]) throws(BenchFailure) {
        var requests = empty
        var merged: [[TokenRecord]] = Array(repeating: [], count: planned)
        do {
            try merge(logs, into: &requests) { merged[Int($0.id)] = $0.tokens }
        } catch {
            throw wrong("\(error)")
        }
        guard requests.isComplete else { throw wrong("requests lack their terminal record") }
        var expected: [[TokenRecord]] = Array(repeating: [], count: planned)
        for token in logs.joined().lazy.flatMap(\.tokens) {
            expected[Int(token.request)].append(token)
        }
        guard merged == expected else {
            throw wrong("a request has other tokens than its agent recorded")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .merge, problem: problem)
    }
}

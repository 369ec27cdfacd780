import CoordinatorCore
import TimeBase
import TokenLog

/// The coordinator's merge of the agents' logs.
struct MergeBenchmark {
    private let agents = 4
    private let streams = 64
    private let batches: Int
    private let repetitions: Int

    init(_ size: BenchSize) {
        batches = size == .full ? 200 : 10
        repetitions = size == .full ? 5 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let logs = (0..<agents).map(log(of:))
        let dealt = (0..<(agents * streams)).map { $0 / streams }
        let count = Double(logs.joined().reduce(0) { $0 + $1.tokens.count })
        var failure: MergeFault?
        var merged: Merge?
        let spent = Stopwatch.leastNs(
            repetitions, prepare: { Merge(agents: dealt) },
            { empty in
                var merge = empty
                do throws(MergeFault) {
                    for batch in 0..<logs[0].count {
                        for agent in 0..<agents { try merge.add(logs[agent][batch], agent: agent) }
                    }
                } catch {
                    failure = error
                }
                merged = merge
            })
        if let failure { throw wrong("\(failure)") }
        guard let merged else { throw wrong("nothing was merged") }
        try verify(merged, logs)
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

    /// Every stream is one request; its send is in the first batch and its end in the last.
    private func log(of agent: Int) -> [LogBatch] {
        let records = SampleLog.batches(
            streams: streams, batches: batches, inStep: false, seed: UInt64(agent))
        let last = records.indices.last
        return records.enumerated().map { place, tokens in
            var log = LogBatch()
            log.tokens = tokens.map { token in
                var token = token
                token.request = request(of: token, agent)
                return token
            }
            let stamps = tokens.map(\.stamp)
            for stream in 0..<streams {
                let id = UInt32(agent * streams + stream)
                if place == 0, let first = stamps.min() {
                    log.sent.append(
                        SentRecord(request: id, scheduled: first, sent: first, target: 0))
                }
                if place == last, let end = stamps.max() {
                    log.finishes.append(
                        FinishRecord(request: id, at: end, outcome: .completed))
                }
            }
            return log
        }
    }

    private func request(of token: TokenRecord, _ agent: Int) -> UInt32 {
        UInt32(agent * streams) + (token.request - 1_000) / 3
    }

    private func verify(_ merge: Merge, _ logs: [[LogBatch]]) throws(BenchFailure) {
        guard merge.isComplete else { throw wrong("requests lack their terminal record") }
        var expected: [[TokenRecord]] = Array(repeating: [], count: agents * streams)
        for token in logs.joined().lazy.flatMap(\.tokens) {
            expected[Int(token.request)].append(token)
        }
        for (request, tokens) in zip(merge.requests, expected) where request.tokens != tokens {
            throw wrong("a request has other tokens than its agent recorded")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .merge, problem: problem)
    }
}

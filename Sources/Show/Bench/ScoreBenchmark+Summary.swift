import Goodput
import JSON
import Results
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Workload

// A run's summary, and the lines of its requests.
extension ScoreBenchmark {
    private static let agents = ["node-1", "node-2"]
    private static let classes = [
        RunClass(name: "chat", parameters: .default), RunClass(name: "code", parameters: .paperV2),
    ]

    /// All figures of a run of two agents and two classes: own readers, the robust one, parts,
    /// window, clocks, verdict.
    func summaryRow(_ run: [RequestTimes], floor: Double) throws(BenchFailure) -> BenchRow {
        let requests = StoredRequests(run.map(Self.measured))
        let header = Self.header
        let count = Double(run.count * Self.tokensEach)
        var made: Result<RunSummary, FileProblem>?
        let spent = Stopwatch.leastNs(repetitions) {
            made = Result { () throws(FileProblem) in
                let figures = try RunFigures(
                    in: RunSetting(header), overrides: ScoringOverrides(), of: requests)
                return RunSummary(header, figures)
            }
        }
        switch made {
        case .success(let summary): try verify(summary, run)
        case .failure(let problem): throw wrong("\(problem)")
        case nil: throw wrong("nothing was summed up")
        }
        return BenchRow(
            benchmark: .score, name: "\(run.count) requests, summary", value: spent / count,
            unit: "ns/token", floor: floor / count, goal: .atMost(35))
    }

    /// The summary by single scores.
    private func verify(_ summary: RunSummary, _ run: [RequestTimes]) throws(BenchFailure) {
        var gaps: [Int64] = []
        var benefit = 0.0
        var robust = 0.0
        do throws(ScoringError) {
            for request in run {
                let parameters = Self.classes[request.id % 2].parameters
                benefit += try RequestScore(request, for: Reader(parameters)).benefit
                robust += try RequestScore(request, for: Reader(.robust)).benefit
                for (a, b) in zip(request.tokens, request.tokens.dropFirst()) {
                    gaps.append(b.time - a.time)
                }
            }
        } catch {
            throw wrong("\(error)")
        }
        gaps.sort()
        let rank = InterpolatedRank(.p99, of: gaps.count)
        let below = Double(gaps[rank.lower])
        let p99 = below + (Double(gaps[rank.upper]) - below) * rank.weight
        let totals = summary.run.totals
        guard abs(totals.benefit - benefit) <= 1e-9 * abs(benefit),
            abs(summary.robust.benefit - robust) <= 1e-9 * abs(robust), totals.tbt?.p99 == p99,
            summary.agents.map(\.totals.tokens).reduce(0, +) == totals.tokens, summary.clock != nil
        else { throw wrong("the summary is not that of its single scores") }
    }

    /// A line of `requests.jsonl` with all token times; the floor copies its bytes.
    func linesRow(_ run: [RequestTimes]) throws(BenchFailure) -> BenchRow {
        let requests = run.map(Self.measured)
        let count = Double(run.count * Self.tokensEach)
        var writer = JSONWriter()
        var bytes = 0
        let spent = Stopwatch.leastNs(repetitions) {
            bytes = 0
            for request in requests {
                writer.removeAll()
                request.writeLine(to: &writer, run: "r", withTokens: true)
                bytes += writer.bytes.count
            }
        }
        guard Self.read(writer.bytes) == requests.last else {
            throw wrong("a line was not read as it was written")
        }
        let line = writer.bytes
        var copy: [UInt8] = []
        let floor = Stopwatch.leastNs(repetitions) {
            for _ in requests {
                copy.removeAll(keepingCapacity: true)
                copy.append(contentsOf: line)
                keep(copy)
            }
        }
        guard bytes > requests.count else { throw wrong("nothing was written") }
        return BenchRow(
            benchmark: .score, name: "\(run.count) lines", value: spent / count,
            unit: "ns/token", floor: floor / count, goal: .atMost(15))
    }

    private static func read(_ line: [UInt8]) -> MeasuredRequest? {
        // A line that cannot be read is not the one that was written.
        line.withUnsafeBytes { try? MeasuredRequest(parsing: $0, path: "", line: 1) }
    }

    private static func measured(_ request: RequestTimes) -> MeasuredRequest {
        MeasuredRequest(
            id: UInt32(request.id), agent: agents[request.id / 2 % 2],
            target: "http://127.0.0.1:800\(request.id / 2 % 2)", model: "model",
            className: classes[request.id % 2].name, phase: .scored,
            session: UInt32(request.id), turn: 0,
            scheduled: ClusterInstant(ns: request.scheduled),
            sent: ClusterInstant(ns: request.scheduled), tokens: request.tokens,
            finish: ClusterInstant(ns: request.finish), firstAnswer: nil, outcome: .completed,
            error: nil, stampSource: .kernel, askedInput: 100, promptTokens: 100,
            askedOutput: UInt32(tokensEach), outputTokens: UInt32(tokensEach))
    }

    private static var header: RunHeader {
        RunHeader(
            runID: "r", name: "bench", seed: 11, version: "",
            epoch: RunEpoch(raw: 0, monotonic: 0, realtime: 0, bootID: ""),
            agents: agents.map { name in
                var agent = RunAgent(name: name, targets: [])
                agent.clockBounds = ClockBounds(low: -10_000, high: 10_000)
                return agent
            }, classes: classes, validity: Validity(verdict: .valid, intervals: []),
            complete: true, lossless: true)
    }
}

import Goodput
import Loss
import Results
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Workload

/// One pass over the scored requests of a run, request by request.
struct PagePass {
    private(set) var rows: [PageRequest] = []
    private(set) var longest: [LongestWait] = []
    private(set) var curves: [LatencyRow: [SpanCurve]] = [:]
    /// By agent: when each request was due and when it ended, ns since the run's first request.
    private(set) var spans: [[Range<Int64>]]
    private(set) var spectrum: LossSpectrum
    private(set) var columns = NumberStream()
    private(set) var delivered = 0
    private(set) var earning = 0

    private let summary: RunSummary
    private let sample: PageSample
    private let tokenColumns: TokenColumns?
    private let agents: [String: Int]
    private let classes: [String: Int]
    private let lenses: [Lens]
    /// ns on the run's timeline: its first request.
    private let begin: Int64

    init(
        _ summary: RunSummary, over interval: ServingInterval, _ sample: PageSample,
        _ strips: NodeStrips, hasColumns: Bool
    ) throws(ScoringError) {
        self.summary = summary
        self.sample = sample
        begin = interval.begin
        let header = summary.header
        func indices(_ names: [String]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        }
        agents = indices(header.agents.map(\.name))
        classes = indices(header.classes.map(\.name))
        lenses = try Lens.all(summary.classParameters.map(\.parameters))
        // Strips of nodes show no single request.
        tokenColumns =
            hasColumns && strips.agents.isEmpty ? TokenColumns(interval: interval) : nil
        spectrum = LossSpectrum(
            over: interval,
            secondsPerBin: LossTable.width(Int(interval.length / Timeline.bin) + 1),
            readers: lenses[0].readers, speeds: Lens.speeds.reversed(),
            stripOfAgent: header.agents.indices.map { strips.agents.firstIndex(of: $0) })
        spans = header.agents.map { _ in [] }
        let none = header.agents.map { _ in SpanCurve() }
        // Rows tell all but the gaps, where they are whole.
        for row in sample.isWhole ? [.tbt] : LatencyCurve.rows { curves[row] = none }
        if !sample.isWhole { longest = lenses.map { _ in LongestWait() } }
    }

    mutating func add(_ request: MeasuredRequest) throws(ScoringError) {
        guard let agent = agents[request.agent], let classIndex = classes[request.className]
        else { return }
        let times = summary.times(of: request)
        let row = PageRequest(
            request, times, lenses[0].readers[classIndex], (agent, classIndex), begin)
        try spectrum.add(times, agentIndex: agent, classIndex: classIndex)
        curves[.tbt]?[agent].addGaps(of: times)
        spans[agent].append(row.scheduled..<max(row.scheduled, row.scheduled + row.finish))
        delivered += row.delivered
        earning += row.earning
        if !sample.isWhole { tally(row) }
        guard sample.holds(row.id) else { return }
        rows.append(row)
        tokenColumns?.write(times.tokens, to: &columns)
    }

    /// Takes in what only rows of all requests would tell.
    private mutating func tally(_ row: PageRequest) {
        let reader = lenses[0].readers[row.classIndex]
        for latency in LatencyCurve.rows where latency != .tbt {
            guard let value = row.latency(latency, for: reader) else { continue }
            curves[latency]?[row.agentIndex].add(Int64(value.rounded()))
        }
        guard row.read > 0 else { return }
        for (index, lens) in lenses.enumerated() {
            longest[index].add(row.idle(for: lens.readers[row.classIndex]), row)
        }
    }
}

extension PageRequest {
    fileprivate init(
        _ request: MeasuredRequest, _ times: RequestTimes, _ reader: Reader,
        _ parts: (agent: Int, classIndex: Int), _ begin: Int64
    ) {
        let readTimes = times.read(by: reader)
        let delivered = request.tokenCount
        let read = readTimes.tokens.reduce(0) { $0 + Int($1.count) }
        let hull = ReadingHull(readTimes, incomplete: reader.parameters.incomplete)
        self.init(
            id: times.id, agentIndex: parts.agent, classIndex: parts.classIndex,
            scheduled: times.scheduled - begin,
            tokens: times.tokens.first.flatMap { first in
                times.tokens.last.map {
                    (first.time - times.scheduled, $0.time - times.scheduled)
                }
            }, finish: times.finish - times.scheduled, lateness: request.latenessNs,
            delivered: delivered, read: read,
            earning: reader.earning(read, after: times.outcome),
            promptTokens: (request.promptTokens ?? request.askedInput).map(Int.init),
            outcome: times.outcome, isStreamed: times.isStreamed,
            origin: hull.origin(
                reader.parameters.anchor, ttftBudget: reader.parameters.ttftBudget),
            hull: hull)
    }
}

extension SpanCurve {
    /// Takes in all gaps of a request whose answer streamed.
    mutating func addGaps(of request: RequestTimes) {
        guard request.isStreamed, var before = request.tokens.first?.time else { return }
        var within = Int(request.tokens[0].count) - 1
        for event in request.tokens.dropFirst() {
            add(event.time - before)
            within += Int(event.count) - 1
            before = event.time
        }
        add(0, times: within)
    }
}

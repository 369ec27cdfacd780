import Goodput
import Loss
import Results
import RunRecord
import TimeBase
import Timeline
import Workload

/// The scored requests of a run, and what the lenses of the page lose of them: one pass.
struct PageRequests {
    let rows: [PageRequest]
    /// One an agent.
    let gaps: [GapCurve]
    /// Tokens lost for everybody's weight 0; at each of ``Lens/speeds`` for the weight 1.
    let weightless: LossPart
    let losses: [LossPart]
    /// Delivered tokens in each column of the raster, of each request: empty where the
    /// page has every token.
    let columns: [TokenColumns]
    let interval: ServingInterval

    /// Requests and tokens up to which every token is in the page.
    static let mostRequests = 2_000
    static let mostTokens = 600_000

    /// - Throws: ``FileProblem``, as a score does.
    init(
        _ requests: any MeasuredRequests, _ summary: RunSummary, over interval: ServingInterval
    ) throws(FileProblem) {
        self.interval = interval
        let header = summary.header
        let agents = Dictionary(
            uniqueKeysWithValues: header.agents.enumerated().map { ($1.name, $0) })
        let classes = Dictionary(
            uniqueKeysWithValues: header.classes.enumerated().map { ($1.name, $0) })
        let parameters = summary.classParameters.map(\.parameters)
        var rows: [PageRequest] = []
        var gaps = Array(repeating: GapCurve(), count: agents.count)
        var columns: [TokenColumns] = []
        let own: Lens
        var passes: [LossAttribution] = []
        do throws(ScoringError) {
            own = try Lens(parameters)
            let lenses =
                [try Lens(parameters, alpha: 0)]
                + (try Lens.speeds.map { (speed) throws(ScoringError) in
                    try Lens(parameters, speed: speed, alpha: 1)
                })
            for lens in lenses {
                passes.append(
                    LossAttribution(over: interval, agents: agents.count, readers: lens.readers))
            }
        } catch {
            throw FileProblem(.content, requests.path, "\(error)")
        }
        let fastest = Lens.speeds.map { Reader.tokenTime(readingSpeed: $0) }
        let needsColumns = !Self.holdsAllTokens(summary)
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored, let agent = agents[request.agent],
                let classIndex = classes[request.className]
            else { return }
            let times = request.times
            let row = PageRequest(
                request, times, own.readers[classIndex], (agent, classIndex), interval.begin)
            gaps[agent].add(times)
            if needsColumns {
                columns.append(TokenColumns(times.tokens, over: interval))
            }
            rows.append(row)
            let parts = LossAttribution.Parts(
                agentIndex: agent, classIndex: classIndex, serverIndex: 0)
            let alwaysLoses = times.outcome != .completed || row.read < row.delivered
            do throws(ScoringError) {
                try passes[0].add(times, of: parts)
                for (index, tokenTime) in fastest.enumerated()
                where alwaysLoses || row.hull.idle(tokenTime: tokenTime, origin: row.origin) > 0 {
                    try passes[index + 1].add(times, of: parts)
                }
            } catch {
                throw FileProblem(.content, requests.path, "\(error)")
            }
        }
        let figures = passes.map { $0.figures().whole }
        weightless = figures[0]
        losses = Array(figures.dropFirst())
        (self.rows, self.gaps, self.columns) = (rows, gaps, columns)
    }

    /// Whether the page of such a run has every token.
    static func holdsAllTokens(_ summary: RunSummary) -> Bool {
        summary.run.totals.requests <= mostRequests && summary.run.totals.tokens <= mostTokens
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

extension GapCurve {
    /// Takes in all gaps of a request whose answer streamed.
    mutating func add(_ request: RequestTimes) {
        guard request.isStreamed, var before = request.tokens.first?.time else { return }
        add(0, times: Int(request.tokens[0].count) - 1)
        for event in request.tokens.dropFirst() {
            add(event.time - before)
            add(0, times: Int(event.count) - 1)
            before = event.time
        }
    }
}

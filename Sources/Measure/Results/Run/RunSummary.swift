package import Goodput
import TimeBase
package import TokenLog
import Workload

/// A part of a run: all of it, what one agent sent, or one class.
package struct PartSummary: Hashable, Sendable {
    package var name: String
    /// Over the run's T, so that the parts' rates add up to the whole's.
    package var totals: RunTotals
    /// How late the client sent in ns, waits for a place aside, over the requests that were sent.
    package var lateness: Percentiles?
    /// Failed, abandoned and unfinished requests by the class of their error.
    package var errors: [ErrorClass: Int]
    /// Requests with tokens by the least trusted source of their stamps.
    package var stamps: [StampSource: Int]
}

/// The figures of a run: a function of its header and its requests alone, so that scoring a run
/// directory again gives the same bytes.
package struct RunSummary: Hashable, Sendable {
    package var header: RunHeader
    /// The parameters of each class, after overrides.
    package var classParameters: [RunClass]
    package var run: PartSummary
    /// Where the scored requests of the plan went.
    package var balance: LoadBalance
    /// Why requests did not complete, the most frequent reason first.
    package var errorGroups: [ErrorGroup]
    /// The same requests under ``Preset/robust``, whatever was chosen.
    package var robust: RunTotals
    /// One an agent, in the header's order.
    package var agents: [PartSummary]
    /// One a class, in the header's order.
    package var classes: [PartSummary]
    /// The interval of the rates that the clocks leave open; nil where an agent has no bound, or
    /// without requests.
    package var clock: ClockInterval?
    /// The run without its first and its last tenth, beside the figures over T and never instead of
    /// them; nil where T is too short to be cut.
    package var steady: WindowScore?
    /// The models that its requests named, in order, without repetition.
    package var models: [String]
    /// Lengths that came against those that were asked for.
    package var lengths: LengthSummary
    /// The effect of a bound on the requests in flight; nil where no request waited.
    package var cap: CapSummary?
    /// How its answers ended, and what was odd about them.
    package var answers: AnswerSummary
    /// Warm-up requests, which are in no figure.
    package var warmups: Int
    /// Whether the chosen parameters of some class can reward dropping a request.
    package var rewardsDropping: Bool
    /// Each scored request, by id.
    package var scores: [RequestScore]
    /// The percentiles that are listed of every distribution.
    package var percentiles: PercentileRanks
    /// Where the journal that it was scored from is damaged; nil where it is whole or was not
    /// needed.
    package var journalDamage: JournalDamage?

    /// Computes the figures of `result`.
    ///
    /// - Parameters:
    ///   - overrides: Changes every class's parameters before anything is scored.
    /// - Throws: ``ScoringError`` for parameters out of range or times that cannot be.
    /// - Precondition: Every request names an agent and a class of the header, and its tokens are
    ///   at hand (``RunDirectory`` sees to both).
    package init(
        _ result: RunResult, overrides: ScoringOverrides = ScoringOverrides()
    ) throws(ScoringError) {
        let header = result.header
        let ranks = overrides.percentiles ?? header.percentiles
        self.header = header
        percentiles = ranks
        journalDamage = result.journalDamage
        classParameters = header.classes.map {
            RunClass(name: $0.name, parameters: overrides.applied(to: $0.parameters))
        }
        var readers: [Reader] = []
        for each in classParameters { readers.append(try Reader(each.parameters)) }
        rewardsDropping = readers.contains { $0.rewardsDropping }

        var scored = result.requests.filter { $0.phase == .scored }
        warmups = result.requests.count - scored.count
        CollectedStreams(scored, agents: header.agents).mark(&scored)
        lengths = LengthSummary(scored)
        cap = CapSummary(scored)
        models = []
        for request in scored where !request.model.isEmpty && !models.contains(request.model) {
            models.append(request.model)
        }
        answers = AnswerSummary(scored)
        let places = RequestPlaces(scored, header)
        let times = scored.lazy.map(\.times)

        let whole = try Scoring(times, ranks: ranks) { readers[places.classes[$0]] }
        scores = whole.requests
        run = PartSummary(
            name: header.name, requests: scored, totals: whole.totals, ranks: ranks)
        let judgement = RunJudgement(
            header, scored, warmups: result.requests.lazy.filter { $0.phase == .warmup },
            totals: whole.totals, lateness: run.lateness, lengths: lengths, ranks: ranks)
        balance = judgement.balance
        self.header.findings = judgement.findings
        self.header.validity = judgement.validity
        errorGroups = ErrorGroup.all(in: scored)
        robust = try Scoring(times, again: whole, for: Reader(.robust), ranks: ranks).totals

        func part(_ name: String, _ members: [Int]) throws(ScoringError) -> PartSummary {
            guard members.count < scored.count else {
                return PartSummary(
                    name: name, requests: scored, totals: whole.totals, ranks: ranks)
            }
            let scoring = try Scoring(
                members.lazy.map { scored[$0].times }, over: whole.totals.interval, ranks: ranks
            ) { readers[places.classes[members[$0]]] }
            return PartSummary(
                name: name, requests: members.map { scored[$0] }, totals: scoring.totals,
                ranks: ranks)
        }
        agents = []
        for (index, agent) in header.agents.enumerated() {
            agents.append(try part(agent.name, places.members { places.agents[$0] == index }))
        }
        classes = []
        for (index, each) in header.classes.enumerated() {
            classes.append(try part(each.name, places.members { places.classes[$0] == index }))
        }
        if let window = Self.steadyWindow(of: whole.totals) {
            steady = try WindowScore(window, of: times) { readers[places.classes[$0]] }
        }
        let bounds = header.agents.compactMap(\.bounds)
        if bounds.count == header.agents.count {
            clock = ClockInterval(
                times, agents: places.agents, bounds: bounds, totals: run.totals
            ) { readers[places.classes[$0]] }
        }
    }

    private static func steadyWindow(of totals: RunTotals) -> Range<Int64>? {
        guard let interval = totals.interval, interval.length >= 10 else { return nil }
        let tenth = interval.length / 10
        return interval.begin + tenth..<interval.end - tenth
    }
}

/// Each request's agent and class, as indices into the header's.
private struct RequestPlaces {
    var agents: [Int]
    var classes: [Int]

    init(_ requests: [MeasuredRequest], _ header: RunHeader) {
        let agentIndex = Dictionary(
            header.agents.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first })
        let classIndex = Dictionary(
            header.classes.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first })
        agents = []
        classes = []
        for request in requests {
            guard let agent = agentIndex[request.agent], let each = classIndex[request.className]
            else {
                preconditionFailure("request \(request.id) names an agent or class not of the run")
            }
            precondition(request.tokens != nil, "request \(request.id) comes without its tokens")
            agents.append(agent)
            classes.append(each)
        }
    }

    func members(_ belongs: (Int) -> Bool) -> [Int] { agents.indices.filter(belongs) }
}

extension PartSummary {
    init(
        name: String, requests: [MeasuredRequest], totals: RunTotals, ranks: PercentileRanks
    ) {
        self.name = name
        self.totals = totals
        var lateness: [Int64] = []
        errors = [:]
        stamps = [:]
        for request in requests {
            if let late = request.latenessNs { lateness.append(late) }
            if request.outcome != .completed, let error = request.error {
                errors[error.kind, default: 0] += 1
            }
            if let source = request.stampSource { stamps[source, default: 0] += 1 }
        }
        self.lateness = Percentiles(lateness, ranks: ranks)
    }
}

import Goodput
import Loss
import RunRecord
import TimeBase
import TokenLog
import Workload

/// All that a run's requests add up to, taken in one after the other; what is kept of a request
/// does not grow with its tokens.
struct RunTally {
    private let agentIndex: [String: Int]
    private let classIndex: [String: Int]
    /// nil in a run without scored requests.
    var scoring: RunScoring?
    private(set) var run = PartTally()
    private(set) var agents: [PartTally]
    private(set) var classes: [PartTally]
    private(set) var spans: AgentSpans
    private(set) var sends: [EarlySends]
    private(set) var lengths = LengthSummary()
    private(set) var answers = AnswerSummary()
    private(set) var errors = ErrorGroups()
    private(set) var waits = Waits()
    private(set) var balance = LoadBalance()
    private(set) var warmups = LoadBalance()
    private(set) var models: [String] = []
    private(set) var firstSilent: RunFinding.Example?
    private(set) var lastFinish: Int64?
    /// How late each scored request was sent, ns, by its digest; the least number for none.
    private(set) var lateness: [Int64] = []
    /// Tokens of all scored requests, and the events that they came in.
    private(set) var tokens = 0
    private(set) var events = 0
    private var streams = CollectedStreams()
    private var servers = Servers()

    /// The servers of a run by their base URLs.
    private struct Servers {
        private(set) var names: [String] = []
        /// Completed answers of each that came as a stream, and at once.
        var atOnce: [Int] = []
        private(set) var known: [String: Int] = [:]

        /// Its index; a new server gets the next one.
        mutating func index(of name: String) -> Int {
            if let index = known[name] { return index }
            known[name] = names.count
            names.append(name)
            atOnce.append(0)
            return names.count - 1
        }
    }

    /// - Parameter requests: About how many scored ones there will be, for memory alone.
    init(agents: [RunAgent], classes: [RunClass], requests: Int, scoring: RunScoring?) {
        func index(_ names: [String]) -> [String: Int] {
            Dictionary(
                names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
        agentIndex = index(agents.map(\.name))
        classIndex = index(classes.map(\.name))
        self.scoring = scoring
        lateness.reserveCapacity(requests)
        self.agents = agents.map { _ in PartTally() }
        self.classes = classes.map { _ in PartTally() }
        spans = AgentSpans(agents: agents.count)
        sends = agents.map { _ in EarlySends() }
    }

    /// Takes in a request with its tokens.
    ///
    /// - Throws: ``ScoringError`` for times that cannot be.
    mutating func add(_ request: MeasuredRequest) throws(ScoringError) {
        precondition(request.tokens != nil, "request \(request.id) comes without its tokens")
        guard request.phase == .scored else {
            warmups.add(request)
            return
        }
        let parts = parts(of: request, server: servers.index(of: request.target))
        let (agent, place, server) = (parts.agentIndex, parts.classIndex, parts.serverIndex)
        let isAtOnce = streams.add(request, target: server, agent: agent)
        let times = request.times
        try scoring?.add(
            times,
            at: RunScoring.Group(
                agent: agent, classIndex: place,
                suspect: isAtOnce && times.isStreamed ? server : nil))
        if isAtOnce, times.isStreamed, request.outcome == .completed {
            servers.atOnce[server] += 1
        }
        lateness.append(request.latenessNs ?? .min)
        tokens += request.tokenCount
        events += times.tokens.count
        run.add(request)
        agents[agent].add(request)
        classes[place].add(request)
        spans.add(times, agent: agent)
        sends[agent].add(request)
        lengths.add(request)
        answers.add(request)
        errors.add(request)
        waits.add(request)
        balance.add(request)
        if !request.model.isEmpty, !models.contains(request.model) { models.append(request.model) }
        if firstSilent == nil, request.isSilent {
            firstSilent = RunFinding.Example(id: request.id, agent: request.agent)
        }
        lastFinish = max(lastFinish ?? .min, request.finish.ns)
    }

    /// The agent, the class and the server of a request that was taken in.
    func parts(of request: MeasuredRequest) -> LossAttribution.Parts {
        guard let server = servers.known[request.target] else {
            preconditionFailure("request \(request.id) has not been seen before")
        }
        return parts(of: request, server: server)
    }

    private func parts(of request: MeasuredRequest, server: Int) -> LossAttribution.Parts {
        guard let agent = agentIndex[request.agent], let place = classIndex[request.className]
        else {
            preconditionFailure("request \(request.id) names an agent or class not of the run")
        }
        return LossAttribution.Parts(agentIndex: agent, classIndex: place, serverIndex: server)
    }

    /// Whether each scored request streamed, in the order in which they came: the last word, once
    /// they are closed.
    var streamed: [Bool] { lateness.indices.map { scoring?.isStreamed($0) ?? true } }

    /// The base URLs of the servers, by their indices.
    var serverNames: [String] { servers.names }

    /// Ends the requests of a run of `agents`: it is known now which of them came collected.
    ///
    /// - Returns: Whether ``scoring`` must see the gaps of all requests again.
    mutating func close(_ agents: [RunAgent]) -> Bool {
        let collecting = streams.targets(agents)
        for server in collecting {
            answers.collect(servers.atOnce[server], from: servers.names[server])
        }
        return scoring?.close(withoutStreams: collecting) ?? false
    }
}

/// Counts of a part of a run that need no score.
struct PartTally {
    private var errors: [ErrorClass: Int] = [:]
    /// By the source's raw value.
    private var stamps = [Int](repeating: 0, count: StampSource.allCases.count)

    mutating func add(_ request: MeasuredRequest) {
        if request.outcome != .completed, let error = request.error {
            errors[error.kind, default: 0] += 1
        }
        if let source = request.stampSource { stamps[Int(source.rawValue)] += 1 }
    }

    /// - Parameter lateness: How late those of its requests were that were sent, ns.
    func summary(
        name: String, _ totals: RunTotals, _ lateness: [Int64], _ ranks: PercentileRanks
    ) -> PartSummary {
        let sources = StampSource.allCases.map { ($0, stamps[Int($0.rawValue)]) }
        return PartSummary(
            name: name, totals: totals, lateness: Percentiles(lateness, ranks: ranks),
            errors: errors, stamps: Dictionary(uniqueKeysWithValues: sources.filter { $1 > 0 }))
    }
}

/// The first requests that a client sent: as many as are judged one by one.
struct EarlySends: Sendable {
    /// Requests that were sent.
    private(set) var count = 0
    /// When each was due and when it was sent, ns. A wait that the scenario asked for is no
    /// lateness of the client's.
    private(set) var sends: [(scheduled: Int64, sent: Int64)] = []

    mutating func add(_ request: MeasuredRequest) {
        guard let sent = request.sent else { return }
        count += 1
        guard count < ClientAudit.fewestSends else { return }
        sends.append((request.scheduled.ns + request.waited, sent.ns))
    }
}

package import Goodput

/// The loss of a run by cause, from its requests, one after the other: throughput less smooth
/// goodput, with a cause and an instant for every lost token.
///
/// Feed ``add(_:of:)`` all requests once, with all their tokens, in any order; then take the
/// ``figures()``. No token is kept, and of a request nothing: memory is that of the timelines, six
/// numbers a second of each part at most, and 24 bytes a stall, of which there are at most
/// ``mostStalls``.
package struct LossAttribution: Sendable {
    /// The agent, the class and the server of a request, by their indices in the run.
    package struct Parts: Hashable, Sendable {
        package var agentIndex: Int
        package var classIndex: Int
        package var serverIndex: Int

        package init(agentIndex: Int, classIndex: Int, serverIndex: Int) {
            self.agentIndex = agentIndex
            self.classIndex = classIndex
            self.serverIndex = serverIndex
        }
    }

    /// The most stalls that are kept to tell which ones are shared: 48 MiB.
    package static let mostStalls = 1 << 21

    private let interval: ServingInterval
    private let grid: Timeline.Grid
    private let readers: [Reader]
    private let prices: [IdlePrice]
    private var agents: [LossPart]
    private var classes: [LossPart]
    private var servers: [LossPart]
    private var stalls: StallTally
    private var requests = 0
    private var gaps: [Int64] = []
    private var worst = WorstWaits()

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - agents: How many there are.
    ///   - readers: One a class.
    ///   - servers: How many there are at least: others may come with their first requests.
    ///   - mostStalls: The most stalls that are kept.
    package init(
        over interval: ServingInterval, agents: Int, readers: [Reader], servers: Int = 0,
        mostStalls: Int = mostStalls
    ) {
        self.interval = interval
        grid = Timeline.Grid(start: interval.begin)
        self.readers = readers
        prices = readers.map { IdlePrice($0) }
        self.agents = Array(repeating: LossPart(), count: agents)
        classes = readers.map { _ in LossPart() }
        self.servers = Array(repeating: LossPart(), count: servers)
        stalls = StallTally(mostStored: mostStalls)
    }

    /// Takes in a request.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold; the loss is then unchanged.
    /// - Precondition: T holds the request, and the run has such an agent and such a class.
    /// - Complexity: O(events): one pass, and another one where something was lost.
    package mutating func add(
        _ request: RequestTimes, of parts: Parts
    ) throws(ScoringError) {
        let reader = readers[parts.classIndex]
        try request.check(for: reader)
        precondition(
            request.scheduled >= interval.begin && request.finish <= interval.end,
            "T holds all requests")
        requests += 1
        while servers.count <= parts.serverIndex { servers.append(LossPart()) }
        let whole = request
        let request = request.read(by: reader)
        let survey = LossSurvey(request, reader)
        let ending: Ending
        do throws(RequestDefect) {
            ending = try Ending(
                of: survey.progress, reader, tokens: survey.tokens, outcome: request.outcome,
                at: request.finish - request.scheduled)
            guard ending.lastEntry?.isFinite ?? true else {
                throw .benefitNotFinite(idle: ending.idle)
            }
        } catch {
            throw .request(id: request.id, defect: error)
        }
        passOver(whole, reader, of: parts)
        guard ending.idle > 0 || ending.lastEntry ?? 0 != 0 else { return }
        lose(request, of: parts, ending, hasLongWait: survey.hasLongWait)
    }

    /// Enters the tokens that a request's reader passes over, at their instants.
    private mutating func passOver(_ request: RequestTimes, _ reader: Reader, of parts: Parts) {
        var passing = reader.unread(of: request)
        guard passing > 0 else { return }
        var whole = LossAmounts()
        for event in request.tokens where passing > 0 {
            let over = min(passing, Int(event.count))
            passing -= over
            var lost = LossAmounts()
            lost[.thought] = Double(over)
            whole[.thought] += lost[.thought]
            add(lost, inBin: grid.stretch(of: event.time).bin, of: parts)
        }
        agents[parts.agentIndex].add(whole, WorstWaits())
        classes[parts.classIndex].add(whole, WorstWaits())
        servers[parts.serverIndex].add(whole, WorstWaits())
    }

    /// Enters what a request lost, and where.
    private mutating func lose(
        _ request: RequestTimes, of parts: Parts, _ ending: Ending, hasLongWait: Bool
    ) {
        let reader = readers[parts.classIndex]
        let threshold =
            hasLongWait
            ? StallThreshold.of(request.tokens, scratch: &gaps) : StallThreshold.least
        worst.removeAll()
        var pass = LossPass(request, reader, prices[parts.classIndex])
        pass.run(over: request, on: grid, threshold: threshold) { lost, bin in
            add(lost, inBin: bin, of: parts)
        } lose: { wait in
            worst.add(wait)
            if wait.cause == .stall {
                stalls.add(wait, request: requests, server: parts.serverIndex)
            }
        }
        let (whole, last) = pass.end(of: request, reader: reader, lastEntry: ending.lastEntry) {
            worst.add($0)
        }
        if !last.isZero { add(last, inBin: grid.stretch(of: request.finish).bin, of: parts) }
        agents[parts.agentIndex].add(whole, worst)
        classes[parts.classIndex].add(whole, worst)
        servers[parts.serverIndex].add(whole, worst)
    }

    private mutating func add(_ lost: LossAmounts, inBin bin: Int, of parts: Parts) {
        guard !lost.isZero else { return }
        agents[parts.agentIndex].add(lost, inBin: bin)
        classes[parts.classIndex].add(lost, inBin: bin)
        servers[parts.serverIndex].add(lost, inBin: bin)
    }

    /// The loss of all requests. O(classes · bins + n log n) of the stalls.
    package consuming func figures() -> LossFigures {
        var whole = LossPart()
        for part in classes { whole.add(part) }
        return LossFigures(
            whole: whole, agents: agents, classes: classes, servers: servers,
            stalls: stalls.figures(servers: servers.count))
    }
}

/// The loss of a run and of its parts: in each of the three partitions, the parts add up to the
/// whole, and the whole to the tokens delivered less the sum of the benefits.
package struct LossFigures: Hashable, Sendable {
    package var whole: LossPart
    /// One an agent, one a class and one a server.
    package var agents: [LossPart]
    package var classes: [LossPart]
    package var servers: [LossPart]
    /// One a server; nil where there were more than ``LossAttribution/mostStalls``, so that nobody
    /// can say which of them were shared.
    package var stalls: [StallFigures]?

    /// The index of the agent that lost most to a cause, where it has over half of that loss.
    package func mostLosing(to cause: LossCause) -> Int? {
        guard let most = agents.indices.max(by: { agents[$0][cause] < agents[$1][cause] }),
            agents[most][cause] > 0.5 * whole[cause]
        else { return nil }
        return most
    }
}

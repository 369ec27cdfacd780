package import TimeBase
package import TokenLog
import Workload

/// One request as its agent recorded it, on that agent's clock.
package struct MergedRequest: Hashable, Sendable {
    package var id: UInt32
    package var agent: Int
    package var sent: SentRecord?
    /// In the order in which they arrived; stamps never decrease.
    package var tokens: [TokenRecord] = []
    /// Raw stamps of these, as ``LogBatch/delays`` has them; none where they were not kept.
    package var delays: [UInt32] = []
    package var finish: FinishRecord?

    package init(id: UInt32, agent: Int) {
        self.id = id
        self.agent = agent
    }

    /// The token records, with the trusted count spread over them where only the final usage knew
    /// it.
    package var countedTokens: [TokenRecord] {
        guard let finish, finish.evidence == .finalUsage else { return tokens }
        return spread(usage: finish.outputTokens, over: tokens)
    }
}

/// Why a record does not fit what arrived before it.
package enum MergeFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownRequest(UInt32)
    case notOfThisAgent(UInt32)
    case secondSend(UInt32)
    case secondFinish(UInt32)
    case afterFinish(UInt32)
    case backwards(UInt32)

    package var description: String {
        switch self {
        case .unknownRequest(let id): "request \(id) is not in the plan"
        case .notOfThisAgent(let id): "request \(id) was dealt to another agent"
        case .secondSend(let id): "request \(id) was sent twice"
        case .secondFinish(let id): "request \(id) has two terminal records"
        case .afterFinish(let id): "request \(id) has a record after its terminal one"
        case .backwards(let id): "request \(id) has a token stamped before the one ahead of it"
        }
    }
}

/// The token logs of all agents, merged by request.
///
/// - Complexity: O(1) a record, 16 bytes of memory a stream event.
package struct Merge {
    /// By index in the plan; then those of later rounds, in the order in which they arrived.
    package private(set) var requests: [MergedRequest]
    /// Requests that have their terminal record.
    package private(set) var finished = 0
    private let planned: Int
    private let repeats: Bool
    /// Where the requests of later rounds stand.
    private var places: [UInt32: Int] = [:]

    /// A merge of the requests dealt as `agents` says: the agent's place for each request of the
    /// plan.
    ///
    /// - Parameter repeats: Whether the plan has later rounds, whose requests are of the same
    ///   agents.
    package init(agents: [Int], repeats: Bool = false) {
        requests = agents.enumerated().map { MergedRequest(id: UInt32($0), agent: $1) }
        planned = agents.count
        self.repeats = repeats && !agents.isEmpty
    }

    /// A merge of a plan that was dealt: the assignments in the order of the agents' indices.
    package init(dealt assignments: [Assignment], repeats: Bool) {
        var agents = [Int](repeating: 0, count: assignments.reduce(0) { $0 + $1.requests.count })
        for (agent, assignment) in assignments.enumerated() {
            for request in assignment.requests { agents[Int(request.index)] = agent }
        }
        self.init(agents: agents, repeats: repeats)
    }

    /// The request `id`; nil where none of that id was planned or recorded.
    package func request(_ id: UInt32) -> MergedRequest? {
        if Int(id) < planned { return requests[Int(id)] }
        return places[id].map { requests[$0] }
    }

    /// Whether every planned request has exactly one terminal record.
    package var isComplete: Bool { finished == requests.count }

    /// Takes in a batch of one agent's records; batches in their order.
    ///
    /// - Throws: ``MergeFault`` at the first record that does not fit; those before it are merged.
    package mutating func add(_ batch: LogBatch, agent: Int) throws(MergeFault) {
        for sent in batch.sent { try add(sent, agent: agent) }
        for token in batch.tokens { try add(token, agent: agent) }
        for (token, delay) in zip(batch.tokens, batch.delays) {
            let index = try place(of: token.request, agent: agent)
            requests[index].delays.append(delay)
        }
        for finish in batch.finishes { try add(finish, agent: agent) }
    }

    /// Ends every request of `agent` that has no terminal record, as of its last word.
    ///
    /// A request that was in flight becomes `unfinished` at `instant`. A request that was never
    /// sent is recorded as due but not sent where the plan knows when it was due (`scheduled`) and
    /// that was before the run's `end`, and is otherwise not needed. All instants are of the
    /// agent's clock.
    package mutating func close(
        agent: Int, at instant: LocalInstant, end: LocalInstant, error: RequestError,
        scheduled: (Int) -> LocalInstant?
    ) {
        for index in requests.indices
        where requests[index].agent == agent && requests[index].finish == nil {
            let id = requests[index].id
            if requests[index].sent == nil, let due = scheduled(index), due <= end {
                requests[index].sent = SentRecord(
                    request: id, scheduled: due, sent: nil, target: 0)
            }
            let last = requests[index].tokens.last?.stamp ?? instant
            let due = requests[index].sent?.scheduled ?? instant
            requests[index].finish = FinishRecord(
                request: id, at: max(max(instant, last), due),
                outcome: requests[index].sent == nil ? .notNeeded : .unfinished, error: error,
                evidence: requests[index].tokens.isEmpty ? .none : .contentEvents,
                outputTokens: requests[index].tokens.reduce(0) { $0 &+ UInt32($1.count) })
            finished += 1
        }
    }

    /// The newest stamp among the records of `agent`, on its clock; nil where there are none.
    package func newestStamp(of agent: Int) -> LocalInstant? {
        requests.lazy.filter { $0.agent == agent }.compactMap { request in
            request.finish?.at ?? request.tokens.last?.stamp ?? request.sent?.sent
                ?? request.sent?.scheduled
        }.max()
    }

    private func place(of id: UInt32, agent: Int) throws(MergeFault) -> Int {
        let index = Int(id) < planned ? Int(id) : places[id]
        guard let index else { throw .unknownRequest(id) }
        guard requests[index].agent == agent else { throw .notOfThisAgent(id) }
        return index
    }

    private mutating func add(_ token: TokenRecord, agent: Int) throws(MergeFault) {
        let index = try place(of: token.request, agent: agent)
        guard requests[index].finish == nil else { throw .afterFinish(token.request) }
        if let last = requests[index].tokens.last, token.stamp < last.stamp {
            throw .backwards(token.request)
        }
        requests[index].tokens.append(token)
    }

    /// A request of a later round is known by its first record, which says that it was due.
    private mutating func beginAgain(_ id: UInt32, agent: Int) {
        guard repeats, Int(id) >= planned, places[id] == nil,
            requests[Int(id) % planned].agent == agent
        else { return }
        places[id] = requests.count
        requests.append(MergedRequest(id: id, agent: agent))
    }

    private mutating func add(_ sent: SentRecord, agent: Int) throws(MergeFault) {
        beginAgain(sent.request, agent: agent)
        let index = try place(of: sent.request, agent: agent)
        guard requests[index].finish == nil else { throw .afterFinish(sent.request) }
        guard requests[index].sent == nil else { throw .secondSend(sent.request) }
        requests[index].sent = sent
    }

    private mutating func add(_ finish: FinishRecord, agent: Int) throws(MergeFault) {
        let index = try place(of: finish.request, agent: agent)
        guard requests[index].finish == nil else { throw .secondFinish(finish.request) }
        requests[index].finish = finish
        finished += 1
    }
}

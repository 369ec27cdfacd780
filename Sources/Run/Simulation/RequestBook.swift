import CoordinatorCore
import RunRecord
import TimeBase
import TokenLog
import Workload

/// Every record of a simulated run, by request or by agent: what the house keeps only while a
/// request is open.
struct RequestBook {
    /// By index in the plan; then those of later rounds, in the order in which they arrived.
    private(set) var requests: [MergedRequest]
    /// Requests that have their terminal record.
    private(set) var finished = 0
    /// Words of servers about themselves, by agent, in order.
    private(set) var scrapes: [Int: [ScrapeRecord]] = [:]
    private let planned: Int
    private let repeats: Bool
    /// Where the requests of later rounds stand.
    private var laterIndices: [UInt32: Int] = [:]

    /// A merge of the requests dealt as `agents` says: the agent's index for each request of the
    /// plan.
    ///
    /// - Parameter repeats: Whether the plan has later rounds, whose requests are of the same
    ///   agents.
    init(agents: [Int], repeats: Bool = false) {
        requests = agents.enumerated().map { MergedRequest(id: UInt32($0), agent: $1) }
        planned = agents.count
        self.repeats = repeats && !agents.isEmpty
    }

    /// A merge of a plan that was dealt: the assignments in the order of the agents' indices.
    init(dealt assignments: [Assignment], repeats: Bool) {
        var agents = [Int](repeating: 0, count: assignments.reduce(0) { $0 + $1.requests.count })
        for (agent, assignment) in assignments.enumerated() {
            for request in assignment.requests { agents[Int(request.index)] = agent }
        }
        self.init(agents: agents, repeats: repeats)
    }

    /// The request `id`; nil where none of that id was planned or recorded.
    func request(_ id: UInt32) -> MergedRequest? {
        if Int(id) < planned { return requests[Int(id)] }
        return laterIndices[id].map { requests[$0] }
    }

    /// Takes in a batch of one agent's records; batches in their order.
    ///
    /// - Throws: ``MergeFault`` at the first record that does not fit; those before it are merged.
    mutating func add(_ batch: LogBatch, agent: Int) throws(MergeFault) {
        for sent in batch.sent { try add(sent, agent: agent) }
        for token in batch.tokens { try add(token, agent: agent) }
        for (token, delay) in zip(batch.tokens, batch.delays) {
            let index = try position(of: token.request, agent: agent)
            requests[index].delays.append(delay)
        }
        for finish in batch.finishes { try add(finish, agent: agent) }
        if !batch.scrapes.isEmpty { scrapes[agent, default: []] += batch.scrapes }
    }

    private func position(of id: UInt32, agent: Int) throws(MergeFault) -> Int {
        let index = Int(id) < planned ? Int(id) : laterIndices[id]
        guard let index else { throw .unknownRequest(id) }
        guard requests[index].agent == agent else { throw .notOfThisAgent(id) }
        return index
    }

    private mutating func add(_ token: TokenRecord, agent: Int) throws(MergeFault) {
        let index = try position(of: token.request, agent: agent)
        guard requests[index].finish == nil else { throw .afterFinish(token.request) }
        if let last = requests[index].tokens.last, token.stamp < last.stamp {
            throw .backwards(token.request)
        }
        requests[index].tokens.append(token)
    }

    /// A request of a later round is known by its first record, which says that it was due.
    private mutating func beginAgain(_ id: UInt32, agent: Int) {
        guard repeats, Int(id) >= planned, laterIndices[id] == nil,
            requests[Int(id) % planned].agent == agent
        else { return }
        laterIndices[id] = requests.count
        requests.append(MergedRequest(id: id, agent: agent))
    }

    private mutating func add(_ sent: SentRecord, agent: Int) throws(MergeFault) {
        beginAgain(sent.request, agent: agent)
        let index = try position(of: sent.request, agent: agent)
        guard requests[index].finish == nil else { throw .afterFinish(sent.request) }
        guard requests[index].sent == nil else { throw .secondSend(sent.request) }
        requests[index].sent = sent
    }

    private mutating func add(_ finish: FinishRecord, agent: Int) throws(MergeFault) {
        let index = try position(of: finish.request, agent: agent)
        guard requests[index].finish == nil else { throw .secondFinish(finish.request) }
        requests[index].finish = finish
        finished += 1
    }
}

internal import HeapModule

/// How sessions are dealt to agents.
package enum Dealing: Hashable, Sendable {
    /// In turn, to so many agents.
    case roundRobin(agents: Int)
    /// In proportion to one positive weight an agent.
    case weighted([Double])

    package var agents: Int {
        switch self {
        case .roundRobin(let agents): agents
        case .weighted(let weights): weights.count
        }
    }
}

/// The part of a plan that one agent sends.
package struct Shard: Hashable, Sendable {
    /// From 0, in the order of the dealing.
    package var agent: Int
    /// The plan's stages; a closed or bounded one has this agent's number of slots, perhaps 0.
    package var stages: [StagePlan]
    /// In the plan's order.
    package var requests: [PlannedRequest]

    package init(agent: Int, stages: [StagePlan], requests: [PlannedRequest]) {
        self.agent = agent
        self.stages = stages
        self.requests = requests
    }
}

extension WorkloadPlan {
    /// The indices of the texts that `requests` are put together from, in order. O(segments log
    /// texts).
    package func textIndices(of requests: [PlannedRequest]) -> [UInt32] {
        var indices: Set<UInt32> = []
        for request in requests where request.usesTexts {
            for segment in request.prompt where segment.answeredTurn == nil {
                indices.insert(UInt32(segment.seed))
            }
        }
        return indices.sorted()
    }

    /// Most agents of a run.
    package static let agentLimit = 4_096

    /// The plan dealt in turn to `agents` agents.
    package func deal(agents: Int) throws(WorkloadError) -> [Shard] {
        try deal(.roundRobin(agents: agents))
    }

    /// The plan dealt out: every request to exactly one agent, a session's turns to the same one.
    ///
    /// Open loop: the plan's sessions go round the agents, so that their arrivals together are the
    /// plan's one process. Closed loop, and an open one with a bound: the stage's slots go round,
    /// slot s takes the stage's sessions s, s + slots, and so on, and an agent's concurrency or
    /// bound is the number of its slots. O(requests + sessions log agents).
    package func deal(_ dealing: Dealing) throws(WorkloadError) -> [Shard] {
        let count = dealing.agents
        guard count >= 1, count <= Self.agentLimit else {
            throw .dealing(problem: "\(count) agents; a run has 1 to \(Self.agentLimit)")
        }
        if case .weighted(let weights) = dealing,
            let bad = weights.firstIndex(where: { !($0 > 0 && $0.isFinite) })
        {
            throw .dealing(problem: "agent \(bad + 1) has weight \(weights[bad]), not positive")
        }
        let slotAgents = stages.map { stage -> [Int] in
            var round = DealingOrder(dealing)
            return (0..<(stage.slots ?? 0)).map { _ in round.next() }
        }
        var shards = (0..<count).map { agent in
            Shard(agent: agent, stages: stages, requests: [])
        }
        for (stage, agents) in slotAgents.enumerated() where stages[stage].slots != nil {
            var slots = Array(repeating: UInt32(0), count: count)
            for agent in agents { slots[agent] += 1 }
            for agent in 0..<count { shards[agent].stages[stage].slots = slots[agent] }
        }
        dealSessions(slotAgents: slotAgents, order: DealingOrder(dealing), into: &shards)
        return shards
    }

    private func dealSessions(
        slotAgents: [[Int]], order: DealingOrder, into shards: inout [Shard]
    ) {
        var open = order
        var stageSessions = Array(repeating: 0, count: stages.count)
        var session: UInt32?
        var agent = 0
        for request in requests {
            if request.session != session {
                session = request.session
                let stage = Int(request.stage)
                let slots = slotAgents[stage]
                if slots.isEmpty {
                    agent = open.next()
                } else {
                    agent = slots[stageSessions[stage] % slots.count]
                }
                stageSessions[stage] += 1
            }
            shards[agent].requests.append(request)
        }
    }
}

/// The agents in the order in which they are dealt to. Weighted: stride scheduling (Waldspurger and
/// Weihl, 1995): the agent whose next card is due first, so that after any k cards each has its
/// share to within one or two.
private struct DealingOrder {
    private struct Due: Comparable {
        var at: Double
        var agent: Int

        static func < (a: Due, b: Due) -> Bool { (a.at, a.agent) < (b.at, b.agent) }
    }

    private let agents: Int
    private let weights: [Double]
    private var dealt: [Double]
    private var due: Heap<Due>
    private var turn = 0

    init(_ dealing: Dealing) {
        agents = dealing.agents
        switch dealing {
        case .roundRobin: weights = []
        case .weighted(let given): weights = given
        }
        dealt = Array(repeating: 0, count: weights.count)
        due = Heap(weights.enumerated().map { Due(at: 1 / $1, agent: $0) })
    }

    mutating func next() -> Int {
        guard let first = due.popMin() else {
            defer { turn = turn + 1 == agents ? 0 : turn + 1 }
            return turn
        }
        dealt[first.agent] += 1
        due.insert(
            Due(at: (dealt[first.agent] + 1) / weights[first.agent], agent: first.agent))
        return first.agent
    }
}

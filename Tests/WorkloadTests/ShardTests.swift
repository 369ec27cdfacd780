import Testing

@testable import Workload

@Suite struct ShardTests {
    @Test(arguments: [
        Dealing.roundRobin(agents: 1), .roundRobin(agents: 2), .roundRobin(agents: 5),
        .weighted([1, 3]), .weighted([0.2, 0.2, 5]),
    ])
    func `the shards together are the plan`(dealing: Dealing) throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        let shards = try plan.deal(dealing)
        #expect(shards.count == dealing.agents)
        #expect(shards.flatMap(\.requests).sorted { $0.index < $1.index } == plan.requests)
        for shard in shards {
            #expect(shard.requests.map(\.index) == shard.requests.map(\.index).sorted())
        }
        // Superposition: the agents' arrivals together are the plan's one process.
        let together = shards.flatMap { $0.requests.compactMap(\.scheduledNs) }.sorted()
        #expect(together == plan.requests.compactMap(\.scheduledNs))
    }

    @Test(arguments: [1, 2, 5, 9])
    func `a session stays on one agent`(agents: Int) throws {
        let shards = try WorkloadPlan.make(threeStages(), seed: 42).deal(agents: agents)
        var home: [UInt32: Int] = [:]
        for shard in shards {
            for request in shard.requests {
                #expect(
                    home.updateValue(shard.agent, forKey: request.session) ?? shard.agent
                        == shard.agent)
            }
        }
    }

    @Test(
        arguments: [
            (Dealing.roundRobin(agents: 1), [7]), (.roundRobin(agents: 2), [4, 3]),
            (.roundRobin(agents: 9), [1, 1, 1, 1, 1, 1, 1, 0, 0]), (.weighted([1, 6]), [1, 6]),
        ] as [(Dealing, [UInt32])])
    func `slots are dealt out, the remainder too`(dealing: Dealing, slots: [UInt32]) throws {
        let shards = try WorkloadPlan.make(threeStages(), seed: 42).deal(dealing)
        #expect(shards.map(\.stages[3].kind) == slots.map { .closed(concurrency: $0) })
        for (shard, count) in zip(shards, slots) where count == 0 {
            #expect(shard.requests.allSatisfy { $0.stage != 3 })
        }
    }

    @Test func `weights share out the sessions`() throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        let shards = try plan.deal(.weighted([1, 2, 1]))
        let sessions = shards.map { Set($0.requests.filter { $0.stage < 3 }.map(\.session)).count }
        let total = sessions.reduce(0, +)
        #expect(abs(sessions[1] * 2 - total) <= 4)
        #expect(abs(sessions[0] - sessions[2]) <= 2)
    }

    @Test(arguments: [
        Dealing.roundRobin(agents: 0), .roundRobin(agents: -1), .roundRobin(agents: 4_097),
        .weighted([]), .weighted([1, 0]), .weighted([1, .infinity]),
    ])
    func `an impossible dealing is refused`(dealing: Dealing) throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        #expect(throws: WorkloadError.self) { try plan.deal(dealing) }
    }
}

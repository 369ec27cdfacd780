import Testing
import TimeBase

@testable import Workload

@Suite("A plan's requests sent again") struct PlanRoundsTests {
    private func plan(
        slots: UInt32 = 3, turns: TokenLength = .fixed(1), prefix: UInt32 = 0,
        warmup: Warmup = .none, requests: UInt32? = nil
    ) throws -> WorkloadPlan {
        let chat = ClassSpec(
            name: "chat",
            lengths: .independent(
                input: TokenLength(.uniform(low: 5, high: 50)), output: .fixed(4)),
            turns: turns, prefixTokens: prefix)
        var reserve = PlanReserve()
        reserve.fewest = 10
        return try WorkloadPlan.make(
            WorkloadSpec(
                warmup: warmup,
                stages: [
                    StageSpec(
                        load: .closed(concurrency: slots), durationNs: second, requests: requests)
                ], classes: [chat]), seed: 5, reserve: reserve)
    }

    @Test("An id names one request of one round, of the same length and with tokens of its own")
    func ids() throws {
        let plan = try plan(turns: .fixed(2), prefix: 7)
        let rounds = try #require(plan.rounds)
        var ids: Set<UInt32> = []
        var sessions: [UInt32: UInt32] = [:]
        var seeds: Set<UInt64> = []
        for round in UInt32(0)..<4 {
            for planned in plan.requests {
                let again = rounds.request(planned, round: round)
                #expect(ids.insert(again.index).inserted)
                #expect(rounds.position(of: again.index) == (planned.index, round))
                #expect(plan.request(again.index) == again)
                #expect(again.outputTokens == planned.outputTokens && again.turn == planned.turn)
                #expect(again.prompt.map(\.tokens) == planned.prompt.map(\.tokens))
                // The class's prefix stays what it was: a cache may know it.
                #expect(again.prompt[0] == planned.prompt[0])
                let own = again.prompt[1].seed
                // The turns of a session share what is theirs, and no two sessions do.
                #expect(
                    sessions.updateValue(again.session, forKey: again.session) == nil
                        || again.turn > 0)
                #expect(seeds.insert(own).inserted == (again.turn == 0))
            }
        }
        #expect(ids == Set(0..<UInt32(4 * plan.requests.count)))
    }

    @Test("Only a closed stage that time alone ends has rounds, and each slot a session")
    func stages() throws {
        let timed = try plan(slots: 40)
        #expect(timed.stages[0].repeats)
        #expect(timed.requests.count >= 40)
        let counted = try plan(requests: 5_000)
        #expect(counted.rounds == nil && counted.requests.count == 5_000)
        // Sessions of many turns: every slot has one all the same.
        let long = try plan(slots: 30, turns: .fixed(50))
        #expect(long.sessionCount >= 30)
        #expect(long.requests.allSatisfy { $0.turn < 50 })
        for shard in try long.deal(agents: 7) { #expect(!shard.requests.isEmpty) }
    }

    @Test("Ids end where they cannot be written any more")
    func end() {
        let rounds = PlanRounds(requests: 1 << 20, sessions: 1)
        #expect(rounds.holds(round: 4_094) && !rounds.holds(round: 4_095))
        #expect(!rounds.holds(round: .max))
        // A slot whose next request would be of a round without ids takes none.
        let request = PlannedRequest(
            index: 0, phase: .scored, stage: 0, classIndex: 0, session: 0, turn: 0,
            scheduledNs: nil, thinkNs: 0, inputTokens: 1, outputTokens: 1, prompt: [])
        var schedule = RequestSchedule(
            requests: [request],
            stages: [
                StagePlan(kind: .closed(concurrency: 1), beginNs: 0, endNs: 100, repeats: true)
            ], rounds: PlanRounds(requests: 1 << 31, sessions: 1), start: LocalInstant(ns: 0))
        #expect(schedule.takeDue(now: LocalInstant(ns: 0))?.ordinal == 0)
        schedule.finished(ordinal: 0, at: LocalInstant(ns: 5))
        #expect(schedule.nextDue == nil && schedule.remaining == 0)
    }

    @Test("A bound of an open stage is dealt like slots, and so are its sessions")
    func bounds() throws {
        let spec = WorkloadSpec(
            warmup: .requests(4),
            stages: [
                StageSpec(load: .open(.poisson(rate: 50)), requests: 60, maxInFlight: 5)
            ], classes: chatAndCode())
        let plan = try WorkloadPlan.make(spec, seed: 3)
        #expect(plan.stages.map(\.maxInFlight) == [5, 5])
        for agents in [1, 2, 3, 5, 8] {
            let shards = try plan.deal(agents: agents)
            #expect(shards.reduce(0) { $0 + ($1.stages[1].maxInFlight ?? 0) } == 5)
            #expect(shards.reduce(0) { $0 + $1.requests.count } == plan.requests.count)
            for shard in shards where shard.stages[1].maxInFlight == 0 {
                #expect(shard.requests.isEmpty, "nobody could send these")
            }
        }
    }
}

import Bytes
import CoordinatorCore
import Goodput
import Journal
import Randomness
import RunRecord
import TimeBase
import Wire
import Workload

/// A small workload drawn from a seed and dealt to agents by the real planner.
struct SimulatedWorkload {
    let plan: WorkloadPlan
    let assignments: [Assignment]

    init(seed: UInt64, agents: Int, drain: TimeSpan) throws(WorkloadError) {
        var random = RandomStream(seed: mix64(seed ^ 77))
        let spec = Self.spec(using: &random)
        // So few that they come again within a load of seconds.
        var reserve = PlanReserve()
        (reserve.perSlotSecond, reserve.fewest) = (0.5, 2)
        let plan = try WorkloadPlan.make(spec, seed: seed, reserve: reserve)
        self.plan = plan
        assignments = try plan.deal(agents: agents).map { shard in
            Assignment(
                configuration: RunConfiguration(
                    endpoint: .chat, model: "m", stages: shard.stages,
                    classNames: plan.classNames,
                    timeouts: RequestTimeouts(
                        connectNs: 0, firstTokenNs: 0, betweenTokensNs: 0, totalNs: 0),
                    drainNs: drain.ns, graceNs: 40_000_000_000,
                    requests: UInt32(shard.requests.count), rounds: plan.rounds, seed: seed),
                requests: shard.requests)
        }
    }

    /// The opening of a journal of it.
    func opening(runID: RunID, clock: ClockName) -> RunOpening {
        RunOpening(
            runID: runID, clock: clock, version: "simulated", name: "simulated",
            seed: assignments[0].configuration.seed, scenarioJSON: "{}",
            host: HostFacts(
                hostname: "coordinator", kernel: "", clockSource: "", cores: 1, memoryBytes: 0,
                gpus: []), agents: UInt16(assignments.count),
            requests: UInt32(plan.requests.count), rounds: plan.rounds,
            classes: plan.classNames.map {
                RunClass(name: $0, parameters: Preset.default.parameters)
            }, mostFailed: 1)
    }

    /// An open loop, a closed one by number or by time, or one after the other; with sessions of up
    /// to three turns or without.
    private static func spec(using random: inout RandomStream) -> WorkloadSpec {
        let turns: TokenLength =
            Bool.random(using: &random)
            ? .fixed(1) : TokenLength(.uniform(low: 1, high: 3), minimum: 1, maximum: 3)
        let chat = ClassSpec(
            name: "chat",
            lengths: .independent(
                input: .fixed(4),
                output: TokenLength(.uniform(low: 1, high: 4), minimum: 1, maximum: 4)),
            turns: turns, think: .uniform(low: 0.05, high: 0.4))
        let rate = Double.random(in: 2...6, using: &random)
        let open = StageSpec(
            load: .open(.poisson(rate: rate)), durationNs: 2_000_000_000, requests: 10)
        let slots = UInt32.random(in: 1...4, using: &random)
        var closed = StageSpec(load: .closed(concurrency: slots), requests: 10)
        if Bool.random(using: &random) {
            closed.durationNs = 1_000_000_000
            closed.requests = 14
        }
        var stages = [[open], [closed], [open, closed]][Int.random(in: 0...2, using: &random)]
        // A stream of its own, so that what was drawn above stays what it was.
        var more = random
        for index in stages.indices where Int.random(in: 0..<4, using: &more) == 0 {
            switch stages[index].load {
            case .open: stages[index].maxInFlight = UInt32.random(in: 1...4, using: &more)
            case .closed:
                // Time alone ends it, so that its few sessions come again.
                stages[index].durationNs = 2_000_000_000
                stages[index].requests = nil
            }
        }
        let classes = Int.random(in: 0..<3, using: &more) == 0 ? [chat, agents] : [chat]
        return WorkloadSpec(stages: stages, classes: classes)
    }

    /// Sessions that are graphs: two begin, some fan out, and the last waits for all.
    private static var agents: ClassSpec {
        let few = TokenLength(.uniform(low: 1, high: 3), minimum: 1, maximum: 3)
        let wait = RandomLaw.uniform(low: 0.01, high: 0.2)
        return ClassSpec(
            name: "graph", lengths: nil, prefixTokens: 3,
            steps: [
                StepSpec(name: "plan", input: few, output: few, reading: .nobody),
                StepSpec(name: "look", input: few, output: few, reading: .nobody),
                StepSpec(
                    name: "search", after: [0], copies: few, rounds: few, wait: wait, input: few,
                    output: few, reading: .nobody),
                StepSpec(
                    name: "answer", after: [1, 2], wait: wait, input: few, output: few,
                    continues: 0, includes: [2]),
            ])
    }
}

import Testing

@testable import Workload

let second: Int64 = 1_000_000_000

func chatAndCode() -> [ClassSpec] {
    [
        ClassSpec(
            name: "chat", share: 80,
            lengths: .independent(
                input: TokenLength(.lognormal(median: 220, p90: 900)),
                output: TokenLength(.lognormal(median: 180, p90: 600))),
            turns: TokenLength(.uniform(low: 1, high: 5)), think: .exponential(mean: 8),
            prefixTokens: 300),
        ClassSpec(
            name: "code", share: 20,
            lengths: .pairs([
                LengthPair(input: 4_808, output: 10), LengthPair(input: 30, output: 8),
            ])
        ),
    ]
}

func threeStages() -> WorkloadSpec {
    WorkloadSpec(
        warmup: .requests(30),
        stages: [
            StageSpec(load: .open(.poisson(rate: 4)), durationNs: 120 * second),
            StageSpec(
                load: .open(.rate(from: 4, to: 12, spacing: .gamma(burstiness: 1))),
                durationNs: 100 * second),
            StageSpec(load: .closed(concurrency: 7), requests: 400),
        ],
        classes: chatAndCode())
}

@Suite struct WorkloadPlanTests {
    @Test func `the same seed gives the same plan and another seed another`() throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        #expect(try WorkloadPlan.make(threeStages(), seed: 42) == plan)
        #expect(try WorkloadPlan.make(threeStages(), seed: 43) != plan)
    }

    @Test func `indices, sessions, turns and arrivals are in one order`() throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        #expect(plan.requests.map(\.index) == Array(0..<UInt32(plan.requests.count)))
        for (before, after) in zip(plan.requests, plan.requests.dropFirst()) {
            #expect(after.stage >= before.stage)
            if after.session == before.session {
                #expect(after.turn == before.turn + 1 && after.scheduledNs == nil)
            } else {
                #expect(after.session == before.session + 1 && after.turn == 0)
                #expect(after.thinkNs == 0)
            }
        }
        let scheduled = plan.requests.compactMap(\.scheduledNs)
        #expect(scheduled == scheduled.sorted())
        #expect(plan.requests.last?.session == plan.sessionCount - 1)
    }

    @Test func `arrivals lie within their stage`() throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        #expect(plan.stages.count == 4)
        for request in plan.requests {
            guard let at = request.scheduledNs else { continue }
            let stage = plan.stages[Int(request.stage)]
            #expect(at >= stage.beginNs && at < stage.endNs ?? .max)
        }
    }

    @Test func `an open warm-up is a stage of its own with exactly its requests`() throws {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        let warm = plan.requests.filter { $0.phase == .warmup }
        #expect(warm.count == 30 && warm.allSatisfy { $0.stage == 0 })
        #expect(plan.stages[0].kind == .open && plan.stages[0].endNs == nil)
        #expect(plan.stages[1].beginNs == warm.compactMap(\.scheduledNs).last)
    }

    @Test func `a closed warm-up is the head of the queue`() throws {
        var spec = threeStages()
        spec.stages = [spec.stages[2]]
        let plan = try WorkloadPlan.make(spec, seed: 1)
        #expect(plan.stages == [StagePlan(kind: .closed(concurrency: 7), beginNs: 0, endNs: nil)])
        #expect(plan.requests.count == 430)
        #expect(plan.requests.prefix(30).allSatisfy { $0.phase == .warmup })
        #expect(plan.requests.dropFirst(30).allSatisfy { $0.phase == .scored })
    }

    @Test(arguments: [Warmup.duration(ns: 5 * second)])
    func `a timed warm-up shifts the stages by its length`(warmup: Warmup) throws {
        var spec = threeStages()
        spec.warmup = warmup
        let plan = try WorkloadPlan.make(spec, seed: 1)
        #expect(plan.stages[0] == StagePlan(kind: .open, beginNs: 0, endNs: 5 * second))
        #expect(plan.stages[1].beginNs == 5 * second)
    }

    @Test func `a closed loop bounded by time holds its reserve`() throws {
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .closed(concurrency: 3), durationNs: 100 * second)],
            classes: chatAndCode())
        let plan = try WorkloadPlan.make(spec, seed: 1)
        // The last session is whole: what comes again is what was drawn.
        #expect((6_000..<6_010).contains(plan.requests.count))
        var short = spec
        short.stages[0].durationNs = second
        let least = try WorkloadPlan.make(short, seed: 1).requests
        #expect((1_000..<1_010).contains(least.count))
        #expect(least.prefix(1_000) == plan.requests.prefix(1_000))
    }

    @Test func `a session's prompt grows by its inputs and outputs after the class's prefix`()
        throws
    {
        let plan = try WorkloadPlan.make(threeStages(), seed: 42)
        var history: [UInt32: UInt32] = [:]
        var prefixes: Set<PromptSegment> = []
        var seeds: [UInt32: UInt64] = [:]
        for request in plan.requests where request.classIndex == 0 {
            #expect(request.prompt.count == 2)
            prefixes.insert(request.prompt[0])
            let own = request.prompt[1]
            #expect(own.tokens > history[request.session] ?? 0)
            #expect(seeds.updateValue(own.seed, forKey: request.session) ?? own.seed == own.seed)
            history[request.session] = own.tokens + request.outputTokens
            #expect(request.inputTokens == 300 + own.tokens)
        }
        #expect(prefixes.count == 1)
        #expect(Set(seeds.values).count == seeds.count)
    }

    @Test func `changing one class moves no draw of another`() throws {
        let before = try WorkloadPlan.make(threeStages(), seed: 42)
        var spec = threeStages()
        spec.stages.removeLast()
        spec.warmup = .none
        let plain = try WorkloadPlan.make(spec, seed: 42)
        spec.classes[0].lengths = .independent(input: .fixed(9), output: .fixed(9))
        spec.classes[0].turns = .fixed(2)
        let after = try WorkloadPlan.make(spec, seed: 42)
        func code(_ plan: WorkloadPlan) -> [[Int64]] {
            plan.requests.filter { $0.classIndex == 1 }
                .map { [$0.scheduledNs ?? -1, Int64($0.inputTokens), Int64($0.outputTokens)] }
        }
        #expect(!code(plain).isEmpty && code(plain) == code(after))
        #expect(code(before) != code(plain))
    }

    @Test func `classes are chosen by their shares`() throws {
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 100)), durationNs: 100 * second)],
            classes: chatAndCode())
        let plan = try WorkloadPlan.make(spec, seed: 3)
        let firsts = plan.requests.filter { $0.turn == 0 }
        let share = Double(firsts.filter { $0.classIndex == 0 }.count) / Double(firsts.count)
        #expect(abs(share - 0.8) < 0.02)
    }

    @Test func `a context bound shortens first turns and ends sessions`() throws {
        var classes = chatAndCode()
        for index in classes.indices { classes[index].contextTokens = 1_024 }
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 10)), durationNs: 100 * second)],
            classes: classes)
        let plan = try WorkloadPlan.make(spec, seed: 3)
        #expect(plan.requests.allSatisfy { $0.inputTokens + $0.outputTokens <= 1_024 })
        #expect(plan.requests.allSatisfy { $0.inputTokens >= 1 && $0.outputTokens >= 1 })
        #expect(plan.requests.contains { $0.turn > 0 })
    }

    @Test(arguments: [(nil, 12), (second, 40)] as [(Int64?, Int)])
    func `bursts arrive at once`(every: Int64?, count: Int) throws {
        let spec = WorkloadSpec(
            stages: [
                StageSpec(
                    load: .open(.burst(size: every == nil ? 12 : 10, everyNs: every)),
                    durationNs: 4 * second)
            ],
            classes: [
                ClassSpec(
                    name: "c", lengths: .independent(input: .fixed(5), output: .fixed(5)))
            ])
        let plan = try WorkloadPlan.make(spec, seed: 3)
        #expect(plan.requests.count == count)
        #expect(Set(plan.requests.map(\.scheduledNs)).count == (every == nil ? 1 : 4))
    }

    @Test(arguments: [
        StageSpec(load: .closed(concurrency: 4)), StageSpec(load: .closed(concurrency: 0)),
        StageSpec(load: .open(.poisson(rate: 0)), durationNs: second),
        StageSpec(load: .open(.poisson(rate: .nan)), durationNs: second),
        StageSpec(load: .open(.poisson(rate: 4))),
        StageSpec(load: .open(.rate(from: 1, to: 2, spacing: .even)), requests: 4),
        StageSpec(load: .open(.poisson(rate: 4)), durationNs: -second),
        StageSpec(load: .open(.poisson(rate: 4)), requests: 0),
        StageSpec(load: .open(.rate(from: 1, to: 1, spacing: .gamma(burstiness: 0))), requests: 4),
        StageSpec(load: .open(.burst(size: 0, everyNs: nil))),
        StageSpec(load: .open(.burst(size: 3, everyNs: second))),
        StageSpec(load: .open(.replay(TraceReplay(rows: [])))),
        StageSpec(
            load: .open(.replay(TraceReplay(rows: [TraceRow(arrivalNs: nil, input: 1, output: 1)])))
        ),
    ])
    func `an impossible stage is named`(stage: StageSpec) {
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 1)), durationNs: second), stage],
            classes: chatAndCode())
        #expect {
            try WorkloadPlan.make(spec, seed: 1)
        } throws: { error in
            guard case WorkloadError.stage(index: 1, _) = error else { return false }
            return "\(error)".hasPrefix("stage 2 ")
        }
    }

    @Test(arguments: [
        StageSpec(load: .open(.poisson(rate: 1e-9)), requests: 100),
        StageSpec(load: .open(.burst(size: 1, everyNs: .max)), requests: 40),
        StageSpec(load: .open(.poisson(rate: 1e-9)), durationNs: .max),
        StageSpec(load: .closed(concurrency: 1), durationNs: .max, requests: 1),
        StageSpec(
            load: .open(
                .replay(
                    TraceReplay(
                        rows: [TraceRow(arrivalNs: 9 * second, input: 1, output: 1)], scale: 1e-300)
                ))),
    ])
    func `a stage of more than a century is refused`(stage: StageSpec) {
        let spec = WorkloadSpec(stages: [stage], classes: chatAndCode())
        #expect(throws: WorkloadError.self) { try WorkloadPlan.make(spec, seed: 1) }
    }

    @Test func `a closed stage before another needs a duration`() {
        var spec = threeStages()
        spec.stages.reverse()
        #expect(throws: WorkloadError.self) { try WorkloadPlan.make(spec, seed: 1) }
        spec.stages[0].durationNs = second
        #expect(throws: Never.self) { try WorkloadPlan.make(spec, seed: 1) }
    }

    @Test func `a plan beyond the limit is refused`() {
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 1e12)), durationNs: 3_600 * second)],
            classes: [
                ClassSpec(name: "c", share: 0, lengths: nil)
            ])
        #expect(throws: WorkloadError.self) { try WorkloadPlan.make(spec, seed: 1) }
    }
}

import Randomness
import Testing

@testable import Workload

/// An agent that plans, lets sub-agents search in rounds, and answers from what they found.
func research(_ changes: (inout [StepSpec]) -> Void = { _ in }) -> ClassSpec {
    var steps = [
        StepSpec(name: "plan", input: .fixed(100), output: .fixed(20), reading: .nobody),
        StepSpec(
            name: "search", after: [0], copies: TokenLength(.uniform(low: 2, high: 4)),
            rounds: TokenLength(.uniform(low: 1, high: 3)), wait: .uniform(low: 1, high: 2),
            input: .fixed(50), output: .fixed(10), prefixTokens: 30, reading: .nobody),
        StepSpec(
            name: "answer", after: [1], input: .fixed(5), output: .fixed(200), continues: 0,
            includes: [1]),
    ]
    changes(&steps)
    return ClassSpec(name: "research", lengths: nil, prefixTokens: 40, steps: steps)
}

private func planned(
    _ spec: ClassSpec, seed: UInt64 = 1, load: Load = .open(.poisson(rate: 4)),
    requests: UInt32 = 400
) throws -> WorkloadPlan {
    try WorkloadPlan.make(
        WorkloadSpec(stages: [StageSpec(load: load, requests: requests)], classes: [spec]),
        seed: seed)
}

private func sessions(_ plan: WorkloadPlan) -> [[PlannedRequest]] {
    Dictionary(grouping: plan.requests, by: \.session).sorted { $0.key < $1.key }.map(\.value)
}

@Suite("Sessions of steps")
struct StepPlanTests {
    @Test("Copies wait for the step before, rounds for the round before, a join for all of them")
    func graph() throws {
        let plan = try planned(research())
        #expect(try planned(research()) == plan && planned(research(), seed: 2) != plan)
        for session in sessions(plan).dropLast() {
            #expect(session.map(\.turn) == Array(0..<UInt16(session.count)))
            #expect(session[0].scheduledNs != nil && session[0].after == nil)
            let searches = session.dropFirst().dropLast()
            // The first round of a copy waits for the plan; its last for the answer.
            let ends = searches.filter { each in
                let next = session[Int(each.turn) + 1]
                return next.after == [0] || next.turn == session.last?.turn
            }
            #expect((2...4).contains(ends.count))
            let parents = session.last.map { $0.after ?? [$0.turn - 1] }
            #expect(parents == ends.map(\.turn))
            for search in searches {
                #expect(search.scheduledNs == nil)
                #expect((1_000_000_000...2_000_000_000).contains(search.thinkNs))
                #expect(search.after == nil || search.after == [0])
            }
            // Prefix, plan, its answer, 5 tokens, and 10 of each copy.
            let input = 40 + 100 + 20 + 5 + 10 * UInt32(ends.count)
            #expect(session.last?.inputTokens == input)
        }
    }

    @Test("What nobody reads is of the class `agent`, and the last answer of the session's own")
    func readers() throws {
        let plan = try planned(research())
        #expect(plan.classNames == ["research", "agent"])
        for session in sessions(plan).dropLast() {
            #expect(session.dropLast().allSatisfy { $0.classIndex == 1 })
            #expect(session.last?.classIndex == 0)
        }
        // A loop that nothing waits for is read in its last round, each or none on demand.
        func classes(_ reading: StepSpec.Reading) throws -> [UInt16] {
            let loop = ClassSpec(
                name: "loop", lengths: nil,
                steps: [
                    StepSpec(
                        name: "act", rounds: .fixed(3), input: .fixed(9), output: .fixed(9),
                        reading: reading)
                ])
            return try planned(loop, requests: 3).requests.map(\.classIndex)
        }
        #expect(try classes(.last) == [1, 1, 0])
        #expect(try classes(.each) == [0, 0, 0])
        #expect(try classes(.nobody) == [1, 1, 1])
    }

    @Test("A class `agent` of the scenario's own takes what nobody reads; it has no reader beside")
    func ownClass() throws {
        let own = ClassSpec(
            name: "agent", lengths: .independent(input: .fixed(1), output: .fixed(1)))
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 4)), requests: 50)],
            classes: [own, research()])
        #expect(spec.planClassNames == ["agent", "research"])
        let plan = try WorkloadPlan.make(spec, seed: 1)
        #expect(plan.requests.contains { $0.classIndex == 0 && $0.turn > 0 })
        var named = research()
        named.name = "agent"
        let error = #expect(throws: WorkloadError.self) { try planned(named) }
        #expect(error?.description.contains("give it another one") == true)
    }

    @Test("A prompt begins with the conversation that its step continues")
    func prefixes() throws {
        for session in sessions(try planned(research())).dropLast() {
            // The part of a prompt that the session's earlier ones hold, as a prefix cache does.
            var shared = SharedPrompts()
            for request in session {
                let known = shared.add(request.prompt)
                #expect(request.prompt.reduce(0) { $0 + $1.tokens } == request.inputTokens)
                #expect(request.sharedSegments == 1)
                if request.turn == 0 {
                    #expect(known == 0)
                } else if request.turn == session.last?.turn {
                    #expect(known == 140)
                } else if request.after == [0] || request.inputTokens == 80 {
                    // Copies share their system prompt alone, and not with the plan.
                    #expect(known == 0 || known == 30)
                } else {
                    #expect(known == UInt64(request.inputTokens) - 50 - 10)
                }
            }
        }
    }

    @Test("Two steps that continue one conversation share it, and no more")
    func branches() throws {
        let spec = ClassSpec(
            name: "fork", lengths: nil,
            steps: [
                StepSpec(name: "root", input: .fixed(100), output: .fixed(20)),
                StepSpec(
                    name: "leaf", after: [0], copies: .fixed(3), input: .fixed(7),
                    output: .fixed(3), continues: 0),
            ])
        let requests = try planned(spec, requests: 4).requests
        #expect(requests.map(\.inputTokens) == [100, 127, 127, 127])
        #expect(requests[1].prompt.count == 1 && requests[2].prompt.count == 2)
        #expect(requests[1].prompt[0].seed == requests[0].prompt[0].seed)
        for leaf in requests[2...] {
            #expect(leaf.prompt[0] == PromptSegment(seed: requests[0].prompt[0].seed, tokens: 120))
        }
        #expect(requests[2].prompt[1].seed != requests[3].prompt[1].seed)
        // A later round changes all of it, and the class's prefix never.
        let rounds = PlanRounds(requests: 4, sessions: 1)
        let again = rounds.request(requests[2], round: 1)
        #expect(again.prompt[0].seed != requests[2].prompt[0].seed)
        #expect(rounds.request(requests[1], round: 1).prompt[0].seed == again.prompt[0].seed)
        let search = try planned(research()).requests[1]
        let later = rounds.request(search, round: 1)
        #expect(later.prompt[0] == search.prompt[0] && later.prompt[1] != search.prompt[1])
    }

    @Test("A full context ends a loop with the answer that it has, and makes others begin anew")
    func context() throws {
        var spec = ClassSpec(
            name: "loop", lengths: nil, prefixTokens: 10, contextTokens: 100,
            steps: [
                StepSpec(
                    name: "act", rounds: .fixed(50), input: .fixed(20), output: .fixed(5),
                    reading: .last)
            ])
        let loop = try planned(spec, requests: 30).requests
        #expect(loop.filter { $0.session == 0 }.map(\.inputTokens) == [30, 55, 80])
        #expect(loop.filter { $0.session == 0 }.map(\.classIndex) == [1, 1, 0])
        spec.steps.append(
            StepSpec(name: "end", after: [0], input: .fixed(400), output: .fixed(60), continues: 0))
        let anew = try #require(sessions(try planned(spec)).first?.last)
        #expect(anew.inputTokens + anew.outputTokens <= 100)
        #expect(anew.prompt.count == 2 && anew.prompt[0].tokens == 10)
    }

    @Test("The last session is shortened to fit, and a change to a step moves no other's draws")
    func bounds() throws {
        for requests in 1...40 as ClosedRange<UInt32> {
            #expect(try planned(research(), requests: requests).requests.count == Int(requests))
        }
        let changed = research { $0[2].output = TokenLength(.uniform(low: 1, high: 900)) }
        for (a, b) in zip(sessions(try planned(research())), sessions(try planned(changed))) {
            guard a.count == b.count, a.count > 1 else { continue }
            #expect(a.dropLast().map(\.thinkNs) == b.dropLast().map(\.thinkNs))
            #expect(a.dropLast().map(\.prompt) == b.dropLast().map(\.prompt))
        }
    }

    @Test("Steps out of order, or with impossible laws, are refused by name")
    func defects() {
        func problem(_ change: (inout [StepSpec]) -> Void) -> String {
            do {
                _ = try planned(research(change))
                return ""
            } catch { return "\(error)" }
        }
        #expect(problem { $0[0].after = [1] }.contains("step `plan` comes before a step"))
        #expect(problem { $0[1].after = [1] }.contains("step `search` comes before a step"))
        #expect(problem { $0[1].name = "plan" }.contains("two steps `plan`"))
        #expect(problem { $0[2].after = [] }.contains("does not wait for a step"))
        #expect(problem { $0[2].continues = 1 }.contains("several copies"))
        #expect(problem { $0[1].wait = .fixed(-1) }.contains("step `search` wait"))
        #expect(problem { $0[1].prefixTokens = 1 << 25 }.contains("a prefix of at most"))
        #expect(problem { _ in } == "")
    }

    @Test("Steps behind each other by hundreds are looked through at once")
    func deep() {
        let steps = (0..<200).map { index in
            StepSpec(
                name: "s\(index)", after: Array(0..<index), input: .fixed(1), output: .fixed(1))
        }
        let spec = ClassSpec(name: "deep", lengths: nil, steps: steps)
        #expect(spec.comes(199, behind: 0) && !spec.comes(0, behind: 199))
    }
}

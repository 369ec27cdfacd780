import Goodput
import Testing
import Workload

@testable import Scenario

@Suite("Steps of a class")
struct ScenarioStepsTests {
    /// A scenario whose one class has these steps, from line 5 on.
    private func scenario(
        _ steps: String, extra: String = ""
    ) throws(ScenarioError) -> ResolvedScenario {
        let lines = steps.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
        return try ScenarioFile.parse(
            """
            stages: [{ rate: 1/s, requests: 40 }]
            classes:
              - name: research
                steps:
            \(lines)
            \(extra)
            """)
    }

    private func problems(_ steps: String, extra: String = "") -> [String] {
        do throws(ScenarioError) {
            _ = try scenario(steps, extra: extra)
            return []
        } catch {
            return "\(error)".split(separator: "\n").map { String($0) }
        }
    }

    private static let sound = """
        - name: answer
          after: search
          continues: plan
          includes: search
          input: 9 tokens
          output: 99 tokens
        - { name: plan, count: 1, input: 900 tokens, output: 200 tokens }
        - name: search
          after: [plan]
          count: 2..5
          repeat: 3
          wait: exponential(mean 2 s)
          input: 300 tokens
          output: 80 tokens
          prefix: 64 tokens
        """

    @Test("Steps are read in any order, and planned behind what they wait for")
    func read() throws {
        let steps = try scenario(Self.sound).workload.classes[0].steps
        #expect(steps.map(\.name) == ["plan", "search", "answer"])
        #expect(steps.map(\.after) == [[], [0], [1]])
        #expect(steps[1].copies.law == .uniform(low: 2, high: 5))
        #expect(steps[1].rounds.law == .fixed(3))
        #expect(steps[1].wait == .exponential(mean: 2) && steps[1].prefixTokens == 64)
        #expect(steps[2].continues == 0 && steps[2].includes == [1])
        #expect(steps.map(\.reading) == [.nobody, .nobody, .last])
    }

    @Test("A step waits for what it continues and includes where it says nothing else")
    func implied() throws {
        let steps = try scenario(
            """
            - { name: a, input: 9 tokens, output: 9 tokens, reader: class }
            - { name: b, continues: a, input: 9 tokens, output: 9 tokens }
            - { name: c, includes: [a, b], input: 9 tokens, output: 9 tokens, reader: nobody }
            """
        ).workload.classes[0].steps
        #expect(steps.map(\.after) == [[], [0], [0, 1]])
        #expect(steps.map(\.reading) == [.each, .nobody, .nobody])
    }

    @Test("What nobody reads has the agent's reader, or the one that the scenario gives it")
    func readers() throws {
        let plain = try scenario(Self.sound, extra: "preset: robust\ngoodput: { ttft: 2 s }")
        #expect(plain.classScoring.count == 2)
        #expect(plain.classScoring[0].penalty == ScoringParameters.robust.penalty)
        var agent = ScoringParameters.agent
        agent.objectives.ttft = 2_000_000_000
        #expect(plain.classScoring[1] == agent)
        let own = try scenario(Self.sound, extra: "agent reader: { tau: 2 min }")
        #expect(own.classScoring[1].penalty == .fraction(tau: 120))
        #expect(own.classScoring[1].takesAllAtOnce)
        let read = "- { name: a, input: 9 tokens, output: 9 tokens }"
        #expect(try scenario(read).classScoring.count == 1)
        #expect(
            problems(read, extra: "agent reader: { tau: 2 min }").first?
                .contains(":6:1: `agent reader` has no meaning where every answer is read") == true)
    }

    @Test(
        "A mistake is named with its place and its remedy",
        arguments: [
            (
                """
                - { name: a, after: c, input: 9 tokens, output: 9 tokens }
                - { name: b, after: a, input: 9 tokens, output: 9 tokens }
                - { name: c, after: b, input: 9 tokens, output: 9 tokens }
                """,
                ":5:20: `after`: the steps wait for each other in a circle "
                    + "(`a` for `c` for `b` for `a`), so that none can begin; take one of them "
                    + "out, or write `repeat: N` for a loop"
            ),
            (
                """
                - { name: first, input: 9 tokens, output: 9 tokens }
                - { name: a, after: [first, b], input: 9 tokens, output: 9 tokens }
                - { name: b, continues: a, input: 9 tokens, output: 9 tokens }
                """,
                ":6:20: `after`: the steps wait for each other in a circle "
                    + "(`a` for `b` for `a`), so that none can begin; take one of them "
                    + "out, or write `repeat: N` for a loop"
            ),
            (
                "- { name: a, after: a, input: 9 tokens, output: 9 tokens }",
                ":5:27: `after`: step `a` cannot wait for itself; name another one, or write "
                    + "`repeat: N` for a loop"
            ),
            (
                """
                - { name: search, input: 9 tokens, output: 9 tokens }
                - { name: b, after: [serch], input: 9 tokens, output: 9 tokens }
                """, ":6:28: `after`: there is no step `serch`; did you mean `search`?"
            ),
            (
                """
                - { name: a, input: 9 tokens, output: 9 tokens }
                - { name: a, input: 9 tokens, output: 9 tokens }
                """, ":6:11: there are two steps `a`; rename one"
            ),
            (
                """
                - { name: a, input: 9 tokens, output: 9 tokens }
                - { name: b, input: 9 tokens, output: 9 tokens }
                - { name: c, after: a, continues: b, input: 9 tokens, output: 9 tokens }
                """, ":7:41: `continues`: step `c` does not wait for `b`; add `b` to its `after`"
            ),
            (
                """
                - { name: a, count: 1..2, repeat: 1, input: 9 tokens, output: 9 tokens }
                - { name: b, continues: a, input: 9 tokens, output: 9 tokens }
                """,
                ":6:31: `continues`: `a` has several copies and no one conversation; continue "
                    + "another step, and take the copies' answers in with `includes`"
            ),
            (
                "- { name: a, wait: 3 s, input: 9 tokens, output: 9 tokens }",
                ":5:20: `wait` has no meaning for a step that begins with its session; name what "
                    + "it comes `after`"
            ),
            ("- { name: a, input: 9 tokens }", ":5:9: a step needs `output`"),
            (
                "- { name: a, aftr: b, input: 9 tokens, output: 9 tokens }",
                ":5:20: a step has no field `aftr`; did you mean `after`?"
            ),
        ])
    func mistakes(steps: String, sentence: String) {
        let found = problems(steps)
        #expect(found.count == 1 && found.first?.hasSuffix(sentence) == true, "\(found)")
    }

    @Test("Lengths beside steps, and a class of both kinds named `agent`, are refused")
    func classFields() {
        let read = "- { name: a, input: 9 tokens, output: 9 tokens }"
        #expect(
            problems(read, extra: "    turns: 3").first?
                .hasSuffix(":6:5: `turns` has no meaning beside `steps`, which have their own")
                == true)
        let named = """
            stages: [{ rate: 1/s, requests: 40 }]
            classes:
              - name: agent
                steps:
                  - { name: a, repeat: 2, input: 9 tokens, output: 9 tokens }
            """
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(named) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(":3:5: class `agent` has answers that are read"))
    }
}

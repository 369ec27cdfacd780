import Testing
import Workload

@testable import Scenario

@Suite struct DealRuleTests {
    private func scenario(_ deal: String) throws -> ResolvedScenario {
        try ScenarioFile.parse("deal: \(deal)\n\(chatAndCode)")
    }

    private func refusal(_ body: () throws -> Void) -> String {
        #expect(throws: ScenarioError.self, performing: body)?.description ?? ""
    }

    @Test(arguments: [
        ("round robin", 3, Dealing.roundRobin(agents: 3)), ("1, 2.5", 2, .weighted([1, 2.5])),
        ("{ node-10: 0.5, node-a: 1, node-9: 2 }", 3, .weighted([2, 0.5, 1])),
        ("\n  node-b: 3\n  node-a: 1", 2, .weighted([1, 3])),
    ])
    func `the dealing is read`(text: String, agents: Int, dealing: Dealing) throws {
        #expect(try scenario(text).dealing(agents: agents) == dealing)
    }

    @Test func `names go in their order, numbers by their value`() throws {
        let one = try scenario("{ node-10: 1, node-9: 2 }").deal
        #expect(one.names == ["node-9", "node-10"])
        #expect(try scenario("{ node-9: 2, node-10: 1 }").deal == one)
        #expect(try scenario("1, 2").deal.names == nil)
    }

    @Test(arguments: [
        ("1, x", "scenario.yaml:1:7: `deal`: `1, x` is neither `round robin` nor positive weights"),
        ("1, 0", "1:7: `deal`: `1, 0` is neither"),
        ("by name", "1:7: `deal`: `by name` is neither"),
        ("[1, 2]", "1:7: `deal` is `round robin`, weights like `1, 2, 1`, or agents with"),
        ("{}", "1:7: `deal` names 0 agents"),
        (
            "{ a: 2, b: x }",
            "1:18: `deal`: the weight of `b` is a positive number like `2`, not `x`"
        ),
        ("{ a: 0 }", "1:12: `deal`: the weight of `a` is a positive number like `2`, not `0`"),
        ("{ a: -1 }", "1:12: `deal`: the weight of `a` is a positive number like `2`, not `-1`"),
        ("{ a: inf }", "not `inf`"), ("{ a: [1] }", "not a list"),
        ("{ a: 1, a: 2 }", "`a` appears twice"),
        ("{ \"a\\e\": 1 }", "1:9: `deal`: an agent's name holds U+001B"),
        ("{ \"\": 1 }", "1:9: `deal`: an agent's name is empty"),
    ])
    func `a mistake is named with its location and its remedy`(text: String, message: String) {
        let told = refusal { _ = try scenario(text) }
        #expect(told.contains(message), "\(told)")
    }

    @Test(arguments: [
        ("1, 2", 3, "1:7: `deal` has 2 weights, but the run has 3 agents"),
        ("1", 2, "1:7: `deal` has 1 weight, but the run has 2 agents"),
        ("{ b: 1, a: 1 }", 1, "1:7: `deal` names a, b, but the run has 1 agent;"),
    ])
    func `a deal for another number of agents is refused`(
        text: String, agents: Int, message: String
    ) throws {
        let scenario = try scenario(text)
        let told = refusal { _ = try scenario.dealing(agents: agents) }
        #expect(told.contains(message), "\(told)")
    }

    @Test func `names of agents that are started here are known before the run`() throws {
        let agents = ["local-1", "local-2", "local-3"]
        for fitting in ["1, 2, 1", "{ local-3: 1, local-1: 2, local-2: 1 }"] {
            try scenario(fitting).checkDeal(to: agents)
        }
        let wrong = try scenario("{ local-1: 2, node-b: 1, local-3: 1 }")
        let told = refusal { try wrong.checkDeal(to: agents) }
        #expect(
            told.contains(
                "1:21: `deal` names `node-b`, and the agents that the run starts here are called "
                    + "local-1 to local-3"), "\(told)")
    }

    @Test func `the plan's summary lists the agents as the deal names them`() throws {
        let named = try PlanSummary(try scenario("{ node-b: 3, node-a: 1 }"), agents: 2)
        #expect(named.agents.map(\.name) == ["node-a", "node-b"])
        #expect(named.agents[1].sessions > 2 * named.agents[0].sessions)
        #expect(named.text().contains("\n    node-a "))
        let plain = try PlanSummary(try scenario("1, 3"), agents: 2)
        #expect(plain.agents.map(\.name) == [nil, nil] && plain.text().contains("\n    1 "))
        #expect(plain.agents.map(\.requests) == named.agents.map(\.requests))
    }

    @Test func `the manifest's JSON deals the same`() throws {
        let scenario = try scenario("{ node-b: 3, node-a: 1 }")
        #expect(try ScenarioFile.parse(scenario.manifestJSON()).deal == scenario.deal)
    }
}

import ArgumentParser
import Foundation
import JSON
import PlainText
import Scenario
import ServingClient

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Validate a scenario and print its plan; with --url, ask what the servers accept.",
        discussion: """
            Without --url nothing is sent. With it each server is asked what `legato run` with the \
            same options would ask it, and some more: about twenty requests of a few tokens, one \
            after the other; --header, --api-key-file and LEGATO_API_KEY are sent with each. With \
            --no-probe nothing is posted, as by `legato run`. It ends with 69 where the run could \
            not drive a server, and with 75 where it was interrupted.
            """)

    @OptionGroup var scenario: ScenarioOptions

    @OptionGroup var target: TargetOptions

    @Option(
        help: "Number of agents to deal the plan to (default: as many as `deal` is for, or 1).")
    var agents: Int?

    @Flag(help: "Document every field of a scenario, with unit, default and example.")
    var explain = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let agents, !(1...4_096).contains(agents) {
            throw ValidationError("--agents is \(agents); a run has 1 to 4096 agents")
        }
    }

    func run() throws {
        if explain {
            let explanation = ScenarioExplanation()
            print(json ? explanation.json() : explanation.text())
            return
        }
        // Without a scenario there is no plan to speak of: the servers are the question.
        let plan = scenario.scenario != nil || scenario.urls.isEmpty ? summary() : nil
        if !scenario.urls.isEmpty { TargetOptions.noteProxy(scenario.urls) }
        // Looked at without a server, too: a run would refuse them.
        let access = target.access()
        let servers =
            scenario.urls.isEmpty
            ? [] : ServerCheck.reports(of: scenario.resolve(), access: access)
        try show(plan, servers)
        ServerCheck.judge(servers)
    }

    private func show(_ plan: PlanSummary?, _ servers: [CapabilityReport]) throws {
        guard json else {
            if let plan { print(plan.text().harmlessLines) }
            for line in ServerCheck.lines(servers, style: Console.resultStyle) { print(line) }
            return
        }
        if let plan, servers.isEmpty { return print(plan.json().harmlessJSON) }
        var members: [JSONMember] = []
        if let plan { members.append(JSONMember("plan", try JSONValue(parsing: plan.json()))) }
        members.append(JSONMember("servers", ServerCheck.json(servers)))
        print(JSONValue.object(members).indented, terminator: "")
    }

    private func summary() -> PlanSummary {
        let resolved = scenario.resolve()
        for server in resolved.servers {
            do throws(TargetError) {
                _ = try Target(parsing: server.url)
            } catch {
                Exit.now(Exit.badData, "\(error)")
            }
        }
        do throws(ScenarioError) {
            return try PlanSummary(resolved, agents: agents ?? resolved.deal.agentCount ?? 1)
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }
}

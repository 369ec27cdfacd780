import ArgumentParser
import Bench
import Foundation
import JSON
import PlainText
import Scenario
import ServingClient
import TimeBase

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

            With --headroom the agents' own client is driven on this node for some seconds, \
            against a source of its own on the loopback, at twice the plan's peak, but no less \
            than 400 requests/s and 20,000 tokens/s, below which nothing is told from noise, and \
            the plan is compared with what was found: the client's thread, cores, open files, \
            ports and memory. It speaks of this node; with --agents N one agent's share is \
            meant, and each has a node like this. It ends with 2 where the plan does not fit.
            """)

    @OptionGroup var scenario: ScenarioOptions

    @OptionGroup var target: TargetOptions

    @Option(
        help: "Number of agents to deal the plan to (default: as many as `deal` is for, or 1).")
    var agents: Int?

    @Flag(help: "Measure how far the plan is from what this node can drive.")
    var headroom = false

    @Option(
        help: ArgumentHelp(
            "Length of that measurement, from 1 s to 1 min (default: 5 s).", valueName: "time"))
    var headroomTime: String?

    @Flag(help: "Document every field of a scenario, with unit, default and example.")
    var explain = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let agents, !(1...4_096).contains(agents) {
            throw ValidationError("--agents is \(agents); a run has 1 to 4096 agents")
        }
        _ = try headroomSpan()
        guard headroom else {
            guard headroomTime == nil else {
                throw ValidationError("--headroom-time is the length of --headroom; add that")
            }
            return
        }
        guard !explain else {
            throw ValidationError(
                "--explain documents a scenario and --headroom measures for one: drop one")
        }
        guard scenario.scenario != nil || scenario.urls.isEmpty || scenario.describesLoad else {
            throw ValidationError(
                "--headroom is about a plan, and --url alone has none; name a scenario, or give "
                    + "the load (--request-rate, --max-concurrency, --num-prompts, --duration)")
        }
    }

    private func headroomSpan() throws -> TimeSpan? {
        guard let headroomTime else { return nil }
        let span = try Quantities.span(headroomTime, "--headroom-time")
        guard (TimeSpan.seconds(1)...TimeSpan.seconds(60)).contains(span) else {
            throw ValidationError(
                "--headroom-time is \"\(headroomTime)\"; write a span from 1 s to 1 min")
        }
        return span
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
        let headroom = try self.headroom ? measuredHeadroom() : nil
        try show(plan, servers, headroom)
        ServerCheck.judge(servers)
        if headroom?.verdict == .doesNotFit { Foundation.exit(Exit.notValid) }
    }

    private func measuredHeadroom() throws -> HeadroomReport {
        let resolved = scenario.resolve()
        return HeadroomCheck.report(
            of: resolved, agents: agents ?? resolved.deal.agentCount ?? 1, span: try headroomSpan())
    }

    private func show(
        _ plan: PlanSummary?, _ servers: [CapabilityReport], _ headroom: HeadroomReport?
    ) throws {
        guard json else {
            if let plan { print(plan.text().harmlessLines) }
            for line in ServerCheck.lines(servers, style: Console.resultStyle) { print(line) }
            for line in headroom?.lines(style: Console.resultStyle) ?? [] { print(line) }
            return
        }
        if let plan, servers.isEmpty, headroom == nil { return print(plan.json().harmlessJSON) }
        var members: [JSONMember] = []
        if let plan { members.append(JSONMember("plan", try JSONValue(parsing: plan.json()))) }
        if !scenario.urls.isEmpty {
            members.append(JSONMember("servers", ServerCheck.json(servers)))
        }
        if let headroom { members.append(JSONMember("headroom", headroom.json)) }
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

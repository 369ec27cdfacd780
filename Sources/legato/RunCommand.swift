import ArgumentParser
import Coordinator
import CoordinatorCore
import EventLoop
import Foundation
import Report
import Scenario
import ServingClient
import TimeBase
import TokenLog
import Transport
import Workload

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plan a workload, deal it to agents, run it, and score what readers got.",
        discussion: """
            Without --agents the run starts its agents on this machine; without --url each of them \
            embeds an engine. The result goes to standard output and into a folder of its own.
            """)

    @OptionGroup var scenario: ScenarioOptions

    @Option(help: "Start this many agents on this machine (default 1).")
    var local: Int?

    @Option(help: "Wait for this many agents that dial in on --listen.")
    var agents: Int?

    @Option(help: ArgumentHelp("Where agents dial in.", valueName: "host:port"))
    var listen: String?

    @Option(help: "File with the secret that the agents hold too (see `legato token`).")
    var tokenFile: String?

    @Flag(help: "Let agents beyond this host speak without encryption.")
    var insecure = false

    @OptionGroup var target: TargetOptions

    @OptionGroup var priority: PriorityOptions

    @Option(help: "The run's folder, new (default: runs/<utc time>-<scenario>).")
    var out: String?

    @Option(help: "How long requests in flight may go on after Ctrl-C (default: the scenario's).")
    var drain: String?

    @Option(
        help: """
            How long an agent goes on without its coordinator, and is waited for when its link is \
            lost (default: the scenario's).
            """)
    var grace: String?

    @Option(help: "Record stamps to this resolution, such as \"1 us\" (default: exact).")
    var stampResolution: String?

    @Flag(
        help: ArgumentHelp(
            "Keep the loop's own reading of every read beside its stamp (`reads` in requests.jsonl)."
        ))
    var rawStamps = false

    @Option(help: "Token times in requests.jsonl: auto, always or never.")
    var tokens: TokensInRequests = .automatic

    @Option(
        help: ArgumentHelp(
            "Latencies that the table shows: some of \(LatencyRow.names) (default: all).",
            valueName: "names"))
    var percentileMetrics: String?

    @Flag(help: "Print the summary as JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "End with 0 also when the verdict is partial or not valid.")
    var allowInvalid = false

    func validate() throws {
        _ = try latencyRows()
        if agents != nil, local != nil {
            throw ValidationError("--agents and --local exclude each other: drop one")
        }
        for (count, option) in [(agents, "--agents"), (local, "--local")] {
            if let count, !(1...4_096).contains(count) {
                throw ValidationError("\(option) is \(count); a run has 1 to 4096 agents")
            }
        }
        if agents != nil, listen == nil {
            throw ValidationError(
                "--agents needs --listen HOST:PORT, the address that the agents dial")
        }
        if agents != nil, !scenario.urls.isEmpty {
            throw ValidationError(
                "agents that dial in name their own servers: give --url to `legato agent`")
        }
        if agents != nil, target.isGiven {
            throw ValidationError(
                "agents that dial in hold their own keys: give --header, --header-file, "
                    + "--api-key-file, --ca and --insecure-target to `legato agent`")
        }
        if agents != nil, priority.priority != nil {
            throw ValidationError(
                "agents that dial in have a priority of their own: give --priority to "
                    + "`legato agent`")
        }
        if let listen, HostPort(parsing: listen) == nil {
            throw ValidationError(
                "--listen is \"\(listen)\"; write HOST:PORT, such as 0.0.0.0:7433")
        }
        for (text, option) in [
            (drain, "--drain"), (grace, "--grace"), (stampResolution, "--stamp-resolution"),
        ] {
            if let text { _ = try Quantities.span(text, option) }
        }
    }

    func run() throws {
        let resolved = scenario.resolve()
        for warning in resolved.warnings { Console.note(warning) }
        do {
            // The folder comes last: what is wrong with the options leaves none behind.
            var options = try RunAssembly.options(self, resolved)
            let folder = try RunAssembly.folder(self, resolved)
            options.spoolFolder = folder.path + "/spool"
            let outcome = try CoordinatedRun.lead(
                options, of: resolved, into: folder, tokens: tokens,
                console: Console())
            report(outcome)
        } catch {
            fail(error)
        }
    }

    private func latencyRows() throws -> [LatencyRow] {
        do {
            return try percentileMetrics.map(LatencyRow.list) ?? LatencyRow.allCases
        } catch {
            throw ValidationError("--percentile-metrics: \(error)")
        }
    }

    private func report(_ outcome: CoordinatedRun.Outcome) -> Never {
        let rows = (try? latencyRows()) ?? LatencyRow.allCases  // validate() has refused others
        let text =
            json
            ? outcome.summary.json
            : ResultTable(
                outcome.summary, style: Console.resultStyle, directory: outcome.folder,
                rows: rows
            ).lines.map { $0 + "\n" }.joined()
        FileHandle.standardOutput.write(Data(text.utf8))
        let isValid = outcome.summary.header.validity.verdict == .valid
        Foundation.exit(isValid || allowInvalid ? 0 : Exit.notValid)
    }

    private func fail(_ error: any Error) -> Never {
        switch error {
        case let problem as FileProblem:
            Exit.now(problem.kind == .content ? Exit.badData : Exit.failed, "\(problem)")
        case let error as ScenarioError: Exit.now(Exit.badData, "\(error)")
        case let error as WorkloadError: Exit.now(Exit.badData, "\(error)")
        case let error as TargetError: Exit.now(Exit.badData, "\(error)")
        case let error as RequestFieldError: Exit.now(Exit.badData, "\(error)")
        case let failure as CoordinatedRun.Failure:
            switch failure {
            case .unavailable: Exit.now(Exit.unavailable, "\(failure)")
            case .interrupted: Exit.now(Exit.interrupted, "\(failure)")
            }
        default: Exit.now(Exit.failed, "\(error)")
        }
    }
}

extension TokensInRequests: ExpressibleByArgument {}

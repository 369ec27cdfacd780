import ArgumentParser
import Console
import Coordinator
import CoordinatorCore
import DashboardServer
import Database
import EventLoop
import Foundation
import Goodput
import JSON
import PlainText
import Results
import Sampling
import Scenario
import ServingClient
import Storage
import TimeBase
import TokenLog
import Transport
import VirtualLoad
import Wire
import Workload

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plan a workload, deal it to agents, run it, and score what readers got.",
        discussion: """
            Options of vllm bench serve, sglang, aiperf and guidellm that have a twin here are \
            understood; the others say what does it here.

            Without --agents the run starts its agents on this machine; without --url each of them \
            embeds an engine. The result goes to standard output and into a folder of its own.

            With --virtual nothing is sent: agents and engines are models of themselves, and the \
            files and figures are those of a run, with the verdict `simulated`. Equal scenarios \
            and seeds give equal requests.
            """)

    @OptionGroup var scenario: ScenarioOptions

    @Option(help: "Start this many agents on this machine (default 1).")
    var local: Int?

    @Flag(
        name: .customLong("virtual"),
        help: ArgumentHelp(
            """
            Let the run happen in virtual time: the same plan against engines of the scenario's \
            `engine` section, without a socket, as fast as it computes.
            """))
    var isVirtual = false

    @Option(help: "Wait for this many agents that dial in on --listen.")
    var agents: Int?

    @Option(help: ArgumentHelp("Where agents dial in.", valueName: "host:port"))
    var listen: String?

    @Option(help: "How long agents that dial in are waited for.")
    var patience = "5 min"

    @Option(
        help: ArgumentHelp(
            "Time from the last agent's ready to the common start, in which clocks are compared.",
            visibility: .hidden))
    var lead = "2 s"

    @Option(
        help: "File with the secret that the agents hold too (see `legato token`).",
        completion: .file())
    var tokenFile: String?

    @Flag(help: "Let agents beyond this host speak without encryption.")
    var insecure = false

    @OptionGroup var target: TargetOptions

    @OptionGroup var priority: PriorityOptions

    @OptionGroup var repetition: RepeatOptions

    @Option(
        help: """
            The run's folder, new (default: runs/<utc time>-<scenario>); of repeats the one that \
            holds theirs.
            """, completion: .directory)
    var out: String?

    @Option(
        help: """
            How long requests in flight may go on after the last stage, and after Ctrl-C; a bare \
            number is seconds (default: the scenario's).
            """)
    var drain: String?

    @Option(
        help: """
            How long an agent goes on without its coordinator, and is waited for when its link is \
            lost; a bare number is seconds (default: the scenario's).
            """)
    var grace: String?

    @Option(
        help: """
            Record stamps to this resolution, such as "1 us"; a bare number is seconds (default: \
            exact).
            """)
    var stampResolution: String?

    @Flag(
        help: ArgumentHelp(
            "Keep the loop's own reading of every read beside its stamp "
                + "(`reads` in requests.jsonl)."
        ))
    var rawStamps = false

    @Option(help: "Token times in requests.jsonl: auto, always or never.")
    var tokens: TokensInRequests = .automatic

    @Option(
        help: ArgumentHelp(
            "Latencies that the table shows: some of \(LatencyRow.names) (default: those that "
                + "tell something of their own).",
            valueName: "names"))
    var percentileMetrics: String?

    @Option(
        help: ArgumentHelp(
            "Percentiles that table and summary.json list, such as 50,95 (default: 50,90,99,99.9).",
            valueName: "list"))
    var percentiles: String?

    @Flag(
        help: ArgumentHelp(
            "Do not look, for 2 s before a run that asks much of its clients, whether this node "
                + "can drive it."))
    var noHeadroom = false

    @Flag(
        help: ArgumentHelp(
            "Write run.sqlite, too: the run as tables, for SQL (see `legato sqlite --help`)."))
    var sqlite = false

    @OptionGroup var database: TokenStorageOptions

    @OptionGroup var dashboard: DashboardOptions

    @Flag(help: "Show everything: all latencies, clocks, clients, classes and remarks.")
    var verbose = false

    @Flag(help: "Print the summary as JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "End with 0 also when the verdict is partial or not valid.")
    var allowInvalid = false

    func validate() throws {
        _ = try latencyRows()
        _ = try percentiles.map { try Quantities.percentiles($0) }
        try checkVirtual()
        if database.tokenRows, !sqlite {
            throw ValidationError("--token-rows is about run.sqlite; add --sqlite, or drop it")
        }
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
        if agents == nil, let listen {
            throw ValidationError(
                "--listen \(listen) is where agents of other nodes dial in; add --agents N, how "
                    + "many of them the run waits for, or leave it out")
        }
        if agents == nil, insecure {
            throw ValidationError(
                "--insecure is about agents of other nodes and goes with --agents; certificates of "
                    + "https servers go unverified with --insecure-target")
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
            (patience, "--patience"), (lead, "--lead"), (drain, "--drain"), (grace, "--grace"),
        ] {
            if let text { _ = try Quantities.span(text, option) }
        }
        _ = try stampResolutionNs()
    }

    /// Refuses options that a run without sockets has no use for.
    private func checkVirtual() throws {
        guard isVirtual else { return }
        let needless: [(isGiven: Bool, option: String)] = [
            (agents != nil, "--agents"), (listen != nil, "--listen"),
            (!scenario.urls.isEmpty, "--url"), (tokenFile != nil, "--token-file"),
            (insecure, "--insecure"), (target.isGiven, "an option of the servers' access"),
            (priority.priority != nil, "--priority"), (rawStamps, "--raw-stamps"),
            (stampResolution != nil, "--stamp-resolution"), (grace != nil, "--grace"),
            (tokens == .never, "--tokens never"),
        ]
        if dashboard.isGiven {
            throw ValidationError(
                "--dashboard shows a run while it goes on, and a virtual one is over before a page "
                    + "opens; drop it, and let `legato report` make its page")
        }
        if repetition.samePlan {
            throw ValidationError(
                "--same-plan with --virtual makes the same run again and again; drop one")
        }
        if let first = needless.first(where: \.isGiven) {
            throw ValidationError(
                "\(first.option) has no meaning in virtual time, where nothing is sent; drop it, "
                    + "or --virtual")
        }
    }

    /// The unit of recorded stamps.
    func stampResolutionNs() throws -> Int64 {
        guard let stampResolution else { return 1 }
        let span = try Quantities.span(stampResolution, "--stamp-resolution")
        guard RunConfiguration.stampResolutionsNs.contains(span.ns) else {
            throw ValidationError(
                "--stamp-resolution is \"\(stampResolution)\"; write a span from 1 ns to 1 ms")
        }
        return span.ns
    }

    func run() throws {
        let resolved = scenario.resolve()
        for warning in resolved.warnings { Console.note(warning) }
        if isVirtual || resolved.servers.isEmpty {
            resolved.slowEngineWarnings.forEach(Console.note)
        }
        do {
            // The folder comes last: what is wrong with the options leaves none behind.
            if isVirtual { VirtualAssembly.notes(resolved).forEach(Console.note) }
            let viewers = dashboard.server()
            let prepared = try prepare(resolved)
            let folder = try RunAssembly.folder(self, resolved)
            if let repeats = repetition.repeats {
                try lead(repeats, prepared, of: resolved, into: folder, viewers)
            } else {
                report(try lead(prepared, of: resolved, into: folder, viewers), viewers)
            }
        } catch {
            fail(error)
        }
    }

    /// A run of which all is known but what servers do.
    enum Prepared {
        case coordinated(RunOptions)
        /// It has happened; its files are to be written.
        case virtual(VirtualLoad)
    }

    func prepare(_ scenario: ResolvedScenario) throws -> Prepared {
        if isVirtual {
            RunInterrupts.all.hear { _ in
                RunInterrupts.leave(
                    "interrupted: a virtual run is made as a whole, and none is kept")
            }
            return .virtual(try VirtualAssembly(self).load(scenario))
        }
        let options = try RunAssembly.options(self, scenario)
        RunInterrupts.all.hold()
        return .coordinated(options)
    }

    /// - Parameter viewers: Where the run is shown while it goes on.
    func lead(
        _ prepared: Prepared, of scenario: ResolvedScenario, into folder: borrowing RunDirectory,
        endsOverSaturated: Bool = false, _ viewers: DashboardServer? = nil
    ) throws -> CoordinatedRun.Outcome {
        let outcome: CoordinatedRun.Outcome
        switch prepared {
        case .coordinated(var options):
            options.endsOverSaturated = endsOverSaturated
            outcome = try lead(options, of: scenario, into: folder, viewers)
        case .virtual(let load):
            outcome = CoordinatedRun.Outcome(
                summary: try VirtualAssembly.write(load, into: folder), folder: folder.path)
        }
        if sqlite { writeDatabase(of: outcome) }
        return outcome
    }

    /// Writes the run as tables. The run has its result: where they cannot be written that is said,
    /// and the run goes on as it is.
    private func writeDatabase(of outcome: CoordinatedRun.Outcome) {
        do throws(FileProblem) {
            let run = try StoredRun(path: outcome.folder, keepsRequests: false)
            _ = try RunDatabase.write(
                outcome.summary, of: run.requests,
                to: "\(run.folder)/\(RunFileName.database)", tokens: database.storage)
        } catch {
            Console.note("\(error)")
        }
    }

    private func lead(
        _ options: RunOptions, of scenario: ResolvedScenario, into folder: borrowing RunDirectory,
        _ viewers: DashboardServer?
    ) throws -> CoordinatedRun.Outcome {
        let path = folder.path
        var options = options
        options.spoolFolder = path + "/spool"
        var viewer: (@Sendable (LiveState) -> Void)?
        if let viewers { viewer = { viewers.show($0) } }
        return try CoordinatedRun.lead(
            options, of: scenario, into: folder, tokens: tokens, interrupts: RunInterrupts.all,
            leave: {
                RunInterrupts.leave("interrupted twice: \(path) holds the journal alone")
            },
            console: Console(), viewer: viewer)
    }

    /// The latencies that were asked for; nil where nobody says.
    private func latencyRows() throws -> [LatencyRow]? {
        do {
            return try percentileMetrics.map(LatencyRow.list)
        } catch {
            throw ValidationError("--percentile-metrics: \(error)")
        }
    }

    private func report(
        _ outcome: CoordinatedRun.Outcome, _ viewers: DashboardServer?
    ) -> Never {
        let rows = (try? latencyRows()) ?? nil  // validate() has refused others
        let text =
            json
            ? outcome.summary.json
            : Console.result(
                ResultTable(
                    outcome.summary, style: Console.resultStyle, directory: outcome.folder,
                    rows: rows, isVerbose: verbose, columns: Console.resultColumns
                ).lines)
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the result, which is in \(outcome.folder), cannot be printed")
        }
        let validity = outcome.summary.header.validity
        if let viewers {
            let folder = outcome.folder
            RunInterrupts.all.hear { _ in
                RunInterrupts.leave("interrupted: the results are in \(folder), without a page")
            }
            DashboardEnd.report(folder, verdict: validity.verdict.rawValue, on: viewers)
        }
        let isValid = validity.verdict.isUsable
        Foundation.exit(isValid || allowInvalid ? 0 : Exit.notValid)
    }

    func fail(_ error: any Error) -> Never {
        switch error {
        case let problem as FileProblem:
            Exit.now(Exit.code(of: problem), "\(problem)")
        case let error as ScenarioError: Exit.now(Exit.code(of: error), "\(error)")
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

import Agent
import AgentCore
import ArgumentParser
import DashboardServer
import EventLoop
import Foundation
import PlainText
import ServingClient
import Storage
import TimeBase
import Transport

struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Drive this node's inference servers in a run that a coordinator leads.",
        discussion: """
            The agent dials the coordinator, takes its shard of the workload, sends it to its own \
            servers at the times of the plan, and stamps every token. It sends to the URLs of this \
            command line and to nothing else.
            """)

    @Option(help: ArgumentHelp("The coordinator's address.", valueName: "host:port"))
    var coordinator: String

    @Option(
        name: [.customLong("url"), .customShort("u")],
        help: ArgumentHelp(
            "A server of this node: http://HOST:PORT, https://HOST:PORT, HOST:PORT or unix:/PATH, "
                + "with /PREFIX where it has one, or the whole URL that requests are posted to; "
                + "repeatable."
        ))
    var urls: [String] = []

    @Flag(help: "Embed an engine in this process instead of driving a server.")
    var embeddedEngine = false

    @Option(
        help: """
            Name of this agent, unique in the run (default: the host's name; under Slurm the \
            node's, with the task's number where a node has several).
            """)
    var name: String?

    @Option(
        help: "Folder for what is measured and not yet safe with the coordinator.",
        completion: .directory)
    var spool: String?

    @Option(help: "Largest size of the spool, such as \"1 GiB\".")
    var spoolLimit = "4 GiB"

    @Option(
        help:
            """
            How long to go on, and to dial again, after the link to the coordinator is lost, such \
            as "30 s"; a bare number is seconds (default: the run's).
            """
    )
    var grace: String?

    @Option(help: "How long to keep trying to reach the coordinator; a bare number is seconds.")
    var patience = "60 s"

    @Option(
        help: "File with the secret that the coordinator holds too (see `legato token`).",
        completion: .file())
    var tokenFile: String?

    @Flag(help: "Speak without encryption beyond this host.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            """
            Serve /metrics (Prometheus) of this agent, such as at 127.0.0.1:9464, without a token: \
            whoever reaches the address reads them.
            """, valueName: "host:port"))
    var metrics: String?

    /// Descriptor by which a local agent sees the end of the `legato run` that started it.
    @Option(help: .private)
    var lifeline: Int32?

    @OptionGroup var target: TargetOptions

    @OptionGroup var priority: PriorityOptions

    func validate() throws {
        guard HostPort(parsing: coordinator) != nil else {
            throw ValidationError(
                "--coordinator is \"\(coordinator)\"; write HOST:PORT, such as bench-01:7433")
        }
        if let defect = name?.nameDefect { throw ValidationError("--name \(defect)") }
        guard embeddedEngine || !urls.isEmpty else {
            throw ValidationError(
                "an agent needs a server to drive: give --url http://127.0.0.1:8000, or "
                    + "--embedded-engine")
        }
        guard !embeddedEngine || urls.isEmpty else {
            throw ValidationError("--embedded-engine and --url exclude each other: drop one")
        }
        for url in urls {
            do throws(TargetError) {
                _ = try Target(parsing: url)
            } catch { throw ValidationError("\(error)") }
        }
        if let metrics { _ = try DashboardOptions.place(metrics, "--metrics") }
        if let grace { _ = try Quantities.span(grace, "--grace") }
        _ = try Quantities.span(patience, "--patience")
        _ = try Quantities.bytes(spoolLimit, "--spool-limit")
    }

    func run() throws {
        guard let address = HostPort(parsing: coordinator) else { return }
        let name =
            name
            ?? AgentName.standard(
                environment: ProcessInfo.processInfo.environment,
                host: ProcessInfo.processInfo.hostName)
        var options = AgentOptions(
            coordinator: address, name: name, urls: urls, embeddedEngine: embeddedEngine,
            spoolFolder: spool, spoolLimitBytes: try Quantities.bytes(spoolLimit, "--spool-limit"),
            grace: try grace.map { try Quantities.span($0, "--grace") },
            security: SecurityOptions.security(tokenFile: tokenFile, insecure: insecure),
            access: target.access(),
            patience: try Quantities.span(patience, "--patience"),
            progress: { Console.note("agent \(name): \($0)") })
        options.priority = priority.wanted
        options.lifeline = lifeline
        if lifeline == nil { options.tell = { Console.note("agent \(name): \($0)") } }
        let server = metricsServer(name)
        if let server { options.watch = { server.tell($0) } }
        if !target.proxyIsSaid { TargetOptions.noteProxy(urls) }
        do {
            let exit = try AgentDaemon.run(options)
            server?.close()
            finish(exit, name: name)
        } catch {
            Exit.now(Exit.failed, "agent \(name): \(error)")
        }
    }

    /// The server of the agent's metrics; nil where none is asked for, the process's end where it
    /// cannot listen.
    private func metricsServer(_ name: String) -> MetricsServer? {
        guard let place = metrics.flatMap({ HostPort(parsing: $0) }) else { return nil }
        do throws(SystemError) {
            let server = try MetricsServer(
                at: place, machine: ProcessInfo.processInfo.hostName,
                AgentFigures(name: name, targets: []))
            Console.note("agent \(name): metrics at \(server.url)")
            return server
        } catch {
            Exit.now(Exit.failed, "--metrics: \(error)")
        }
    }

    private func finish(_ exit: AgentExit, name: String) -> Never {
        switch exit {
        case .done: Foundation.exit(0)
        case .refused(let reason):
            Exit.now(Exit.unavailable, "agent \(name) was turned away: \(reason)")
        case .unavailable(let reason): Exit.now(Exit.unavailable, "agent \(name): \(reason)")
        case .orphaned(let reason):
            Exit.now(
                Exit.notValid, "agent \(name): \(reason); its records up to then are in the spool")
        // The coordinator that started it says it.
        case .unready where lifeline != nil: Foundation.exit(Exit.failed)
        case .unready(let reason), .failed(let reason):
            Exit.now(Exit.failed, "agent \(name): \(reason)")
        }
    }
}

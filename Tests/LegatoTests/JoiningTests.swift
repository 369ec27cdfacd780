import Dispatch
import EventLoop
import Foundation
import Testing
import Transport
import Wire

/// Lines on both sides until a run starts, and agents that are turned away.
@Suite("Joining a run", .serialized)
struct JoiningTests {
    private static let load = [
        "--num-prompts", "8", "--request-rate", "40", "--input-len", "10", "--output-len", "3",
        "--no-probe", "--allow-invalid",
    ]

    private func coordinator(_ agents: Int, in folder: URL) throws -> (Running, port: String) {
        let started = try Program.start(
            [
                "run", "--agents", "\(agents)", "--listen", "127.0.0.1:0", "--out",
                folder.path + "/run",
            ] + Self.load)
        let words = "waiting for agents on 127.0.0.1:"
        try #require(started.wait { $0.errors.contains(words) }, "\(started.errors)")
        let rest = try #require(started.errors.components(separatedBy: words).last)
        return (started, String(rest.prefix { $0.isNumber }))
    }

    private func agent(
        _ name: String, port: String, in folder: URL, environment: [String: String] = [:]
    ) throws -> Running {
        try Program.start(
            [
                "agent", "--coordinator", "127.0.0.1:\(port)", "--embedded-engine", "--name", name,
                "--spool", "\(folder.path)/\(UUID().uuidString)",
            ], environment: environment)
    }

    @Test("Each side says who joined, who is ready, and for how long one waits, a line each")
    func lines() throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(2, in: folder)
            let wanted = "2 agents are wanted: the run waits for them for up to 5 min"
            #expect(leader.wait(limit: 10) { $0.errors.contains(wanted) }, "\(leader.errors)")
            let agents = try ["one", "two"].map { try agent($0, port: port, in: folder) }
            let result = leader.finish()
            #expect(result.status == 0, "\(result.errors)")
            for name in ["one", "two"] {
                #expect(result.errors.contains("agent \(name) on "), "\(result.errors)")
                #expect(result.errors.contains("agent \(name) is ready"), "\(result.errors)")
            }
            #expect(result.errors.contains("has joined: 2 of 2"), "\(result.errors)")
            for (name, agent) in zip(["one", "two"], agents) {
                let result = agent.finish()
                #expect(result.status == 0)
                var rest = result.errors[...]
                for words in [
                    "looking for a coordinator", "joined run", "ready", "started", "done",
                ] {
                    let range = rest.range(of: "legato: agent \(name): \(words)")
                    #expect(range != nil, "\(words) is not next in \(result.errors)")
                    rest = range.map { rest[$0.upperBound...] } ?? rest
                }
            }
        }
    }

    @Test(
        "The second agent of a name is told that the name is taken, at once, and how to choose one")
    func nameInUse() throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(2, in: folder)
            let first = try agent("twin", port: port, in: folder)
            try #require(
                leader.wait { $0.errors.contains("has joined: 1 of 2") }, "\(leader.errors)")
            let second = try agent("twin", port: port, in: folder).finish(limit: 20)
            #expect(second.status == 69)
            #expect(second.errors.contains("the name twin is taken"), "\(second.errors)")
            #expect(second.errors.contains("--name"))
            #expect(leader.errors.contains("turned away: the name twin is taken"))
            let third = try agent("other", port: port, in: folder)
            #expect(leader.finish().status == 0)
            #expect(first.finish().status == 0 && third.finish().status == 0)
        }
    }

    @Test("Two agents of one name on one host: the name is the cause, before anything is dialled")
    func nameTakenOnThisHost() throws {
        try Program.withFolder { folder in
            let name = "twin-\(UUID().uuidString)"
            let options = [
                "agent", "--coordinator", "127.0.0.1:9", "--embedded-engine", "--name", name,
                "--patience", "30 s",
            ]
            let first = try Program.start(options)
            try #require(first.wait { $0.errors.contains("looking for") }, "\(first.errors)")
            let second = try Program.run(options, limit: 20)
            first.signal(SIGTERM)
            _ = first.finish()
            #expect(second.status == 69)
            #expect(second.errors.contains("the name \(name) is taken on this host"))
            #expect(second.errors.contains("process \(first.pid)"), "\(second.errors)")
            #expect(second.errors.contains("--name"))
        }
    }

    @Test("Under Slurm an agent is called as its node")
    func slurm() throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(1, in: folder)
            let agent = try Program.run(
                [
                    "agent", "--coordinator", "127.0.0.1:\(port)", "--embedded-engine", "--spool",
                    folder.path + "/spool",
                ],
                environment: [
                    "SLURM_JOB_ID": "7", "SLURMD_NODENAME": "gpu3", "SLURM_PROCID": "5",
                    "SLURM_STEP_TASKS_PER_NODE": "2(x4)", "SLURM_NODEID": "2",
                ])
            #expect(agent.status == 0, "\(agent.errors)")
            #expect(leader.finish().errors.contains("agent gpu3-5 on "))
        }
    }

    @Test("Another token is named at once by the agent, and by the coordinator once, then counted")
    func otherToken() throws {
        try Program.withFolder { folder in
            let secrets = ["one", "two"].map { folder.path + "/" + $0 }
            for secret in secrets {
                #expect(try Program.run(["token", "--out", secret]).status == 0)
            }
            let leader = try Program.start(
                [
                    "run", "--agents", "1", "--listen", "127.0.0.1:0", "--out",
                    folder.path + "/run", "--token-file", secrets[0],
                ] + Self.load)
            let words = "waiting for agents on 127.0.0.1:"
            try #require(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
            let port = leader.errors.components(separatedBy: words)[1].prefix { $0.isNumber }
            let agent = try Program.start([
                "agent", "--coordinator", "127.0.0.1:\(port)", "--embedded-engine", "--name", "a",
                "--spool", folder.path + "/spool", "--token-file", secrets[1], "--patience", "1 s",
            ])
            let cause = "legato: agent a: not joined yet, and trying again: "
            #expect(agent.wait(limit: 20) { $0.errors.contains(cause) }, "\(agent.errors)")
            let told = agent.finish(limit: 30)
            #expect(told.status == 69 && told.errors.contains("same token"), "\(told.errors)")
            #expect(told.errors.components(separatedBy: cause).count == 2, "\(told.errors)")
            leader.signal(SIGINT)
            let result = leader.finish(limit: 30)
            #expect(result.status == 75)
            let lines = result.errors.split(separator: "\n").filter {
                $0.contains("turned away")
            }
            #expect(lines.count == 2, "\(result.errors)")
            #expect(lines[0].contains("127.0.0.1 was turned away: "), "\(lines)")
            #expect(lines[0].contains("another token"), "\(lines)")
            #expect(lines[1].contains(" times more: "), "\(lines)")
        }
    }

    @Test("Agents that do not come are named as missing, after --patience")
    func patience() throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                [
                    "run", "--agents", "3", "--listen", "127.0.0.1:0", "--patience", "300 ms",
                    "--out", folder.path + "/run",
                ] + Self.load)
            #expect(result.status == 69, "\(result.errors)")
            #expect(result.errors.contains("only 0 of 3 agents"), "\(result.errors)")
            let wrong = try Program.run(
                ["run", "--agents", "3", "--listen", "127.0.0.1:0", "--patience", "soon"])
            #expect(wrong.status == 64 && wrong.errors.contains("--patience"))
        }
    }

    @Test(
        "An agent of another protocol version is named with both ranges, on both sides",
        arguments: [
            (ProtocolVersionRange(lowest: 1, highest: 1), "agent"),
            (ProtocolVersionRange(lowest: 900, highest: 901), "coordinator"),
        ])
    func version(versions: ProtocolVersionRange, older: String) throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(1, in: folder)
            defer { _ = leader.finish() }
            let number = try #require(UInt16(port))
            let told = try refusal(of: .foreignHello(versions), at: number)
            let reason = try #require(told)
            for words in [
                "agent speaks protocol versions \(versions), the coordinator "
                    + "\(ProtocolVersionRange.supported);",
                "install the same legato on both, the \(older)'s is the older one",
            ] {
                #expect(reason.contains(words), "\(reason)")
                #expect(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
            }
            leader.signal(SIGINT)
        }
    }

    /// Why the coordinator refuses an agent that begins with `hello`.
    private func refusal(of hello: Message, at port: UInt16) throws -> String? {
        let loop = try EventLoop(name: "peer")
        loop.start()
        defer { loop.shutdown() }
        let reason = Guarded<String?>(nil)
        let done = DispatchSemaphore(value: 0)
        loop.post {
            let connection = MessageConnection.connect(
                loop: loop, to: HostPort(host: "127.0.0.1", port: port),
                security: .insecure(beyondLoopback: false))
            connection.onUp = { connection.send(hello) }
            connection.onMessage = { message, _ in
                if case .refuse(let refusal) = message { reason.withLock { $0 = refusal.reason } }
            }
            connection.onClosed = { _ in done.signal() }
        }
        _ = done.wait(timeout: .now() + 20)
        return reason.withLock { $0 }
    }
}

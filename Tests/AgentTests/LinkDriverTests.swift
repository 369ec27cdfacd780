import AgentCore
import Bytes
import EventLoop
import Glibc
import Journal
import LoopRuns
import Scratch
import ServingClient
import Storage
import Testing
import TimeBase
import TokenLog
import Transport
import Wire
import Workload

@testable import Agent

/// A link driver with a real spool, and a coordinator of few words that cuts its link: both on one
/// loop.
private final class LinkBench {
    struct Outcome: Sendable {
        /// The messages of each link, in their order.
        var links: [[String]] = []
        var exit: AgentExit?
    }

    /// How the coordinator behaves.
    struct Script: Sendable {
        /// Cuts the link just after this word of the agent's, so many times.
        var word: String
        var cuts: Int
        /// Up to which batch it says that it has everything, once it was cut.
        var acknowledged: UInt64
    }

    static let run = RunID(high: 1, low: 2)
    private static let configuration = RunConfiguration(
        endpoint: .chat, model: "m", stages: [StagePlan(kind: .open, beginNs: 0, endNs: 10)],
        classNames: ["a"], timeouts: RequestTimeouts(), drainNs: 0, graceNs: 30_000_000_000,
        requests: 0, seed: 1)

    /// A run that is not over by then hangs: it is ended without an exit.
    private static let patience = TimeSpan.seconds(15)

    private let loop: EventLoop
    private let limit: LoopTimer
    private let script: Script
    private let finish: (Outcome) -> Void
    private var outcome = Outcome()
    private var listener: MessageListener!
    private var driver: LinkDriver!
    private var connections: [MessageConnection] = []

    private init(loop: EventLoop, script: Script, finish: @escaping (Outcome) -> Void) {
        self.loop = loop
        limit = LoopTimer(loop: loop)
        self.script = script
        self.finish = finish
    }

    static func run(_ script: Script, in folder: ScratchFolder) async throws -> Outcome {
        let loop = try EventLoop(name: "link")
        let outcome: Result<Outcome, any Error> = await loop.runUntilDone { done in
            let bench = LinkBench(loop: loop, script: script) {
                done(.success($0))
            }
            do {
                try bench.begin(folder.path + "/agent")
            } catch {
                done(.failure(error))
            }
        }
        return try outcome.get()
    }

    private func begin(_ path: String) throws {
        let security = Security.insecure(beyondLoopback: false)
        listener = try MessageListener(
            loop: loop, at: HostPort(host: "127.0.0.1", port: 0), security: security
        ) { self.accepted($0) }
        let spool = try Spool(loop: loop, path: path, limitBytes: 1 << 20)
        let options = AgentOptions(
            coordinator: HostPort(host: "127.0.0.1", port: listener.localPort), name: "node",
            urls: [], embeddedEngine: false, spoolFolder: path, spoolLimitBytes: 1 << 20,
            grace: nil, security: security, access: TargetAccess(), patience: .seconds(20))
        let hello = Hello(
            name: "node", identity: spool.agent.identity, incarnation: spool.agent.incarnation,
            heldRun: nil, bootID: "boot",
            host: HostFacts(
                hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1, gpus: []),
            targets: [], embeddedEngine: false)
        driver = LinkDriver(
            loop: loop, options: options, hello: hello, spool: spool,
            clock: ClockName(host: "h", bootID: "boot"), orders: orders)
        driver.begin()
        limit.start(after: Self.patience) { self.end() }
    }

    /// The other threads' part: ready at once, and a load that is over when it begins.
    private var orders: LinkDriver.Orders {
        // Sound: the driver gives its orders on the loop's thread.
        nonisolated(unsafe) let bench = self
        return LinkDriver.Orders(
            prepare: { _, _, _ in
                bench.loop.next {
                    bench.driver.prepared(.success(Ready(connections: 0, targets: [])))
                }
            },
            arm: { start in
                bench.loop.next {
                    bench.driver.loadStarted(Started(intended: start, achieved: start))
                    bench.driver.flushed(
                        LoadDriver.Flush(
                            records: LinkBench.records, running: 0, end: ClientAudit()))
                }
            },
            stopLoad: { _, _ in }, openClock: { _ in },
            exit: { exit in
                bench.outcome.exit = exit
                bench.loop.next { bench.end() }
            })
    }

    private static let records = LogBatch([
        .finish(FinishRecord(request: 0, at: LocalInstant(ns: 5), outcome: .notNeeded))
    ])

    // MARK: The coordinator

    private func accepted(_ connection: MessageConnection) {
        let number = connections.count
        connections.append(connection)
        outcome.links.append([])
        connection.onMessage = { message, _ in self.heard(message, on: number) }
    }

    private func heard(_ message: Message, on number: Int) {
        let connection = connections[number]
        let word: String
        switch message {
        case .hello(let hello):
            word = hello.heldRun == nil ? "hello" : "hello again"
            welcome(hello, connection)
        case .ready:
            word = "ready"
            let now = RawClock.now()
            connection.send(.start(StartCommand(at: now.ns, offsetNs: 0, uncertaintyNs: 0)))
        case .started: word = "started"
        case .batch(let batch): word = "batch \(batch.number)"
        case .end(let end): word = "end of \(end.batches)"
        default: return
        }
        outcome.links[number].append(word)
        if number < script.cuts, word == script.word { return connection.close() }
        if word.hasPrefix("end") { connection.send(.ended) }
    }

    private func welcome(_ hello: Hello, _ connection: MessageConnection) {
        let isBack = hello.heldRun != nil
        connection.send(
            .welcome(
                Welcome(
                    version: hello.versions.highest, runID: Self.run, generation: 1, agentIndex: 0,
                    agentCount: 1, acknowledgedThrough: isBack ? script.acknowledged : 0)))
        guard !isBack else { return }
        connection.send(.configure(Self.configuration))
        connection.send(.shardEnd(ShardHasher().digest))
    }

    private func end() {
        limit.close()
        // Sound: the driver's storage thread only carries it back to the loop.
        nonisolated(unsafe) let bench = self
        driver.close {
            bench.loop.post {
                for connection in bench.connections { connection.close() }
                bench.listener.close {
                    let outcome = bench.outcome
                    // Cuts the circles through the closures.
                    bench.driver = nil
                    bench.connections = []
                    bench.loop.next {
                        bench.listener = nil
                        bench.finish(outcome)
                    }
                }
            }
        }
    }
}

@Suite("The agent's link")
struct LinkDriverTests {
    private let folder = ScratchFolder()
    private static let first = ["hello", "ready", "started", "batch 1", "end of 1"]

    private var holdsSpool: Bool {
        access(folder.path + "/agent/run-\(LinkBench.run)", F_OK) == 0
    }

    @Test("Undisturbed, End follows the last batch, and then the spool may go")
    func undisturbed() async throws {
        let outcome = try await LinkBench.run(
            LinkBench.Script(word: "", cuts: 0, acknowledged: 0), in: folder)
        #expect(outcome.links == [Self.first])
        #expect(outcome.exit == .done && !holdsSpool)
    }

    /// Whether End arrived nobody knows: the agent says it until it hears that all is safe.
    @Test(
        "End is said again over each new link, behind what the coordinator does not have",
        arguments: [(0, 1), (1, 1), (0, 3), (1, 3)] as [(UInt64, Int)])
    func endIsSaidAgain(acknowledged: UInt64, cuts: Int) async throws {
        let outcome = try await LinkBench.run(
            LinkBench.Script(word: "end of 1", cuts: cuts, acknowledged: acknowledged), in: folder)
        let again =
            ["hello again", "started"] + (acknowledged == 0 ? ["batch 1"] : []) + ["end of 1"]
        #expect(outcome.links == [Self.first] + Array(repeating: again, count: cuts))
        #expect(outcome.exit == .done && !holdsSpool)
    }

    @Test("Cut behind its last batch, it goes on with that or behind it", arguments: [0, 1])
    func cutBehindABatch(acknowledged: UInt64) async throws {
        let outcome = try await LinkBench.run(
            LinkBench.Script(word: "batch 1", cuts: 1, acknowledged: acknowledged), in: folder)
        let again =
            ["hello again", "started"] + (acknowledged == 0 ? ["batch 1"] : []) + ["end of 1"]
        #expect(outcome.links.last == again && outcome.links.count == 2)
        #expect(outcome.exit == .done && !holdsSpool)
    }
}

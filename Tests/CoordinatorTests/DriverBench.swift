import Bytes
import EventLoop
import Goodput
import Host
import Journal
import Results
import RunRecord
import Scratch
import Storage
import TimeBase
import TokenLog
import Transport
import Wire
import Workload

@testable import Coordinator
@testable import CoordinatorCore

/// A coordinator that leads a run of remote agents on a loop of its own, as far as a test needs
/// it; the agents are the test's.
final class DriverBench {
    /// The remains of a run.
    struct Outcome: Sendable {
        var ending: RunEnding
        /// The fold of its journal.
        var record: RunRecord
        var notes: [String]
    }

    static let run = RunID(high: 1, low: 2)
    static let security = Security.insecure(beyondLoopback: false)
    /// A run that is not over by then hangs: it is interrupted until it is.
    private static let patience = TimeSpan.seconds(20)

    let loop: EventLoop
    private let limit: LoopTimer
    private(set) var driver: CoordinatorDriver!
    let observer = QuietObserver()
    private var connections: [MessageConnection] = []
    /// Ends what a test made on the loop beside connections.
    var onEnd: () -> Void = {}

    private init(loop: EventLoop) {
        self.loop = loop
        limit = LoopTimer(loop: loop)
    }

    /// Leads a run of so many agents with a request each; `body` gives them life.
    static func lead(
        agents: Int, in folder: ScratchFolder,
        _ body: @escaping @Sendable (DriverBench) -> Void
    ) async throws -> Outcome {
        let options = try options(agents: agents)
        let loop = try EventLoop(name: "driver")
        loop.start()
        let path = folder.path
        let outcome: Result<Outcome, any Error> = await withCheckedContinuation { waiting in
            loop.post {
                let bench = DriverBench(loop: loop)
                do {
                    try bench.begin(options, path) { waiting.resume(returning: .success($0)) }
                    body(bench)
                } catch {
                    waiting.resume(returning: .failure(error))
                }
            }
        }
        loop.shutdown()
        return try outcome.get()
    }

    private static func options(agents: Int) throws -> RunOptions {
        let all = ClassSpec(name: "all", lengths: .independent(input: .fixed(4), output: .fixed(3)))
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [
                    StageSpec(
                        load: .closed(concurrency: UInt32(agents)), requests: UInt32(agents))
                ], classes: [all]), seed: 1)
        let assignments = plan.requests.map { request in
            Assignment(
                configuration: RunConfiguration(
                    endpoint: .chat, model: "m", stages: plan.stages, classNames: ["all"],
                    timeouts: RequestTimeouts(), drainNs: 0, graceNs: 0, requests: 1, seed: 1),
                requests: [request])
        }
        return RunOptions(
            agents: .remote(count: agents),
            listen: HostPort(host: "127.0.0.1", port: 0), security: security, token: nil,
            assignments: assignments, dealOrder: .sorted, plan: plan,
            patience: CoordinatorMachine.Patience(
                joinNs: 30_000_000_000, readyNs: 30_000_000_000, leadNs: 100_000_000),
            drain: .zero, grace: .zero, executable: "",
            opening: RunOpening(
                runID: run, clock: ThisHost.clock, version: "test", name: "bench", seed: 1,
                scenarioJSON: "{}", host: ThisHost.facts, agents: UInt16(agents),
                requests: UInt32(agents),
                classes: [RunClass(name: "all", parameters: Preset.default.parameters)],
                mostFailed: 0))
    }

    private func begin(
        _ options: RunOptions, _ folder: String, _ finish: @escaping (Outcome) -> Void
    ) throws {
        let journal = try RunJournal(
            folder: folder, loop: loop,
            header: SegmentHeader(
                clock: ThisHost.clock, runID: options.opening.runID, agent: nil, incarnation: 0,
                segment: 0,
                generation: 1))
        driver = CoordinatorDriver(
            loop: loop, options: options, journal: journal, observer: observer
        ) { ending in
            var record = RunRecord()
            let file = JournalFile(path: "\(folder)/\(RunFileName.journal)")
            do {
                _ = try file.read { entry, offset in record.add(entry, at: offset) }
            } catch {
                preconditionFailure("\(error)")
            }
            let told = Outcome(ending: ending, record: record, notes: self.observer.notes)
            self.limit.close()
            self.onEnd()
            for connection in self.connections { connection.close() }
            self.loop.next {
                // Cuts the circles through the closures.
                self.connections = []
                self.onEnd = {}
                self.driver = nil
                finish(told)
            }
        }
        try driver.begin()
        limit.start(after: Self.patience, repeating: .milliseconds(100)) {
            self.driver?.interrupt()
        }
    }

    /// Where the coordinator listens.
    var address: HostPort { HostPort(host: "127.0.0.1", port: observer.port) }

    /// A connection to the coordinator, closed with the bench.
    func connect(_ up: @escaping (MessageConnection) -> Void) -> MessageConnection {
        let connection = MessageConnection.connect(
            loop: loop, to: address, security: Self.security)
        connections.append(connection)
        connection.onUp = { [unowned connection] in up(connection) }
        return connection
    }

    /// An agent of this host that answers all that comes before the start, and hands on what comes
    /// after.
    func agent(
        _ name: String, incarnation: UInt64 = 1,
        _ heard: @escaping (Message, MessageConnection) -> Void
    ) {
        let hello = Hello(
            name: name, identity: AgentIdentity(high: 3, low: 4), incarnation: incarnation,
            heldRun: nil, bootID: ThisHost.bootID, timeNamespace: ThisHost.timeNamespace,
            host: HostFacts(
                hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1, gpus: []),
            targets: [], embeddedEngine: true)
        let connection = connect { $0.send(.hello(hello)) }
        connection.onMessage = { [unowned connection] message, _ in
            switch message {
            case .ping(let nonce): connection.send(.pong(nonce))
            case .shardEnd(let digest):
                connection.send(.shardHeld(digest))
                connection.send(.ready(Ready(connections: 1, targets: [])))
            default: break
            }
            heard(message, connection)
        }
    }
}

/// Keeps what a person would be told.
final class QuietObserver: RunObserver {
    private(set) var port: UInt16 = 0
    private(set) var notes: [String] = []

    func listening(on address: SocketAddress) { port = address.port }
    func note(_ sentence: String) { notes.append(sentence) }
    func joined(_ hello: Hello) {}
    func ready(_ hello: Hello) {}
    func waiting(_ wait: CoordinatorMachine.Wait, now: LocalInstant) {}
    func starting(at start: LocalInstant, offsets: [(offsetNs: Int64, uncertaintyNs: Int64)]) {}
    func clock(of agent: Int, _ bound: ClockBound) {}
    func link(_ link: LiveSnapshot.Agent.Link, of agent: Int) {}
    func status(_ status: AgentStatus, of agent: Int) {}
    func records(_ records: LogBatch, of agent: Int) {}
    func ended() {}
}

import Agent
import Bytes
import ClockSync
import Coordinator
import CoordinatorCore
import EventLoop
import RunRecord
import TimeBase
import TokenLog
import Transport
import Wire

/// Clock connections over the loopback: the coordinator's ends on one thread, the agents' on
/// another, with nothing else on either.
///
/// Unchecked Sendable: each member is touched on one loop's thread only, as its group says, and the
/// results once both loops have ended.
final class ProbeDrive: @unchecked Sendable {
    /// The results of a drive.
    struct Outcome: Sendable {
        /// The rows of each agent's probes, in order.
        var rows: [[ProbeRow]] = []
        /// From the last agent's connecting to the end.
        var span = TimeSpan.zero
        /// Exchanges within that.
        var exchanges = 0
        /// CPU time of the two threads within that, ns.
        var coordinatorNs: Int64 = 0
        var agentNs: Int64 = 0
    }

    /// The answers that have come back so far; touched for each probe, so with as little as
    /// possible.
    private final class Answers {
        @exclusivity(unchecked) var count = 0
        /// The rows of each agent, where they are kept.
        @exclusivity(unchecked) var rows: [[ProbeRow]] = []
    }

    enum Failure: Error, CustomStringConvertible {
        case system(String)
        case impossible(ClockError)

        var description: String {
            switch self {
            case .system(let words): words
            case .impossible(let error): "\(error)"
            }
        }
    }

    /// The number of agents that dial at once: a listener turns away what has not proved itself in
    /// time.
    private static let dialling = 64
    /// The time before the measurement begins: connections and stamps have then settled.
    private static let settling = TimeSpan.milliseconds(200)

    private let agents: Int
    private let pace: ClockLink.Pace
    private let length: TimeSpan
    private let keepsRows: Bool
    private let security: Security
    private let coordinator: EventLoop
    private let agentLoop: EventLoop
    // The coordinator's thread.
    private var done: (()) -> Void = { _ in }
    private var listener: MessageListener?
    private var links: [ClockLink] = []
    private var timer: LoopTimer?
    private var outcome = Outcome()
    private let answers = Answers()
    private var failure: Failure?
    private var begin = (at: LocalInstant(ns: 0), cpuNs: Int64(0))
    // The agents' thread.
    private var responders: [ClockResponder] = []
    private var agentBegin: Int64 = 0

    /// Probes `agents` agents at `pace` for `length`, blocking.
    ///
    /// - Parameters:
    ///   - isSecure: under TLS, as between hosts.
    ///   - keepsRows: ``Outcome/rows`` has all rows since each agent's connecting.
    static func run(
        agents: Int, pace: ClockLink.Pace, for length: TimeSpan, isSecure: Bool = true,
        keepsRows: Bool = false
    ) throws(Failure) -> Outcome {
        do {
            let drive = try ProbeDrive(agents, pace, length, isSecure, keepsRows)
            return try drive.run()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .system("\(error)")
        }
    }

    private init(
        _ agents: Int, _ pace: ClockLink.Pace, _ length: TimeSpan, _ isSecure: Bool,
        _ keepsRows: Bool
    ) throws {
        self.agents = agents
        self.pace = pace
        self.length = length
        self.keepsRows = keepsRows
        security = isSecure ? .psk(.generate()) : .insecure(beyondLoopback: false)
        coordinator = try EventLoop(name: "coordinator")
        agentLoop = try EventLoop(name: "agents")
    }

    private func run() throws -> Outcome {
        agentLoop.start()
        coordinator.runUntilDone { [self] done in
            self.done = done
            do {
                try listen()
            } catch {
                end(.system("\(error)"))
            }
        }
        agentLoop.shutdown()
        if let failure { throw failure }
        return outcome
    }

    // MARK: The coordinator's thread

    private func listen() throws {
        timer = LoopTimer(loop: coordinator)
        answers.rows = Array(repeating: [], count: keepsRows ? agents : 0)
        let here = HostPort(host: "127.0.0.1", port: 0)
        let listener = try MessageListener(
            loop: coordinator, at: here, security: security,
            onRefused: { [unowned self] error, _ in end(.system("\(error)")) },
            onConnection: { [unowned self] connection in
                connection.onMessage = { [unowned self, unowned connection] message, _ in
                    guard case .clockHello = message else { return }
                    attach(connection)
                }
            })
        self.listener = listener
        dial(min(agents, Self.dialling))
    }

    private func attach(_ connection: MessageConnection) {
        let index = links.count
        let link = ClockLink(loop: coordinator) { [answers] row in
            answers.count += 1
            if !answers.rows.isEmpty { answers.rows[index].append(row) }
        } onContradiction: { [unowned self] error in
            end(.impossible(error))
        }
        links.append(link)
        link.attach(connection)
        link.probe(at: pace)
        if links.count == agents {
            timer?.start(after: Self.settling) { [unowned self] in measure() }
        } else if links.count.isMultiple(of: Self.dialling) {
            dial(min(agents - links.count, Self.dialling))
        }
    }

    private func measure() {
        answers.count = 0
        begin = (RawClock.now(), Stopwatch.threadCPU)
        agentLoop.post { [self] in agentBegin = Stopwatch.threadCPU }
        timer?.start(after: length) { [unowned self] in
            outcome.exchanges = answers.count
            outcome.rows = answers.rows
            outcome.span = RawClock.now() - begin.at
            outcome.coordinatorNs = Stopwatch.threadCPU - begin.cpuNs
            end(nil)
        }
    }

    private func end(_ failure: Failure?) {
        guard let timer else { return }
        self.timer = nil
        timer.close()
        self.failure = failure
        for link in links { link.close() }
        agentLoop.post { [self] in
            let cpuNs = Stopwatch.threadCPU - agentBegin
            for responder in responders { responder.close() }
            responders = []
            coordinator.post { [self] in
                outcome.agentNs = cpuNs
                guard let listener else { return done(()) }
                listener.close { [self] in
                    self.listener = nil
                    done(())
                }
            }
        }
    }

    // MARK: The agents' thread

    private func dial(_ count: Int) {
        guard let listener else { return }
        let address = HostPort(host: "127.0.0.1", port: listener.localPort)
        agentLoop.post { [self] in
            for _ in 0..<count {
                responders.append(
                    ClockResponder(
                        loop: agentLoop, address: address, security: security,
                        hello: ClockHello(
                            runID: RunID(high: 0, low: 0), agentIndex: 0, incarnation: 1)))
            }
        }
    }
}

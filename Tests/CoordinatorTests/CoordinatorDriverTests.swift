import Agent
import Bytes
import ClockSync
import CoordinatorCore
import EventLoop
import RunRecord
import Scratch
import Testing
import TimeBase
import TokenLog
import Transport
import Wire

@testable import Coordinator

/// The coordinator's performing half, with agents of few words on real connections.
@Suite("The coordinator's driver")
struct CoordinatorDriverTests {
    private let folder = ScratchFolder()

    /// Words that came of clock connections; touched on the bench's loop, and read behind its end.
    private final class Words: @unchecked Sendable {
        var list: [String] = []
    }

    /// Another process, and after a reboot another clock: its probes would bend the fit of the one
    /// that measures.
    @Test("A clock connection of another process, another run or of nobody is closed, unprobed")
    func strangeClocks() async throws {
        let words = Words()
        let outcome = try await DriverBench.lead(agents: 2, in: folder) { bench in
            let hellos = [
                ClockHello(runID: DriverBench.run, agentIndex: 0, incarnation: 6),
                ClockHello(runID: DriverBench.run, agentIndex: 0, incarnation: 8),
                ClockHello(runID: RunID(high: 9, low: 9), agentIndex: 0, incarnation: 7),
                ClockHello(runID: DriverBench.run, agentIndex: 1, incarnation: 7),
                ClockHello(runID: DriverBench.run, agentIndex: 0, incarnation: 7),
            ]
            func dial(_ number: Int) {
                guard number < hellos.count else { return bench.driver.interrupt() }
                let connection = bench.connect { $0.send(.clockHello(hellos[number])) }
                func heard(_ word: String) {
                    (connection.onMessage, connection.onClosed) = (nil, nil)
                    words.list.append(word)
                    dial(number + 1)
                }
                connection.onMessage = { message, _ in
                    if case .probe = message { heard("probed") }
                }
                connection.onClosed = { _ in heard("closed") }
            }
            bench.agent("node-00", incarnation: 7) { message, _ in
                if case .welcome = message { dial(0) }
            }
        }
        #expect(words.list == ["closed", "closed", "closed", "closed", "probed"])
        #expect(outcome.ending.kind == .failed("interrupted before the run started"))
    }

    /// Requests that a lost agent owed until then count: were the end that of the first agent, its
    /// later requests would leave the score.
    @Test("The run ends when its last agent has ended, and not before")
    func lastAgent() async throws {
        let words = Words()
        let outcome = try await DriverBench.lead(agents: 2, in: folder) { bench in
            var clocks: [ClockResponder] = []
            bench.onEnd = {
                for clock in clocks { clock.close() }
                clocks = []
            }
            // The second one's end follows its own start and the dismissal of the first.
            var isDismissed = false
            var whenAllowed: (() -> Void)?
            for number in 0...1 {
                bench.agent("node-0\(number)") { message, connection in
                    func end() {
                        words.list.append("end \(RawClock.now().ns)")
                        connection.send(
                            .end(
                                AgentEnd(
                                    batches: 0, records: 0, finishes: 0, hash: RecordHasher().value,
                                    reason: "", audit: ClientAudit())))
                    }
                    switch message {
                    case .welcome(let welcome):
                        clocks.append(
                            ClockResponder(
                                loop: bench.loop, address: bench.address,
                                security: DriverBench.security,
                                hello: ClockHello(
                                    runID: welcome.runID, agentIndex: welcome.agentIndex,
                                    incarnation: 1)))
                    case .start where number == 0: end()
                    case .start: whenAllowed = end
                    case .ended:
                        words.list.append("ended")
                        if number == 0 { isDismissed = true }
                    default: break
                    }
                    guard isDismissed, let end = whenAllowed else { return }
                    whenAllowed = nil
                    end()
                }
            }
        }
        #expect(outcome.ending.kind == .ran && outcome.ending.lossless, "\(outcome.notes)")
        // The first is dismissed while the other is at work.
        #expect(words.list.map { $0.prefix(3) } == ["end", "end", "end", "end"])
        #expect(words.list.map { $0 == "ended" } == [false, true, false, true])
        let last = try #require(Int64(words.list[2].dropFirst(4)))
        #expect((outcome.record.over?.ns ?? 0) >= last)
        #expect(outcome.record.start != nil)
        #expect(outcome.record.isLossless == outcome.ending.lossless)
        // The clocks were looked at to the very end, and what they showed is in the journal.
        let ended = try #require(outcome.record.ended)
        #expect((outcome.record.clocks.last?.rawNs ?? 0) >= ended.ns)
        for agent in outcome.record.agents {
            let said = try #require(agent.end).at
            #expect((agent.log.exchanges.last?.t4 ?? 0) > said.ns, "\(agent.hello.name)")
        }
    }
}

/// A clock is bound for the start, and the results have the whole run's fit: a bound that came
/// later would change what the manifest says of the start.
@Suite("Clocks that are bound for the start")
struct ClockBindingTests {
    @Test("A clock is bound before the start, and not anew after it", arguments: [false, true])
    func bound(hasStarted: Bool) async throws {
        let loop = try EventLoop(name: "binding")
        loop.start()
        let bounds = await withCheckedContinuation { (waiting: CheckedContinuation<Int, Never>) in
            loop.post {
                var bounds = 0
                let probes = ClockProbes(
                    loop: loop, agents: 1, leadNs: 10_000_000_000,
                    events: ClockProbes.Events(
                        bound: { _, _ in bounds += 1 },
                        contradicted: { Issue.record("\($1)") }, journal: { _, _ in }))
                var clock: ClockResponder?
                let listener = try! MessageListener(
                    loop: loop, at: HostPort(host: "127.0.0.1", port: 0),
                    security: DriverBench.security
                ) { connection in
                    connection.onMessage = { message, _ in
                        guard case .clockHello = message else { return }
                        probes.connected(0, connection, namesOwnClock: true)
                        if hasStarted { probes.start() }
                    }
                }
                clock = ClockResponder(
                    loop: loop,
                    address: HostPort(host: "127.0.0.1", port: listener.localPort),
                    security: DriverBench.security,
                    hello: ClockHello(runID: DriverBench.run, agentIndex: 0, incarnation: 1))
                let timer = LoopTimer(loop: loop)
                timer.start(after: .milliseconds(5), repeating: .milliseconds(5)) {
                    // A clock of this host is known after 80 exchanges.
                    guard probes.log(of: 0).count >= 84 else { return }
                    timer.close()
                    clock?.close()
                    clock = nil
                    probes.close()
                    listener.close {
                        loop.next { waiting.resume(returning: bounds) }
                    }
                }
            }
        }
        loop.shutdown()
        #expect(bounds == (hasStarted ? 0 : 1))
    }
}

import EngineServer
import EventLoop
import LoopRuns
import ServingClient
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import Agent

/// A load against several servers: what it is dealt by is what it sends by.
@Suite("A load's sessions") struct SessionLoadTests {
    /// Runs a load of these requests against as many engines; gives what was sent, in its order.
    private func sent(
        _ requests: [PlannedRequest], stage: StagePlan, rounds: PlanRounds? = nil, engines: Int
    ) async throws -> [SentRecord] {
        let loop = try EventLoop(name: "session-load", measuresLoad: true)
        let sent: Result<[SentRecord], PreparationFailure> = await loop.runUntilDone { done in
            let servers = (0..<engines).map { _ in
                try! EngineServer(loop: loop, configuration: EngineServer.Configuration())
            }
            let targets = servers.map {
                try! Target(parsing: "http://127.0.0.1:\($0.localPort)")
            }
            var driver: LoadDriver!
            let end = { (result: Result<[SentRecord], PreparationFailure>) in
                driver.close {
                    for server in servers { server.close() }
                    loop.next {
                        withExtendedLifetime((driver, servers)) {
                            done(result)
                        }
                        driver = nil
                    }
                }
            }
            var sent: [SentRecord] = []
            driver = try! LoadDriver(loop: loop, onStarted: { _ in }) { flush in
                sent += flush.records.sent
                if flush.end != nil { loop.next { end(.success(sent)) } }
            }
            let configuration = RunConfiguration(
                endpoint: .chat, model: "", probes: false, stages: [stage], classNames: ["a"],
                timeouts: RequestTimeouts(), drainNs: 10_000_000_000, graceNs: 0,
                requests: UInt32(requests.count), rounds: rounds, seed: 1)
            driver.prepare(
                configuration, RequestShard(requests: requests, texts: [:]), runID: "test",
                targets: targets, access: TargetAccess(), progress: { _ in }
            ) { result in
                switch result {
                case .success: driver.arm(start: RawClock.now())
                case .failure(let failure): end(.failure(failure))
                }
            }
        }
        return try sent.get()
    }

    private func turns(
        _ turns: Int, sessions: Int, isOpen: Bool
    ) -> [PlannedRequest] {
        (0..<sessions).flatMap { session in
            (0..<turns).map { turn in
                PlannedRequest(
                    index: UInt32(session * turns + turn), phase: .scored, stage: 0, classIndex: 0,
                    session: UInt32(session), turn: UInt16(turn),
                    scheduledNs: isOpen && turn == 0 ? Int64(session) * 1_000_000 : nil,
                    thinkNs: 0, inputTokens: 4, outputTokens: 2,
                    prompt: [PromptSegment(seed: UInt64(session), tokens: 4)])
            }
        }
    }

    /// By session of the plan: the targets that its turns went to.
    private func targets(
        _ sent: [SentRecord], turns: Int, requests: Int
    ) -> [Int: Set<UInt16>] {
        sent.reduce(into: [:]) { targets, record in
            targets[Int(record.request) % requests / turns, default: []].insert(record.target)
        }
    }

    /// A server's prefix cache holds the turns before: another server would read them anew.
    @Test("All turns of a session go to one server, and the sessions to all of them")
    func turnsStay() async throws {
        let requests = turns(3, sessions: 5, isOpen: true)
        let stage = StagePlan(kind: .open, beginNs: 0, endNs: 5_000_000)
        let sent = try await sent(requests, stage: stage, engines: 2)
        #expect(sent.count == 15)
        let targets = targets(sent, turns: 3, requests: 15)
        #expect(targets == [0: [0], 1: [1], 2: [0], 3: [1], 4: [0]])
    }

    @Test("A closed loop that repeats its sessions sends each where it went before")
    func roundsStay() async throws {
        let requests = turns(2, sessions: 3, isOpen: false)
        let stage = StagePlan(
            kind: .closed(concurrency: 2), beginNs: 0, endNs: 700_000_000, repeats: true)
        let sent = try await sent(
            requests, stage: stage, rounds: PlanRounds(requests: 6, sessions: 3), engines: 2)
        #expect(sent.count > 12, "\(sent.count) requests are no two rounds")
        #expect(targets(sent, turns: 2, requests: 6) == [0: [0], 1: [1], 2: [0]])
    }
}

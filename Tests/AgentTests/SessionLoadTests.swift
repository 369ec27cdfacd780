import EngineServer
import Testing
import TokenLog
import Workload

/// A load against several servers: what it is dealt by is what it sends by.
@Suite("A load's sessions") struct SessionLoadTests {
    /// Runs a load of these requests against as many engines; gives what was sent, in its order.
    private func sent(
        _ requests: [PlannedRequest], stage: StagePlan, rounds: PlanRounds? = nil, engines: Int
    ) async throws -> [SentRecord] {
        try await LoadRun(requests: requests, stage: stage, rounds: rounds).records { loop in
            let servers = (0..<engines).map { _ in
                try! EngineServer(loop: loop, configuration: EngineServer.Configuration())
            }
            return LoadRun.Servers(ports: servers.map(\.localPort)) {
                for server in servers { server.close() }
            }
        }.sent
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

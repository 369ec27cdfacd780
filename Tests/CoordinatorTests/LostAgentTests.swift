import Bytes
import Results
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import Coordinator
@testable import CoordinatorCore

/// The ends of the requests of an agent that was lost.
@Suite("A lost agent's requests")
struct LostAgentTests {
    private static let start = LocalInstant(ns: 1_000_000_000)
    private static func seconds(_ seconds: Double) -> LocalInstant {
        start + TimeSpan(ns: Int64(seconds * 1e9))
    }

    /// A run of one agent whose newest stamp is of 0.5 s, and which was there until 8.5 s.
    private func assembly(absences: [AgentAbsence]) throws -> ResultAssembly {
        let chat = ClassSpec(
            name: "chat",
            lengths: .independent(input: .fixed(4), output: .fixed(3)))
        let spec = WorkloadSpec(
            stages: [StageSpec(load: .closed(concurrency: 1), requests: 3)], classes: [chat])
        let plan = try WorkloadPlan.make(spec, seed: 1)
        var merge = Merge(agents: plan.requests.map { _ in 0 })
        let sent = Self.seconds(0.1)
        try merge.add(
            LogBatch([
                .sent(SentRecord(request: 0, scheduled: sent, sent: sent, target: 0)),
                .tokens(
                    TokenRecord(
                        stamp: Self.seconds(0.5), request: 0, count: 1, kind: .content,
                        source: .kernel)),
            ]), agent: 0)
        let hello = Hello(
            name: "node", identity: AgentIdentity(high: 1, low: 2), incarnation: 1, heldRun: nil,
            bootID: "b",
            host: HostFacts(
                hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1, gpus: []),
            targets: [], embeddedEngine: false)
        var track = AgentTrack(link: LinkID(0), hello: hello, now: Self.start)
        track.absences = absences
        let gap = CoordinatorCore.RunGap(
            agent: 0, from: Self.seconds(8.2), to: Self.seconds(8.5), reason: "reset")
        let outcome = CoordinatorDriver.Outcome(
            ending: RunEnding(kind: .ran, interrupted: false, lossless: false, gaps: [gap]),
            start: Self.start, ended: Self.seconds(9), agents: [track], exchanges: [[]],
            readings: [[]], sharesClock: [true], merge: merge, ledger: [])
        return ResultAssembly(outcome: outcome, plan: plan, start: Self.start)
    }

    @Test("One in flight ends when the agent was last there; the hole begins with its records")
    func inFlight() throws {
        let away = AgentAbsence(from: Self.seconds(8.5), reason: "reset")
        for absences in [[], [away]] {
            let assembly = try assembly(absences: absences)
            let (requests, _) = assembly.requests(targets: [[]])
            #expect(requests.count == 1)
            #expect(requests.first?.outcome == .unfinished)
            #expect(requests.first?.error?.kind == .agentDown)
            #expect(requests.first?.finish == ClusterInstant(ns: 8_500_000_000))
            #expect(
                assembly.gaps() == [
                    Results.RunGap(
                        agent: "node", from: 500_000_000, to: 9_000_000_000, reason: "reset")
                ])
        }
    }

    @Test("Of one that had come back, and was lost before all it kept had arrived, that is the end")
    func behind() throws {
        let away = AgentAbsence(from: Self.seconds(0.6), to: Self.seconds(8.1), reason: "reset")
        let (requests, _) = try assembly(absences: [away]).requests(targets: [[]])
        #expect(requests.first?.finish == ClusterInstant(ns: 500_000_000))
    }
}

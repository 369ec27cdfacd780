import TargetFixtures
import Testing
import TimeBase
import TokenLog
import Workload

@Suite("The drain time after a load's last stage") struct DrainTests {
    private static let answer = AnsweringServer.whole(
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#)

    /// Requests that leave at once, each of them answered after so long.
    private func finishes(
        after pauses: [TimeSpan], drain: TimeSpan
    ) async throws -> [FinishRecord] {
        let requests = pauses.indices.map { index in
            PlannedRequest(
                index: UInt32(index), phase: .scored, stage: 0, classIndex: 0,
                session: UInt32(index), turn: 0, scheduledNs: 0, thinkNs: 0, inputTokens: 1,
                outputTokens: 1, prompt: [PromptSegment(seed: 1, tokens: 1)])
        }
        let run = LoadRun(
            requests: requests, stage: StagePlan(kind: .open, beginNs: 0, endNs: nil),
            drain: drain)
        return try await run.records { loop in
            let server = try! AnsweringServer(loop: loop) { post in
                [.pause(pauses[post]), .write(Self.answer)]
            }
            return LoadRun.Servers(ports: [server.port]) { server.close() }
        }.finishes
    }

    /// A burst of many is served for longer than it takes to send.
    @Test("counts from the last end of a stage that ends with its requests")
    func putOff() async throws {
        let finishes = try await finishes(
            after: [.milliseconds(900), .milliseconds(1_800)], drain: .milliseconds(1_500))
        #expect(finishes.map(\.outcome) == [.completed, .completed], "\(finishes)")
    }

    @Test("cuts what goes on for longer")
    func cut() async throws {
        let finishes = try await finishes(
            after: [.zero, .seconds(600)], drain: .milliseconds(200))
        #expect(finishes.map(\.outcome) == [.completed, .unfinished], "\(finishes)")
        #expect(finishes.last?.error?.kind == .drained)
    }
}

import Testing
import Workload

@testable import Agent

@Suite struct LiveConversationsTests {
    /// Session 2 of a plan of 5 has three turns of which the second is sent with the first one's
    /// answer; session 3 needs none.
    private static let rounds = PlanRounds(requests: 10, sessions: 5)

    private func request(session: UInt32, turn: UInt16, answers: [UInt16] = []) -> PlannedRequest {
        PlannedRequest(
            index: session * 3 + UInt32(turn), phase: .scored, stage: 0, classIndex: 0,
            session: session, turn: turn, scheduledNs: nil, thinkNs: 0, inputTokens: 1,
            outputTokens: 1,
            prompt: [PromptSegment(seed: 0, tokens: 1)]
                + answers.map { PromptSegment.answer(toTurn: $0, tokens: 1) },
            usesTexts: true)
    }

    private func conversations(_ rounds: PlanRounds?) -> LiveConversations {
        LiveConversations(
            of: [
                request(session: 2, turn: 0), request(session: 2, turn: 1, answers: [0]),
                request(session: 2, turn: 2), request(session: 3, turn: 0),
                request(session: 3, turn: 1),
            ], rounds: rounds)
    }

    @Test("Answers are kept for the turns that are sent with them, and no longer")
    func kept() {
        var live = conversations(nil)
        let first = request(session: 2, turn: 0)
        let second = request(session: 2, turn: 1, answers: [0])
        #expect(live.needsAnswer(to: first) && !live.needsAnswer(to: second))
        #expect(!live.needsAnswer(to: request(session: 3, turn: 0)))
        live.answered(first, "hello")
        live.answered(second, "not needed")
        #expect(live.answers(for: second) == [0: "hello"])
        #expect(live.answers(for: second).isEmpty && live.answers(for: first).isEmpty)
    }

    @Test("A session's later rounds need what the plan's did, each its own answers")
    func laterRounds() {
        var live = conversations(Self.rounds)
        for round in [1, 2] as [UInt32] {
            let session = 2 + round * Self.rounds.sessions
            #expect(live.needsAnswer(to: request(session: session, turn: 0)))
            live.answered(request(session: session, turn: 0), "round \(round)")
            #expect(!live.needsAnswer(to: request(session: session + 1, turn: 0)))
        }
        for round in [2, 1] as [UInt32] {
            let session = 2 + round * Self.rounds.sessions
            let second = request(session: session, turn: 1, answers: [0])
            #expect(live.answers(for: second) == [0: "round \(round)"])
        }
        #expect(live.answers(for: request(session: 2, turn: 1, answers: [0])).isEmpty)
    }

    @Test("Turns beside each other are sent in any order, each with the answers before it")
    func beside() {
        var live = LiveConversations(
            of: [
                request(session: 1, turn: 0), request(session: 1, turn: 1, answers: [0]),
                request(session: 1, turn: 2, answers: [0]),
            ], rounds: nil)
        live.answered(request(session: 1, turn: 0), "plan")
        #expect(live.answers(for: request(session: 1, turn: 2, answers: [0])) == [0: "plan"])
        #expect(live.answers(for: request(session: 1, turn: 1, answers: [0])) == [0: "plan"])
        #expect(live.answers(for: request(session: 1, turn: 1, answers: [0])).isEmpty)
    }
}

import Workload

/// Answers of the server to the turns of sessions whose later turns are sent with them; empty, and
/// asked in no time, where there is no such session.
struct LiveConversations {
    /// The last turn that needs answers and how many do, by the session of the plan.
    private struct Need {
        var lastTurn: UInt16 = 0
        var turns = 0
    }

    private var needs: [UInt32: Need] = [:]
    private var rounds: PlanRounds?
    /// The answers so far, and how many turns still need them, by session; a session's go when
    /// the last such turn was sent. Turns that run beside each other are sent in any order.
    private struct Held {
        var texts: [UInt16: String] = [:]
        var left: Int
    }

    private var held: [UInt32: Held] = [:]

    init() {}

    init(of shard: [PlannedRequest], rounds: PlanRounds?) {
        self.rounds = rounds
        for request in shard where request.usesAnswers {
            var need = needs[request.session] ?? Need()
            need.lastTurn = max(need.lastTurn, request.turn)
            need.turns += 1
            needs[request.session] = need
        }
    }

    private func need(of session: UInt32) -> Need? {
        needs.isEmpty ? nil : needs[rounds.map { session % $0.sessions } ?? session]
    }

    /// The answers to the turns before `request`, which is sent with them now.
    mutating func answers(for request: PlannedRequest) -> [UInt16: String] {
        guard request.usesAnswers, let need = need(of: request.session) else { return [:] }
        var session = held[request.session] ?? Held(left: need.turns)
        session.left -= 1
        held[request.session] = session.left > 0 ? session : nil
        return session.texts
    }

    /// Whether a later turn is sent with the answer to `request`.
    func needsAnswer(to request: PlannedRequest) -> Bool {
        need(of: request.session).map { request.turn < $0.lastTurn } ?? false
    }

    mutating func answered(_ request: PlannedRequest, _ text: String) {
        guard needsAnswer(to: request), let need = need(of: request.session) else { return }
        held[request.session, default: Held(left: need.turns)].texts[request.turn] = text
    }
}

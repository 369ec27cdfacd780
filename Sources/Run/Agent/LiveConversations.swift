import Workload

/// Answers of the server to the turns of sessions whose later turns are sent with them; empty, and
/// asked in no time, where there is no such session.
struct LiveConversations {
    /// The last turn that needs answers, by the session of the plan.
    private var lastTurns: [UInt32: UInt16] = [:]
    private var rounds: PlanRounds?
    /// By session and turn; a session's go with its last turn.
    private var texts: [UInt32: [UInt16: String]] = [:]

    init() {}

    init(of shard: [PlannedRequest], rounds: PlanRounds?) {
        self.rounds = rounds
        for request in shard where request.usesAnswers {
            lastTurns[request.session] = max(lastTurns[request.session] ?? 0, request.turn)
        }
    }

    private func lastTurn(of session: UInt32) -> UInt16? {
        lastTurns.isEmpty ? nil : lastTurns[rounds.map { session % $0.sessions } ?? session]
    }

    /// The answers to the turns before `request`.
    mutating func answers(for request: PlannedRequest) -> [UInt16: String] {
        guard let last = lastTurn(of: request.session), let held = texts[request.session] else {
            return [:]
        }
        if request.turn == last { texts[request.session] = nil }
        return held
    }

    /// Whether a later turn is sent with the answer to `request`.
    func needsAnswer(to request: PlannedRequest) -> Bool {
        lastTurn(of: request.session).map { request.turn < $0 } ?? false
    }

    mutating func answered(_ request: PlannedRequest, _ text: String) {
        guard needsAnswer(to: request) else { return }
        texts[request.session, default: [:]][request.turn] = text
    }
}

import Randomness

/// A plan's requests sent again, under ids of their own, once a closed loop has used them up: round
/// 0 is the plan itself, and request `index` of round r has the id `index + r * requests`.
///
/// Which request an id names depends on the plan alone, so that an agent deals itself as many as
/// its server's speed asks for, and nobody has to be told.
package struct PlanRounds: Hashable, Sendable {
    /// Requests of the plan, and its sessions; at least 1 each.
    package var requests: UInt32
    package var sessions: UInt32

    package init(requests: UInt32, sessions: UInt32) {
        precondition(requests > 0 && sessions > 0, "a plan of nothing has no rounds")
        self.requests = requests
        self.sessions = sessions
    }

    /// The index in the plan of the request `id`, and its round.
    package func position(of id: UInt32) -> (index: UInt32, round: UInt32) {
        (id % requests, id / requests)
    }

    /// Whether all ids and sessions of `round` can be written.
    package func holds(round: Int) -> Bool {
        let next = UInt64(clamping: round) &+ 1
        return next <= UInt64(UInt32.max) / UInt64(max(requests, sessions))
    }

    /// `planned` as it is sent in `round`: the same lengths, turns and shared prefixes, and in
    /// place of its own tokens other ones, so that no cache knows them. Given texts stay as they
    /// are.
    package func request(_ planned: PlannedRequest, round: UInt32) -> PlannedRequest {
        guard round > 0 else { return planned }
        var request = planned
        request.index = planned.index &+ round &* requests
        request.session = planned.session &+ round &* sessions
        guard !planned.usesTexts, let last = planned.prompt.indices.last else { return request }
        // A line's own tokens are its prompts' last segment; what is before it is the class's.
        let isLine = planned.after == nil && planned.sharedSegments == 0
        for own in (isLine ? last : min(Int(planned.sharedSegments), last))...last {
            request.prompt[own].seed = mix64(
                planned.prompt[own].seed &+ UInt64(round) &* goldenIncrement)
        }
        return request
    }
}

extension WorkloadPlan {
    /// The rounds of this plan; nil where no stage goes beyond it.
    package var rounds: PlanRounds? {
        guard stages.contains(where: \.repeats), !requests.isEmpty else { return nil }
        return PlanRounds(requests: UInt32(requests.count), sessions: sessionCount)
    }

    /// The request `id`, of whichever round.
    ///
    /// - Precondition: the plan has requests, and rounds where `id` is beyond them.
    package func request(_ id: UInt32) -> PlannedRequest {
        if Int(id) < requests.count { return requests[Int(id)] }
        guard let rounds else { preconditionFailure("the plan has no request \(id)") }
        let (index, round) = rounds.position(of: id)
        return rounds.request(requests[Int(index)], round: round)
    }
}

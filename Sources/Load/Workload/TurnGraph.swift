/// Which requests of a shard wait for which others of their sessions, by their positions in it.
///
/// A line costs 4 bytes a request, as much as its one follower; what graphs have beyond lines is
/// kept by the requests that have it.
struct TurnGraph: Sendable {
    /// The first request that waits for each, -1 for none.
    private var first: [Int32]
    /// Further ones.
    private var further: [Int32: [Int32]] = [:]
    /// How many a request waits for where that is not one.
    private var parentCounts: [Int32: Int] = [:]
    /// Requests without an instant of their own that begin with the first turn of their session.
    private var beginnings: [Int32: [Int32]] = [:]

    /// O(n log n).
    init(of requests: [PlannedRequest]) {
        first = Array(repeating: -1, count: requests.count)
        let order = requests.indices.sorted { a, b in
            (requests[a].session, requests[a].turn) < (requests[b].session, requests[b].turn)
        }
        var begin = 0
        while begin < order.count {
            let session = requests[order[begin]].session
            var end = begin + 1
            while end < order.count, requests[order[end]].session == session { end += 1 }
            add(order[begin..<end], of: requests)
            begin = end
        }
    }

    /// Adds a session, whose requests are in order of their turns.
    private mutating func add(_ session: ArraySlice<Int>, of requests: [PlannedRequest]) {
        guard let first = session.first else { return }
        for (index, ordinal) in zip(session.indices, session).dropFirst() {
            guard let after = requests[ordinal].after else {
                link(session[index - 1], to: ordinal)
                continue
            }
            if after.isEmpty {
                guard requests[ordinal].scheduledNs == nil else { continue }
                beginnings[Int32(first), default: []].append(Int32(ordinal))
                continue
            }
            // A request that is not there never ends, so that nothing is due behind it.
            if after.count > 1 { parentCounts[Int32(ordinal)] = after.count }
            for turn in after {
                if let parent = Self.ordinal(of: turn, in: session, requests) {
                    link(parent, to: ordinal)
                }
            }
        }
    }

    private static func ordinal(
        of turn: UInt16, in session: ArraySlice<Int>, _ requests: [PlannedRequest]
    ) -> Int? {
        // Turns are numbered without gaps, or looked for.
        let likely = session.startIndex + Int(turn)
        if likely < session.endIndex, requests[session[likely]].turn == turn {
            return session[likely]
        }
        return session.first { requests[$0].turn == turn }
    }

    private mutating func link(_ parent: Int, to child: Int) {
        if first[parent] < 0 {
            first[parent] = Int32(child)
        } else {
            further[Int32(parent), default: []].append(Int32(child))
        }
    }

    /// How many requests wait for `ordinal`.
    func followerCount(of ordinal: Int) -> Int {
        first[ordinal] < 0 ? 0 : 1 + (further.isEmpty ? 0 : further[Int32(ordinal)]?.count ?? 0)
    }

    /// One of the requests that wait for `ordinal`, from 0 on.
    func follower(_ index: Int, of ordinal: Int) -> Int {
        guard index > 0 else { return Int(first[ordinal]) }
        return further[Int32(ordinal)].map { Int($0[index - 1]) } ?? -1
    }

    /// How many requests `ordinal`, which waits for some, waits for.
    func parentCount(of ordinal: Int) -> Int {
        parentCounts.isEmpty ? 1 : parentCounts[Int32(ordinal)] ?? 1
    }

    /// Requests that a slot takes together with the session's first, `ordinal`.
    func beginnings(with ordinal: Int) -> [Int32] {
        beginnings.isEmpty ? [] : beginnings[Int32(ordinal)] ?? []
    }
}

/// Requests that wait for several, of which some have ended.
struct Joins: Sendable {
    private struct Wait {
        var left: Int
        var latestNs: Int64
    }

    private var waits: [Int: Wait] = [:]

    /// One of the `count` requests that `ordinal` waits for ended at `ns`: the instant at which the
    /// last of them has ended; nil while others have not.
    mutating func ended(at ns: Int64, of ordinal: Int, count: Int) -> Int64? {
        guard count > 1 else { return ns }
        var wait = waits[ordinal] ?? Wait(left: count, latestNs: .min)
        wait.left -= 1
        // Ends may be told in another order than that of their instants.
        wait.latestNs = max(wait.latestNs, ns)
        waits[ordinal] = wait.left > 0 ? wait : nil
        return wait.left > 0 ? nil : wait.latestNs
    }
}

/// How many requests of a closed loop's sessions are due or in flight, where that is not one.
struct RunningSessions: Sendable {
    private var counts: [UInt32: Int] = [:]

    /// A slot took `session`, of which `count` requests are due.
    mutating func began(_ session: UInt32, with count: Int) { counts[session] = count }

    /// One request of `session` has ended, and `queued` have become known to be due: whether more
    /// of it is due or in flight.
    mutating func goesOn(_ session: UInt32, with queued: Int) -> Bool {
        let now = (counts.isEmpty ? 1 : counts[session] ?? 1) - 1 + queued
        if now > 1 || !counts.isEmpty { counts[session] = now > 1 ? now : nil }
        return now > 0
    }
}

import Goodput
import TokenLog

/// How late requests left in a run of so few that a 99th percentile is their worst one or two.
///
/// A stall is a time in which the client sent nothing that was due: late requests that were
/// scheduled while another late one still waited belong to its stall. A machine hiccups now and
/// then, also when a run begins, and one hiccup can hold up several requests; so stalls are counted
/// beside requests.
package struct SendStalls: Hashable, Sendable {
    /// Requests that left, and how many of them were late in how many stalls.
    package struct Count: Hashable, Sendable {
        package var requests = 0
        package var stalls = 0
    }

    package var sends = 0
    /// Over ``ClientAudit/largestLatenessNs``.
    package var late = Count()
    /// Over ``noticeableNs`` besides.
    package var noticeable = Count()
    package var worstNs: Int64 = 0
    /// A twentieth of the median ``latency``, ns; nil without tokens.
    package var noticeableNs: Int64?
    /// The latency that a late client shows in: TTFT, or E2E where no answer streamed.
    package var latency = LatencyRow.ttft

    /// The part of a median that ``noticeableNs`` is.
    static let part = 0.05
    /// Stalls from which, with over ``latePart`` of the requests in them, a client is late whatever
    /// the TTFT: were one send in a hundred late by nature, 20 to 99 sends would show that in less
    /// than one run of 250.
    static let mostStalls = 4
    static let latePart = 0.05
    /// Requests that one stall holds up, if they are over a tenth of all: then it is in the
    /// figures, however seldom it is.
    static let fewestOfOneStall = 3
    static let oneStallPart = 0.1

    /// - Parameters:
    ///   - sends: When each request was scheduled and sent, ns, a list an agent: one client's stall
    ///     holds up no other's requests.
    ///   - totals: The totals of the run.
    init(_ sends: [[(scheduled: Int64, sent: Int64)]], _ totals: RunTotals) {
        if totals.ttft == nil { latency = .e2e }
        let median = latency.figures(of: totals, lateness: nil)?.p50
        noticeableNs = median.flatMap { Int64(exactly: ($0 * Self.part).rounded()) }
        for one in sends {
            let ordered = one.sorted { $0 < $1 }
            self.sends += ordered.count
            worstNs = max(worstNs, ordered.map { $0.sent - $0.scheduled }.max() ?? 0)
            late.add(ordered, over: ClientAudit.largestLatenessNs)
            if let noticeableNs {
                noticeable.add(ordered, over: max(ClientAudit.largestLatenessNs, noticeableNs))
            }
        }
    }

    /// Whether the client, and not chance, was late: two stalls or more that moved a request's
    /// latency by over a twentieth of the median; one that did so to three requests and over a
    /// tenth of all; or four stalls or more over 1 ms with over a twentieth of the requests in
    /// them.
    package var isClientLate: Bool {
        func exceeds(_ count: Int, _ part: Double) -> Bool {
            Double(count) > part * Double(sends)
        }
        if noticeable.stalls >= 2 { return true }
        if noticeable.requests >= Self.fewestOfOneStall,
            exceeds(noticeable.requests, Self.oneStallPart)
        {
            return true
        }
        return late.stalls >= Self.mostStalls && exceeds(late.requests, Self.latePart)
    }
}

extension SendStalls.Count {
    /// Counts the sends of one client, in the order in which they were scheduled, that left later
    /// than `bound`.
    fileprivate mutating func add(
        _ ordered: [(scheduled: Int64, sent: Int64)], over bound: Int64
    ) {
        var stallEnd = Int64.min
        for (scheduled, sent) in ordered where sent - scheduled > bound {
            requests += 1
            if scheduled > stallEnd { stalls += 1 }
            stallEnd = max(stallEnd, sent)
        }
    }
}

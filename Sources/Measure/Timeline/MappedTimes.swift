package import Goodput
package import RunRecord
package import TimeBase
package import TokenLog

/// A request's stamps on the run's timeline, none of them before `scheduled` or before the one
/// ahead.
package struct MappedTimes: Sendable {
    package var scheduled: ClusterInstant
    /// How long it waited for a slot among the requests in flight, ns.
    package var waited: Int64
    package var sent: ClusterInstant?
    package var events: [TokenEvent]
    /// Its reads, where raw stamps were kept.
    package var reads: [StampedRead]?
    package var finish: ClusterInstant
    /// The first token of the answer itself, where reasoning came before it.
    package var firstAnswer: ClusterInstant?
    /// Tokens of reasoning before the answer's first one; all of them where none of it came.
    package var thoughtTokens: UInt32

    /// - Parameters:
    ///   - finish: When it ended, on its agent's clock; of a request whose records lack it, nil:
    ///     when the last of them is from.
    package init(
        _ request: MergedRequest, _ sent: SentRecord, finish: LocalInstant?, by map: StampMap
    ) {
        let scheduled = map.instant(sent.scheduled)
        self.scheduled = scheduled
        waited = max(0, sent.free.ns &- sent.scheduled.ns)
        self.sent = sent.sent.map { max(scheduled, map.instant($0)) }
        let counted = request.countedTokens
        events = map.events(of: counted, notBefore: scheduled)
        let thoughts = counted.prefix { !$0.kind.isAnswer }.reduce(0) { $0 + Int($1.count) }
        thoughtTokens = UInt32(clamping: thoughts)
        var last = events.last.map { ClusterInstant(ns: $0.time) } ?? scheduled
        if let finish { last = max(last, map.instant(finish)) }
        self.finish = last
        // Reasoning first: then the answer's own first token is a figure of its own.
        if request.tokens.first?.kind.isAnswer == false,
            let first = request.tokens.first(where: { $0.kind.isAnswer })
        {
            firstAnswer = max(scheduled, map.instant(first.stamp))
        }
        if !request.delays.isEmpty {
            var before = scheduled
            reads = zip(request.tokens, request.delays).map { token, delay in
                before = max(before, map.instant(token.stamp))
                return StampedRead(time: before.ns, delay: Int64(delay))
            }
        }
    }
}

/// One read of a stream that brought tokens.
package struct StampedRead: Hashable, Sendable {
    /// Its stamp, ns since the run's epoch.
    package var time: Int64
    /// From the stamp to the callback that took it, ns of the agent's clock.
    package var delay: Int64

    package init(time: Int64, delay: Int64) {
        self.time = time
        self.delay = delay
    }
}

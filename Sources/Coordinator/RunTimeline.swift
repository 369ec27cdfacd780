import ClockSync
import CoordinatorCore
import Goodput
import Report
import TimeBase
import TokenLog

/// Where every agent's stamps lie on the run's one timeline.
struct RunTimeline {
    /// Time 0, on the coordinator's clock.
    let start: LocalInstant
    /// By agent; nil where no probe was answered.
    let fits: [ClockFit?]
    /// Coordinator minus agent as the start knew it, for an agent without a fit.
    let offsetsNs: [Int64]
    /// Whether agent and coordinator read one clock: they name it so, and no exchange says otherwise.
    let sharesClock: [Bool]

    /// An agent's stamp on the run's timeline. A clock that is shared is not estimated.
    func instant(_ local: LocalInstant, of agent: Int) -> ClusterInstant {
        ClusterInstant(ns: coordinatorNs(local, of: agent) &- start.ns)
    }

    private func coordinatorNs(_ local: LocalInstant, of agent: Int) -> Int64 {
        if sharesClock[agent] { return local.ns }
        return fits[agent]?.map(local).coordinatorNs ?? local.ns &+ offsetsNs[agent]
    }

    /// The request's reads where raw stamps were kept, none of them before `scheduled` or before the
    /// one ahead; else nil.
    func reads(
        of request: MergedRequest, notBefore scheduled: ClusterInstant
    ) -> [MeasuredRequest.Read]? {
        guard !request.delays.isEmpty else { return nil }
        var last = scheduled
        return zip(request.tokens, request.delays).map { token, delay in
            last = max(last, instant(token.stamp, of: request.agent))
            return MeasuredRequest.Read(time: last.ns, delay: Int64(delay))
        }
    }

    /// The request's token events, none of them before `scheduled` or before the one ahead.
    func events(
        of request: MergedRequest, notBefore scheduled: ClusterInstant
    ) -> [TokenEvent] {
        var last = scheduled
        let records = request.countedTokens
        var events: [TokenEvent] = []
        events.reserveCapacity(records.reduce(0) { $0 + Int($1.events) })
        for record in records {
            last = max(last, instant(record.stamp, of: request.agent))
            for count in record.eventCounts {
                events.append(TokenEvent(time: last.ns, count: UInt32(count)))
            }
        }
        return events
    }
}

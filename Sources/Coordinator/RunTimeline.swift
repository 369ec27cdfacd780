import ClockSync
import CoordinatorCore
import Goodput
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

    /// An agent's stamp on the run's timeline.
    func instant(_ local: LocalInstant, of agent: Int) -> ClusterInstant {
        let coordinator = fits[agent]?.map(local).coordinatorNs ?? local.ns &+ offsetsNs[agent]
        return ClusterInstant(ns: coordinator &- start.ns)
    }

    /// The request's token events, none of them before `scheduled` or before the one ahead.
    func events(
        of request: MergedRequest, notBefore scheduled: ClusterInstant
    ) -> [TokenEvent] {
        var last = scheduled
        return request.countedTokens.map { token in
            last = max(last, instant(token.stamp, of: request.agent))
            return TokenEvent(time: last.ns, count: UInt32(token.count))
        }
    }
}

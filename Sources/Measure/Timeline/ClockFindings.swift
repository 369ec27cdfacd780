import ClockSync
import Journal
import PlainText
package import RunRecord
package import TimeBase
import TokenLog

/// Findings on one agent's clock, from the run's records.
package struct ClockFindings: Sendable {
    /// For the manifest, its problems included.
    package var record: ClockRecord
    /// Coordinator minus agent at the start, ns.
    package var offsetNs: Int64?

    /// Judges the clock of `agent` over `window` of its own clock.
    ///
    /// - Parameter reversed: The agent's responses that map before their requests.
    package init(
        _ timeline: Timeline, agent: Int, over window: ClosedRange<LocalInstant>,
        reversed: EffectsBeforeCauses
    ) {
        let clock = timeline.clocks[agent]
        let fit = timeline.fits[agent]
        if let fit {
            record = ClockRecord(fit, over: window)
            if let sentence = reversed.sentence { record.problems.append(sentence) }
        } else {
            record = ClockRecord()
            record.exchanges = clock.exchangeCount
            record.problems = [timeline.faults[agent] ?? ""]
        }
        record.bootID = clock.names.last?.bootID ?? ""
        record.timeNamespace = clock.names.last?.timeNamespace ?? ""
        record.isShared = clock.isShared
        offsetNs = fit.map { fit in
            let local = timeline.local(ClusterInstant(ns: 0), of: agent)
            return clock.isShared ? 0 : fit.map(local).coordinatorNs &- local.ns
        }
    }
}

/// Responses that the mapping puts before their requests by more than all that the bounds allow:
/// then a stamp or the mapping is wrong, and the events are left as they are.
package struct EffectsBeforeCauses: Hashable, Sendable {
    private var count = 0
    private var worst: Int64 = 0

    package init() {}

    /// Looks at a request.
    package mutating func add(_ request: MergedRequest, on timeline: Timeline) {
        guard let sent = request.sent?.sent, let first = request.tokens.first?.stamp,
            // On one clock that runs on, a later stamp never maps before an earlier one.
            first < sent || timeline.hasBreaks[request.agent],
            let fit = timeline.fits[request.agent]
        else { return }
        let cause = fit.map(sent)
        let effect = fit.map(first)
        guard effect.hardHighNs < cause.hardLowNs else { return }
        count += 1
        worst = max(worst, cause.coordinatorNs &- effect.coordinatorNs)
    }

    var sentence: String? {
        guard count > 0 else { return nil }
        let responses = count == 1 ? "1 response maps" : "\(count) responses map"
        return
            "\(responses) before the request was sent, by up to \(Figures.span(worst)) and more "
            + "than the bounds allow: stamps of this agent or its mapping are wrong"
    }
}

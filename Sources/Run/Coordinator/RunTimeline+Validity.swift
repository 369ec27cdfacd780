import ClockSync
import CoordinatorCore
import PlainText
import Results
import TimeBase
import TokenLog

/// Findings on one agent's clock, from the run's records.
struct ClockFindings {
    /// For the manifest, its problems included.
    var record: ClockRecord
    /// Coordinator minus agent at the start, ns.
    var offsetNs: Int64?
}

extension RunTimeline {
    /// Judges the clock of `agent` over `window` of its own clock.
    ///
    /// - Parameter requests: all that the run merged; only the agent's own are looked at.
    func findings(
        of agent: Int, over window: ClosedRange<LocalInstant>, requests: [MergedRequest]
    ) -> ClockFindings {
        var record: ClockRecord
        if let fit = fits[agent] {
            record = ClockRecord(fit, over: window)
            if let fault = effectsBeforeCauses(of: agent, fit, in: requests) {
                record.problems.append(fault)
            }
        } else {
            record = ClockRecord()
            record.exchanges = clocks[agent].exchanges.count
            record.problems = [faults[agent] ?? ""]
        }
        record.bootID = clocks[agent].names.last?.bootID ?? ""
        record.timeNamespace = clocks[agent].names.last?.timeNamespace ?? ""
        record.isShared = clocks[agent].isShared
        let offset = fits[agent].map { fit in
            let local = local(ClusterInstant(ns: 0), of: agent)
            return clocks[agent].isShared ? 0 : fit.map(local).coordinatorNs &- local.ns
        }
        return ClockFindings(record: record, offsetNs: offset)
    }

    /// Responses that the mapping puts before their requests by more than all that the bounds
    /// allow: then a stamp or the mapping is wrong, and the events are left as they are.
    private func effectsBeforeCauses(
        of agent: Int, _ fit: ClockFit, in requests: [MergedRequest]
    ) -> String? {
        var count = 0
        var worst: Int64 = 0
        for request in requests where request.agent == agent {
            guard let sent = request.sent?.sent, let first = request.tokens.first?.stamp,
                // On one clock that runs on, a later stamp never maps before an earlier one.
                first < sent || !fit.events.isEmpty
            else { continue }
            let cause = fit.map(sent)
            let effect = fit.map(first)
            guard effect.hardHighNs < cause.hardLowNs else { continue }
            count += 1
            worst = max(worst, cause.coordinatorNs &- effect.coordinatorNs)
        }
        guard count > 0 else { return nil }
        let responses = count == 1 ? "1 response maps" : "\(count) responses map"
        return
            "\(responses) before the request was sent, by up to \(Figures.span(worst)) and more "
            + "than the bounds allow: stamps of this agent or its mapping are wrong"
    }

    /// From the agent's first scored request to the end of its last one, on its own clock; the
    /// start, where it has none.
    ///
    /// - Parameters:
    ///   - isScored: Whether the request at a place of `requests` is no warm-up.
    ///   - end: Where the agent's part ends on the timeline; it is not judged for the time after it
    ///     was lost.
    func window(
        of agent: Int, requests: [MergedRequest], isScored: (Int) -> Bool,
        until end: ClusterInstant?
    ) -> ClosedRange<LocalInstant> {
        var first: LocalInstant?
        var last: LocalInstant?
        for (place, request) in requests.enumerated() where request.agent == agent {
            guard isScored(place), let sent = request.sent, let finish = request.finish,
                finish.outcome != .notNeeded
            else { continue }
            first = min(first ?? sent.scheduled, sent.scheduled)
            last = max(last ?? finish.at, finish.at)
        }
        let begin = first ?? local(ClusterInstant(ns: 0), of: agent)
        var close = last ?? begin
        if let end { close = min(close, local(end, of: agent)) }
        return begin...max(begin, close)
    }
}

extension RunAgent {
    /// Takes in what was found of the agent's clock.
    mutating func set(_ findings: ClockFindings, bounds: ClockBounds) {
        clock = findings.record
        clockOffset = findings.offsetNs.map(Double.init)
        // Without a fit nothing is known of the truth.
        let hasFit = findings.record.hard != nil
        clockHalfWidth = hasFit ? findings.record.hard?.maximum : nil
        clockBounds = hasFit ? bounds : nil
    }
}

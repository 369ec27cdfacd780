import PlainText
import Results
import RunRecord
import Timeline
import TokenLog

extension ResultTable {
    /// How well clocks are known, of those of which something is odd; of all with everything shown,
    /// and none where no fit is.
    var clockRows: [String] {
        let further = isVerbose ? ["budget +-", "est +-"] : []
        var table = TextTable(
            heading: ["clock", "probes", "min RTT", "skew ppm", "clock +-", "max"] + further
                + ["events"])
        let known = summary.header.agents.compactMap { agent in
            agent.clock.map { (agent.name, $0) }
        }
        let widths = known.compactMap { $0.1.hard?.maximum }.sorted()
        let usual = widths.isEmpty ? 0 : widths[(widths.count - 1) / 2]
        let shown = known.filter { isVerbose || $0.1.isOdd(beside: usual) }
        for (name, clock) in shown {
            let further = [clock.budget, clock.est].map { Figures.span($0?.maximum) }
            table.add(
                [
                    name.harmless, String(clock.exchanges), Figures.span(clock.minRTT),
                    clock.skewPPM.map { Figures.fixed($0, 2) } ?? "-",
                    Figures.span(clock.hard?.median), Figures.span(clock.hard?.maximum),
                ] + (isVerbose ? further : []) + [clock.breaks])
        }
        return shown.isEmpty
            ? []
            : table.lines(
                width: width, sparing: ["est +-", "budget +-", "probes", "skew ppm", "min RTT"])
    }

    /// How the clients themselves did, of those of which something is odd; of all with everything
    /// shown, and none where no agent said.
    var clientRows: [String] {
        let further = isVerbose ? ["queue p99", "joined", "odd"] : []
        // With all columns there is no room for the longer word.
        let delay = isVerbose ? "delay p50" : "read delay p50"
        var table = TextTable(
            heading: ["client", "busy", "busiest s", "cores", delay, "p99"] + further
                + ["time-outs", "priority"])
        let audited = summary.header.agents.compactMap { agent in
            agent.audit.map { (agent.name, $0) }
        }
        let shown = audited.filter { isVerbose || $0.1.isOdd }
        for (name, audit) in shown {
            let further = [
                audit.readWaiting.upperBound(ofRank: 0.99).map(Self.bytes) ?? "-",
                audit.joinedShare.map { Figures.percent($0) } ?? "-",
                String(audit.outOfOrder &+ audit.unstamped),
            ]
            table.add(
                [
                    name.harmless, Self.share(audit.busyPermille, of: audit),
                    Self.share(audit.busiestPermille, of: audit),
                    audit.coresBusy.map { Figures.fixed($0, 2) } ?? "-",
                    Figures.span(audit.readDelay.upperBound(ofRank: 0.5)),
                    Figures.span(audit.readDelay.upperBound(ofRank: 0.99)),
                ] + (isVerbose ? further : [])
                    + [String(audit.timeouts), PriorityRemarks.cell(audit.priority)])
        }
        return shown.isEmpty
            ? []
            : table.lines(width: width, sparing: ["odd", "joined", "queue p99", delay, "cores"])
    }

    /// A share of a loop's time; a dash for a loop that had nothing to send.
    private static func share(_ permille: UInt16, of audit: ClientAudit) -> String {
        audit.sends == 0 ? "-" : Figures.percent(Double(permille) / 1_000)
    }

    /// `512 B`, `63 KiB`.
    private static func bytes(_ count: Int64) -> String {
        count < 10_240 ? "\(count) B" : "\(count >> 10) KiB"
    }
}

extension ClockRecord {
    /// A half-width that is worth a look whatever the others' are, ns: requests are late from
    /// there.
    private static let wide = ClientAudit.largestLatenessNs

    /// Whether something about it is worth a row: a break, no bound, or a far wider one than others
    /// have.
    ///
    /// - Parameter usual: The median of all agents' greatest half-widths, ns.
    fileprivate func isOdd(beside usual: Int64) -> Bool {
        guard isValid, breaks == "none", let widest = hard?.maximum else { return true }
        return widest > Self.wide || (widest > 100_000 && widest / 4 > usual)
    }
}

extension ClientAudit {
    /// The busiest second from which on a client is near its limit, in thousandths.
    private static let notablyBusyPermille: UInt16 = 500

    /// Whether something about the client is worth a row.
    fileprivate var isOdd: Bool {
        !limits.isEmpty || overload.totalNs > 0 || timeouts > 0
            || busiestPermille >= Self.notablyBusyPermille
            || priority?.refusal != nil || priority?.stepBack != nil
    }
}

import EventLoop
import ServingClient
import TimeBase
import TokenLog

/// Keeps the load's ``ClientAudit``: a few additions a token, the rest once a second.
struct LoadAudit {
    private var figures = ClientAudit()
    private var lateness = LatenessMeter()
    private var begun: Reading?
    private var before: Reading?
    private static let shortestStretch = TimeSpan.milliseconds(500)

    /// One look at the loop and the process.
    struct Reading {
        var load: LoopLoad
        var cpuNs: UInt64
        var at: LocalInstant
    }

    mutating func began(_ reading: Reading) {
        begun = reading
        before = reading
    }

    mutating func sent(lateness: TimeSpan) {
        self.lateness.add(lateness)
        figures.sends += 1
    }

    mutating func counted(_ record: TokenRecord) {
        figures.events.add(UInt64(record.events), record.source)
    }

    mutating func finished(_ error: RequestError?) {
        switch error?.kind {
        case .connectTimeout, .firstTokenTimeout, .betweenTokensTimeout, .totalTimeout:
            figures.timeouts += 1
        default: break
        }
    }

    /// Measures of the time since the last call: the loop's busy share in thousandths, and the 99th
    /// percentile of send lateness in ns.
    mutating func takeRecent(_ reading: Reading) -> (busyPermille: UInt16, latenessP99Ns: Int64) {
        let busy = Self.permille(from: before, to: reading)
        // The start falls between two statuses: a stretch of microseconds says nothing.
        if let before, reading.at - before.at >= Self.shortestStretch {
            figures.busiestPermille = max(figures.busiestPermille, busy)
            figures.overload = overload(through: reading)
        }
        before = reading
        return (busy, lateness.takeP99())
    }

    /// Everything so far.
    func audit(_ reading: Reading, reads: ReadAudit) -> ClientAudit {
        var audit = figures
        (audit.latenessP50Ns, audit.latenessP99Ns, audit.latenessMaxNs) = lateness.whole
        audit.readDelay = reads.delay
        audit.readWaiting = reads.waiting
        audit.lateJoins = reads.lateJoins
        audit.outOfOrder = reads.outOfOrder
        audit.unstamped = reads.unstamped
        guard let begun else { return audit }
        audit.busyPermille = Self.permille(from: begun, to: reading)
        audit.busiestPermille = max(audit.busiestPermille, audit.busyPermille)
        if let before, reading.at - before.at >= Self.shortestStretch {
            let last = Self.permille(from: before, to: reading)
            audit.busiestPermille = max(audit.busiestPermille, last)
            audit.overload = overload(through: reading)
        }
        audit.cpuNs = reading.cpuNs &- begun.cpuNs
        audit.wallNs = UInt64(max(0, (reading.at - begun.at).ns))
        return audit
    }

    /// The overload with the stretch since the last look.
    private func overload(through reading: Reading) -> Overload {
        var overload = figures.overload
        guard let begun, let before else { return overload }
        overload.add(
            from: UInt64(max(0, (before.at - begun.at).ns)),
            to: UInt64(max(0, (reading.at - begun.at).ns)),
            permille: Self.permille(from: before, to: reading))
        return overload
    }

    private static func permille(from: Reading?, to: Reading) -> UInt16 {
        guard let from, let share = to.load.busyShare(since: from.load) else { return 0 }
        return UInt16(clamping: Int(share * 1_000))
    }
}

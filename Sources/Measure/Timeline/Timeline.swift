package import ClockSync
package import TimeBase

/// Where every agent's stamps lie on a run's one timeline.
package struct Timeline: Sendable {
    /// Time 0, on the coordinator's clock.
    package let start: LocalInstant
    package let clocks: [AgentClock]
    /// By agent; nil where there is none, and then ``faults`` says why.
    package let fits: [ClockFit?]
    package let faults: [String?]
    /// Whether the agent's clock broke.
    let hasBreaks: [Bool]

    /// Fits all clocks, as many at a time as there are cores.
    package init(start: LocalInstant, clocks: [AgentClock]) {
        self.start = start
        self.clocks = clocks.map { clock in
            var clock = clock
            clock.exchangeCount = clock.exchanges.count
            clock.lastProbe = clock.exchanges.last.map { LocalInstant(ns: $0.t3) }
            clock.exchanges = []
            return clock
        }
        var fits: [ClockFit?] = []
        var faults: [String?] = []
        let made = ClockFits.all(
            clocks.map { clock in
                // A fit never crosses two clocks, which have nothing in common.
                ClockFits.Evidence(
                    exchanges: clock.names.count > 1 ? [] : clock.exchanges,
                    readings: clock.readings)
            })
        for (clock, result) in zip(clocks, made) {
            switch result {
            case .success(let fit):
                fits.append(fit)
                faults.append(nil)
            case .failure(let error):
                fits.append(nil)
                faults.append(clock.rebooted ?? "\(error)")
            }
        }
        self.fits = fits
        self.faults = faults
        hasBreaks = fits.map { $0.map { !$0.events.isEmpty } ?? false }
    }

    /// A stamp of agent `agent` on the timeline.
    ///
    /// A clock that is shared is not estimated: the fit errs by microseconds, the identity by
    /// nothing. O(log exchanges); ``StampMap`` is for many.
    package func instant(_ local: LocalInstant, of agent: Int) -> ClusterInstant {
        let ns =
            clocks[agent].isShared
            ? local.ns
            : fits[agent]?.map(local).coordinatorNs ?? local.ns &+ clocks[agent].offsetNs
        return ClusterInstant(ns: ns &- start.ns)
    }

    /// The agent's reading at an instant of the timeline: what ``instant(_:of:)`` maps there, to
    /// some ns.
    package func local(_ instant: ClusterInstant, of agent: Int) -> LocalInstant {
        var local = LocalInstant(
            ns: start.ns &+ instant.ns &- clocks[agent].plainOffsetNs)
        // The rates differ by some hundred ppm: a correction leaves that share of the error.
        for _ in 0..<3 { local.ns &-= self.instant(local, of: agent).ns &- instant.ns }
        return local
    }
}

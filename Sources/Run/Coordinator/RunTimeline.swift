import ClockSync
import CoordinatorCore
import Results
import TimeBase

/// Where every agent's stamps lie on the run's one timeline.
struct RunTimeline {
    /// The evidence on one agent's clock.
    struct Clock {
        var exchanges: [ClockExchange] = []
        /// The agent's four clocks over the run.
        var readings: [ClockReading] = []
        /// Coordinator minus agent as the start knew it, for an agent without a fit.
        var offsetNs: Int64 = 0
        /// Names that the agent gave its clock, in order, without repetition.
        var names: [ClockID] = []
        /// Whether agent and coordinator read one clock: they name it so, and no exchange says
        /// otherwise (a preloaded library may bend a clock).
        var isShared = false
    }

    /// The identity that tells one host's clocks apart.
    struct ClockID: Hashable {
        var bootID: String
        var timeNamespace: String
    }

    /// Time 0, on the coordinator's clock.
    let start: LocalInstant
    let clocks: [Clock]
    /// By agent; nil where there is none, and then ``faults`` says why.
    let fits: [ClockFit?]
    let faults: [String?]
    /// Fits all clocks, as many at a time as there are cores.
    init(start: LocalInstant, clocks: [Clock]) {
        self.start = start
        self.clocks = clocks
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
                faults.append(Self.rebooted(clock) ?? "\(error)")
            }
        }
        self.fits = fits
        self.faults = faults
    }

    private static func rebooted(_ clock: Clock) -> String? {
        guard clock.names.count > 1 else { return nil }
        let boots = Set(clock.names.map(\.bootID)).count
        let what = boots > 1 ? "boots of its host" : "time namespaces"
        return
            "it ran under \(max(boots, clock.names.count)) \(what), whose clocks have nothing in "
            + "common: the global timeline is broken, and only latencies within one of them hold"
    }

    /// An agent's stamp on the run's timeline; `bounds` takes in how far the truth may lie from it.
    ///
    /// A clock that is shared is not estimated: the fit errs by microseconds, the identity by
    /// nothing.
    func instant(
        _ local: LocalInstant, of agent: Int, bounds: inout ClockBounds
    ) -> ClusterInstant {
        guard let mapped = fits[agent]?.map(local) else {
            let offset = clocks[agent].isShared ? 0 : clocks[agent].offsetNs
            return ClusterInstant(ns: local.ns &+ offset &- start.ns)
        }
        let ns = clocks[agent].isShared ? local.ns : mapped.coordinatorNs
        bounds.include(ns, hardLow: mapped.hardLowNs, hardHigh: mapped.hardHighNs)
        return ClusterInstant(ns: ns &- start.ns)
    }

    /// An agent's stamp on the run's timeline.
    func instant(_ local: LocalInstant, of agent: Int) -> ClusterInstant {
        var ignored = ClockBounds(low: 0, high: 0)
        return instant(local, of: agent, bounds: &ignored)
    }

    /// The agent's reading at an instant of the timeline: what ``instant(_:of:)`` maps there, to
    /// some ns.
    func local(_ instant: ClusterInstant, of agent: Int) -> LocalInstant {
        let offset = clocks[agent].isShared ? 0 : clocks[agent].offsetNs
        var local = LocalInstant(ns: start.ns &+ instant.ns &- offset)
        // The rates differ by some hundred ppm: a correction leaves that share of the error.
        for _ in 0..<3 { local.ns &-= self.instant(local, of: agent).ns &- instant.ns }
        return local
    }
}

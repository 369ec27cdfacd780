package import ClockSync
package import Journal
package import RunRecord
package import TimeBase
import Wire

/// The evidence on one agent's clock.
package struct AgentClock: Sendable {
    /// The exchanges that the fit is made from; ``Timeline`` keeps their number and the last one
    /// alone.
    package var exchanges: [ClockExchange] = []
    /// How many exchanges there are.
    package internal(set) var exchangeCount = 0
    /// When the agent answered last, on its clock; nil where it never did.
    package internal(set) var lastProbe: LocalInstant?
    /// The agent's four clocks over the run.
    package var readings: [ClockReading] = []
    /// Coordinator minus agent as the start knew it, for an agent without a fit, ns.
    package var offsetNs: Int64 = 0
    /// Coordinator minus agent where the fit is not asked, ns: a shared clock is off by nothing.
    package var plainOffsetNs: Int64 { isShared ? 0 : offsetNs }
    /// Names that the agent gave its clock, in order, without repetition.
    package var names: [ClockName] = []
    /// Whether agent and coordinator read one clock: then its stamps need no mapping.
    package var isShared = false

    package init() {}

    /// The evidence that a run's journal has on the clock of agent `index`; the exchanges are
    /// taken out of `record`.
    package init(of index: Int, from record: inout RunRecord) {
        exchanges = record.takeExchanges(of: index)
        let agent = record.agents[index]
        readings = agent.log.readings
        offsetNs = agent.start?.offsetNs ?? 0
        names = agent.clocks
        isShared = record.sharesClock(index)
    }

    /// Why there can be no one mapping; nil where there can.
    package var rebooted: String? {
        guard names.count > 1 else { return nil }
        let boots = Set(names.map(\.bootID)).count
        let what = boots > 1 ? "boots of its host" : "time namespaces"
        return
            "it ran under \(max(boots, names.count)) \(what), whose clocks have nothing in "
            + "common: the global timeline is broken, and only latencies within one of them hold"
    }
}

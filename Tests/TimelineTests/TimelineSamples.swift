import ClockSync
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog

/// A run that began at 1 s of the coordinator's clock, and clocks of its one agent.
enum TimelineSamples {
    static let start = LocalInstant(ns: 1_000_000_000)
    static let window = LocalInstant(ns: 1_100_000_000)...LocalInstant(ns: 1_800_000_000)

    /// Exchanges of 10 us out and 90 us back with an agent whose clock is `offset` behind: their
    /// middle is wrong by 40 us.
    static func exchanges(offset: Int64 = 0) -> [ClockExchange] {
        (0..<20).map { (index: Int64) -> ClockExchange in
            let sent = 1_000_000_000 + index * 50_000_000
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: sent + 10_000 - offset,
                t3: sent + 10_000 - offset, t4: sent + 100_000)
        }
    }

    /// Twenty seconds of exchanges with an agent whose clock is 5 ms behind and slow by `ppm`.
    static func drifting(ppm: Int64) -> [ClockExchange] {
        (0..<400).map { (index: Int64) -> ClockExchange in
            let sent = 1_000_000_000 + index * 50_000_000
            let agent = { (ns: Int64) in
                ns - 5_000_000 - (ns - 1_000_000_000) / 1_000 * ppm / 1_000
            }
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: agent(sent + 20_000),
                t3: agent(sent + 21_000), t4: sent + 41_000)
        }
    }

    static func clock(
        _ exchanges: [ClockExchange], shares: Bool, boots: [String] = ["b"],
        namespaces: [String] = ["n"]
    ) -> AgentClock {
        var clock = AgentClock()
        clock.exchanges = exchanges
        clock.offsetNs = 7
        clock.names = boots.flatMap { boot in
            namespaces.map { ClockName(host: "h", bootID: boot, timeNamespace: $0) }
        }
        clock.isShared = shares
        return clock
    }

    static func timeline(
        _ exchanges: [ClockExchange], shares: Bool = false, boots: [String] = ["b"],
        namespaces: [String] = ["n"]
    ) -> Timeline {
        Timeline(
            start: start,
            clocks: [clock(exchanges, shares: shares, boots: boots, namespaces: namespaces)])
    }

    static func token(
        _ ns: Int64, count: UInt16 = 1, events: UInt16 = 1, kind: TokenKind = .content
    ) -> TokenRecord {
        TokenRecord(
            stamp: LocalInstant(ns: ns), request: 0, count: count, events: events, kind: kind,
            source: .kernel)
    }

    static func request(sent: Int64, first: Int64, finish: Int64) -> MergedRequest {
        var request = MergedRequest(id: 0, agent: 0)
        request.sent = SentRecord(
            request: 0, scheduled: LocalInstant(ns: sent), sent: LocalInstant(ns: sent), target: 0)
        request.tokens = [token(first)]
        request.finish = FinishRecord(
            request: 0, at: LocalInstant(ns: finish), outcome: .completed)
        return request
    }
}

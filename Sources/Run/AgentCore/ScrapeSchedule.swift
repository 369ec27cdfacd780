package import TimeBase

/// When an agent's servers are asked for their metrics, and when one is asked no more.
///
/// All are asked at the start and at whole intervals behind it. A server that has not answered yet
/// is passed over, and what was passed over is not made up for.
package struct ScrapeSchedule: Sendable {
    /// Tries in a row of a server that has never answered: it has no metrics.
    package static let tries = 3
    /// Tries in a row of one that has: under load its answers may be late just when they are worth
    /// most.
    package static let triesAfterAnswer = 60

    private struct Server {
        var isAsked = false
        var hasAnswered = false
        var isStopped = false
        var failuresInRow = 0
    }

    private let start: LocalInstant
    private let interval: TimeSpan
    private var servers: [Server]
    /// Intervals that have begun.
    private var ticks: Int64 = 0

    /// - Parameters:
    ///   - servers: how many there are.
    ///   - interval: from a question to the next, above 0.
    package init(servers: Int, start: LocalInstant, interval: TimeSpan) {
        precondition(interval > .zero, "servers are asked at intervals")
        self.servers = Array(repeating: Server(), count: servers)
        self.start = start
        self.interval = interval
    }

    /// When some server is to be asked next; nil where none is any more.
    package var nextDue: LocalInstant? {
        guard servers.contains(where: { !$0.isStopped }) else { return nil }
        let (ns, isBeyond) = interval.ns.multipliedReportingOverflow(by: ticks)
        return isBeyond ? nil : start + TimeSpan(ns: ns)
    }

    /// Servers to be asked now: they count as asked until ``answered(_:)`` or ``failed(_:)``.
    package mutating func takeDue(now: LocalInstant) -> [Int] {
        guard let due = nextDue, now >= due else { return [] }
        ticks = (now - start).ns / interval.ns + 1
        let asked = servers.indices.filter { !servers[$0].isStopped && !servers[$0].isAsked }
        for index in asked { servers[index].isAsked = true }
        return asked
    }

    /// A server told its metrics.
    package mutating func answered(_ server: Int) {
        servers[server].isAsked = false
        servers[server].hasAnswered = true
        servers[server].failuresInRow = 0
    }

    /// A server told none.
    ///
    /// - Returns: whether it is not asked again.
    package mutating func failed(_ server: Int) -> Bool {
        servers[server].isAsked = false
        servers[server].failuresInRow += 1
        let most = servers[server].hasAnswered ? Self.triesAfterAnswer : Self.tries
        servers[server].isStopped = servers[server].failuresInRow >= most
        return servers[server].isStopped
    }
}

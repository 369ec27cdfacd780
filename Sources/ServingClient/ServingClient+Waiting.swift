import DequeModule
import HTTPStream
import Workload

/// Requests that wait for a connection, where the run allows only so many to a target.
extension ServingClient {
    private var limit: Int? {
        guard case .limited(let limit) = configuration.connections else { return nil }
        return Int(limit)
    }

    /// Whether another connection to the target may be opened.
    func hasRoom(_ target: Int) -> Bool { limit.map { connectionCounts[target] < $0 } ?? true }

    /// Whether a request has to wait: others do, or every connection that there may be is busy.
    func mustWait(_ target: Int) -> Bool {
        guard limit != nil else { return false }
        return !waiting[target].isEmpty || !makesWay(target)
    }

    /// Whether a request finds a connection, or may open one: a connection that only waits for the rest
    /// of a body is given up for it.
    private func makesWay(_ target: Int) -> Bool {
        if !idle[target].isEmpty || !opening[target].isEmpty || hasRoom(target) { return true }
        guard let lingering = connections.first(where: { $0.isLingering && $0.target == target })
        else { return false }
        remove(lingering)
        return true
    }

    func wait(_ exchange: Exchange, target: Int) {
        exchange.isWaiting = true
        waiting[target].append(exchange)
        if case .request = exchange.purpose { queued[exchange.id] = exchange }
    }

    /// Hands connections that have become free to those who wait for one, the first to come first.
    func serveWaiting(_ target: Int) {
        guard limit != nil, !isClosed else { return }
        while let next = waiting[target].first {
            guard !next.isWaiting || makesWay(target) else { return }
            waiting[target].removeFirst()
            // It may have been cancelled meanwhile.
            guard next.isWaiting else { continue }
            next.isWaiting = false
            queued[next.id] = nil
            begin(next, target: target)
        }
    }

    /// The body of an answer that had ended before has ended, or was waited for long enough.
    func restEnded(_ connection: ClientConnection, isReusable: Bool) {
        let target = connection.target
        if isReusable, !isClosed {
            connection.becomeIdle()
            idle[target].append(connection)
        } else {
            remove(connection)
            reopen(target)
        }
        serveWaiting(target)
    }
}

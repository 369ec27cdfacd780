import DequeModule
import EventLoop
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
        limit != nil && (!waiting[target].isEmpty || !hasFree(target))
    }

    /// Whether a request finds a connection, or may open one.
    private func hasFree(_ target: Int) -> Bool {
        !idle[target].isEmpty || !opening[target].isEmpty || hasRoom(target)
    }

    func wait(_ exchange: Exchange, target: Int) {
        exchange.isWaiting = true
        waiting[target].append(exchange)
        if case .request = exchange.purpose { queued[exchange.id] = exchange }
        hurryLingering()
    }

    /// Lets connections that only wait for the rest of a body go soon, for somebody wants one.
    private func hurryLingering() {
        guard !lingering.isEmpty, !lingerTimer.isActive else { return }
        lingerTimer.start(after: ClientTimeouts.afterDoneInDemand) { [unowned self] in
            for connection in lingering
            where !connection.isClosed && !waiting[connection.target].isEmpty {
                restEnded(connection, isReusable: false)
            }
        }
    }

    /// Hands connections that have become free to those who wait for one, the first to come first.
    func serveWaiting(_ target: Int) {
        guard limit != nil, !isClosed else { return }
        while let next = waiting[target].first {
            guard !next.isWaiting || hasFree(target) else { return hurryLingering() }
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
            lingering.removeAll { $0 === connection }
            connection.becomeIdle()
            idle[target].append(connection)
        } else {
            remove(connection)
            reopen(target)
        }
        serveWaiting(target)
    }
}

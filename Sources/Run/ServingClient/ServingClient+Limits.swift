import EventLoop
import Glibc
import TimeBase
import TokenLog

extension ServingClient {
    /// Looks at the limits from now on, as long as anything waits.
    func startLimits() {
        guard !limitTimer.isActive else { return }
        let every = configuration.timeouts.resolution
        limitTimer.start(after: every, repeating: every) { [unowned self] in checkLimits() }
    }

    private func checkLimits() {
        let now = RawClock.now()
        let timeouts = configuration.timeouts
        var isAnyWaiting = false
        for connection in connections where !connection.isClosed {
            if connection.isConnecting {
                isAnyWaiting = true
                guard now - connection.opened > timeouts.connect else { continue }
                let error = SystemError(
                    code: -ETIMEDOUT,
                    attempted: "\(connection.attempted) \(targets[connection.target]) within "
                        + timeouts.connect.words)
                couldNotConnect(connection, .system(error), kind: .connectTimeout)
            } else if let exchange = connection.exchange {
                isAnyWaiting = true
                if let (kind, detail) = exchange.overdue(at: now, timeouts) {
                    broke(connection, exchange, kind, detail)
                }
            } else if let rest = connection.rest {
                isAnyWaiting = true
                if now > rest.until { restEnded(connection, isReusable: false) }
            }
        }
        if !isAnyWaiting { limitTimer.stop() }
    }
}

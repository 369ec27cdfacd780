import HTTPServer
import TimeBase

/// The open streams of a dashboard: each gets the newest state, or none where it has not taken the
/// one before. A state is whole, so that nothing is missed by what is left out.
///
/// Confined to the dashboard's thread.
final class Viewers {
    /// Streams at once.
    static let most = 16
    /// How long a viewer may leave a state untaken.
    static let patience = TimeSpan.seconds(30)

    private struct Viewer {
        let exchange: HTTPExchange
        var takenAt: LocalInstant
    }

    private var viewers: [ObjectIdentifier: Viewer] = [:]

    var count: Int { viewers.count }
    var isFull: Bool { viewers.count >= Self.most }

    /// Begins the stream of a viewer.
    func add(_ exchange: HTTPExchange, now: LocalInstant) {
        let key = ObjectIdentifier(exchange)
        exchange.whenAborted = { [weak self] in self?.viewers[key] = nil }
        exchange.beginStream(type: .events, headers: HTTPAnswer.guarding)
        viewers[key] = Viewer(exchange: exchange, takenAt: now)
    }

    /// Sends an event to all that have taken what they were sent, and gives up those that have not
    /// for ``patience``.
    func send(_ event: [UInt8], now: LocalInstant) {
        for (key, viewer) in viewers {
            if viewer.exchange.bytesQueued == 0 {
                viewer.exchange.write(event)
                viewers[key]?.takenAt = now
            } else if now - viewer.takenAt > Self.patience {
                viewer.exchange.drop()
            }
        }
    }

    /// Sends the last event of all, and ends the streams.
    func end(_ event: [UInt8]) {
        for viewer in viewers.values {
            viewer.exchange.whenAborted = nil
            viewer.exchange.end(after: event)
        }
        viewers = [:]
    }
}

import Dashboard
import Dispatch
import EventLoop
import HTTP
import HTTPServer
import TimeBase

/// A small HTTP server on a thread of its own, apart from all that measures.
///
/// Handlers are called on its thread and confined to it. Sendable: `server` is touched there alone,
/// and by the thread that makes it, which waits meanwhile.
final class ServerThread: Sendable {
    let loop: EventLoop
    private nonisolated(unsafe) var server: HTTPServer?
    private let address = Guarded<SocketAddress?>(nil)

    /// The most connections: browsers make up to six each.
    private static let mostConnections = 64
    /// Bytes of an answer that one client may leave untaken: a long run's report is some megabytes.
    private static let mostQueued = 64 << 20

    /// Listens on `place`; port 0 takes a free one.
    init(
        _ name: String, at place: HostPort, handler: @escaping @Sendable (HTTPExchange) -> Void
    ) throws(SystemError) {
        loop = try EventLoop(name: name)
        loop.start()
        let failure = Guarded<SystemError?>(nil)
        onLoop { [self] in
            var limits = HTTPServer.Limits()
            limits.connections = Self.mostConnections
            limits.bodyBytes = 0
            limits.queuedBytes = Self.mostQueued
            limits.idle = TimeSpan.seconds(30)
            do throws(SystemError) {
                let server = try HTTPServer(
                    loop: loop, host: place.host, port: place.port, limits: limits,
                    refusal: { error in
                        HTTPAnswer(
                            status: error.responseStatus, type: .text,
                            body: Array("\(error)\n".utf8))
                    }, handler: handler)
                self.server = server
                address.withLock { $0 = server.localAddress }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) {
            loop.shutdown()
            throw error
        }
    }

    /// The address that was bound.
    var localAddress: SocketAddress {
        guard let bound = address.withLock({ $0 }) else {
            preconditionFailure("a server that was made has an address")
        }
        return bound
    }

    /// Bytes of answers that clients have not taken yet; on its thread.
    var bytesQueued: Int { server?.bytesQueued ?? 0 }

    /// Runs `body` on the server's thread, and waits for it.
    func onLoop(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        loop.post {
            body()
            done.signal()
        }
        done.wait()
    }

    /// Closes every connection and ends the thread; once.
    func close() {
        onLoop { [self] in
            server?.close()
            server = nil
        }
        loop.shutdown()
    }
}

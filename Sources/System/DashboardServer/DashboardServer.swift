package import Dashboard
import Dispatch
package import EventLoop
import HTTP
import HTTPServer
import JSON
import Page
package import Results

/// The live page of a run, its state and its metrics, served from a thread of its own.
///
/// Whoever leads the run hands a state over and goes on: it is put into one place, from which the
/// server's thread takes the newest. Nothing that a viewer does or leaves undone reaches further.
package final class DashboardServer: Sendable {
    /// Handed from thread to thread.
    private struct Shared {
        var newest: LiveState?
        var isTold = false
    }

    let thread: ServerThread
    let desk: Desk
    private let shared = Guarded(Shared())

    /// The address to open, with the token where there is one.
    package let url: String

    /// Listens on `place`; port 0 takes a free one.
    ///
    /// - Parameters:
    ///   - token: nil where everybody who can reach the address may look.
    ///   - machine: This machine's name.
    /// - Throws: the system's refusal, naming the address and what to do.
    package init(
        at place: HostPort, token: ViewerToken?, machine: String
    ) throws(SystemError) {
        let desk = Desk(token: token)
        self.desk = desk
        let thread = try ServerThread("dashboard", at: place) { desk.answer($0) }
        self.thread = thread
        let bound = thread.localAddress
        let isEverywhere = ["0.0.0.0", "::"].contains(place.host)
        let shown = HostPort(host: isEverywhere ? machine : place.host, port: bound.port)
        url = "http://\(shown)/\(token?.fragment ?? "")"
        thread.onLoop { [thread] in
            desk.begin(
                on: thread,
                AnsweredNames(
                    host: place.host, isLoopback: bound.isLoopback,
                    machine: machine))
        }
    }

    /// Shows `state` from now on; any thread, at once.
    package func show(_ state: LiveState) {
        let isFirst = shared.withLock { shared in
            shared.newest = state
            defer { shared.isTold = true }
            return !shared.isTold
        }
        guard isFirst else { return }
        thread.loop.post { [self] in
            let state = shared.withLock { shared in
                shared.isTold = false
                return shared.newest
            }
            if let state { desk.show(state) }
        }
    }

    /// Tells the end to all viewers, and waits until those who watch have taken it, and its report
    /// where there is one, but not for long.
    ///
    /// - Parameter report: The report's bytes.
    package func end(_ ending: LiveState.Ending, report: [UInt8]?) {
        let taken = DispatchSemaphore(value: 0)
        thread.loop.post { [desk] in desk.end(ending, report: report) { taken.signal() } }
        // Whoever has not taken it by then has a page that says where the results are.
        _ = taken.wait(timeout: .now() + Self.patience)
    }

    /// How long viewers have for the end.
    private static let patience = DispatchTimeInterval.seconds(5)

    /// Ends the server; once.
    package func close() {
        thread.onLoop { [desk] in desk.close() }
        thread.close()
    }
}

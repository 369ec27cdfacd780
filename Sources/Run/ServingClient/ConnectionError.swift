package import EventLoop
import Glibc

/// Why a connection to a target did not come about.
package enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(SystemError)
    /// The server was reached and TLS failed, or could not begin; one sentence that names the
    /// target and what to do.
    case tls(String)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .tls(let sentence): sentence
        }
    }

    /// One sentence for somebody who wants `target` to be reached.
    package func sentence(_ target: Target) -> String {
        switch self {
        case .system(let error):
            "\(target) cannot be reached: \(error); is the server running?"
        case .tls(let sentence): sentence
        }
    }

    /// Whether nothing listens there.
    package var isConnectionRefused: Bool {
        if case .system(let error) = self { error.isConnectionRefused } else { false }
    }

    /// Whether this process may open no more sockets.
    var isOpenFileLimit: Bool {
        guard case .system(let error) = self else { return false }
        return error.code == -EMFILE || error.code == -ENFILE
    }
}

package import Bytes
package import EventLoop
package import Wire

/// Why a connection ended or did not come about.
package enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(SystemError)
    /// The peer ended the connection, in the middle of a frame or between two.
    case peerClosed(midFrame: Bool)
    /// The peer ended the connection before it had proved anything: what a wrong token looks like,
    /// since no side says why.
    case closedDuringHandshake
    /// The first bytes were no TLS, or not the kind or size of record that may come first.
    case notAHandshake(String)
    /// OpenSSL's reason; during the handshake or, for bytes changed on the way, later.
    case tls(String)
    /// The handshake was completed without the pre-shared key.
    case pskNotUsed
    /// The peer's proof of its role is wrong, or it has the role of this side.
    case roleNotProved(String)
    case timedOut(String)
    case tooManyUnproven(Int)
    case decoding(DecodeError)
    case inflation(InflationError)
    /// A message that does not fit a frame.
    case messageTooLarge(MessageKind, byteCount: Int)
    /// The peer does not take what it is sent.
    case stalled(byteCount: Int)
    case insecure(String)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .peerClosed(midFrame: false): "the peer closed the connection"
        case .peerClosed(midFrame: true): "the peer closed the connection in the middle of a frame"
        case .closedDuringHandshake:
            "the peer closed the connection during the handshake; check that both sides have the "
                + "same token and that both or neither say --insecure"
        case .notAHandshake(let what): "the peer did not begin a handshake of legato: \(what)"
        case .tls(let reason):
            "TLS failed: \(reason); during the handshake this means another token on the other side"
        case .pskNotUsed: "the peer completed TLS without proving the token"
        case .roleNotProved(let what): "the peer did not prove its role: \(what)"
        case .timedOut(let what): "\(what) took too long"
        case .tooManyUnproven(let limit):
            "\(limit) peers that have not proved the token are connected already"
        case .decoding(let error): "the peer sent bytes that cannot be understood: \(error)"
        case .inflation(let error): "the peer sent a frame that does not inflate: \(error)"
        case .messageTooLarge(let kind, let count):
            "a message (\(kind)) of \(count) bytes does not fit a frame"
        case .stalled(let count): "the peer has left \(count) bytes unread"
        case .insecure(let sentence): sentence
        }
    }
}

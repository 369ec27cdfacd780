package import EventLoop

/// How a connection between coordinator and agent is protected.
package enum Security: Hashable, Sendable {
    /// TLS 1.3, and both sides prove the token.
    case psk(SharedToken)
    /// Nothing: bytes in the clear and no proof of anything. Beyond this host only when somebody
    /// said so (`--insecure`).
    case insecure(beyondLoopback: Bool)

    /// Why this must not be used towards or on `address`; nil when it may.
    package func objection(to address: SocketAddress) -> String? {
        switch self {
        case .psk, .insecure(beyondLoopback: true): nil
        case .insecure(beyondLoopback: false) where address.isLoopback: nil
        case .insecure(beyondLoopback: false):
            "\(address) is beyond this host, and nothing protects the connection; give both sides "
                + "a token (--token-file, see legato token), or say --insecure"
        }
    }

    /// One phrase for the manifest and the report.
    package var label: String {
        switch self {
        case .psk: "TLS 1.3 with a shared token"
        case .insecure: "insecure: no encryption, no authentication"
        }
    }
}

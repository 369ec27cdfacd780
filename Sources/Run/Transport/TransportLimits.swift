package import TimeBase

/// Limits on the cost of a peer, before and after it has proved itself.
package struct TransportLimits: Hashable, Sendable {
    /// How long a peer may take to prove itself.
    package var patience = TimeSpan.seconds(5)
    /// Peers of one listener that have not proved themselves; further ones are closed at accept.
    package var unproven = 256
    /// From this many queued bytes on a sender should wait
    /// (``MessageConnection/isAboveHighWater``).
    package var highWater = 4 << 20
    /// At this many queued bytes or fewer a waiting sender is told to go on.
    package var lowWater = 1 << 20
    /// At more queued bytes than this the peer is given up.
    package var queueLimit = 64 << 20

    package init() {}

    /// Bytes of a record before the peer has proved itself, header included: what OpenSSL is shown
    /// is complete and no longer than this, because it allocates by the length that a peer claims.
    static let unprovenRecord = 1024
    /// Records before the peer has proved itself: a handshake with a second ClientHello takes four.
    static let unprovenRecords = 8
    /// Payloads shorter than this are sent as they are: deflating them gains nothing.
    static let deflateThreshold = 128
}

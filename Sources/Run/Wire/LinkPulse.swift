package import TimeBase

/// One side's watch over a link: when to say something, and when the other side is gone.
///
/// A peer that vanishes without closing (a power cut, a dropped route) leaves a connection that
/// looks alive for hours. So each side pings every ``interval``, whatever else it sends: a ping
/// that is only an answer to silence would wait behind a bulk transfer the other way. Whoever
/// hears nothing for ``patience`` takes the link for lost. A side that was itself paused (stopped,
/// suspended) does not hold its own sleep against the peer.
package struct LinkPulse: Hashable, Sendable {
    /// Distance of two pings.
    package static let interval = TimeSpan.seconds(2)
    /// The longest silence of a peer that lives.
    package static let patience = TimeSpan.seconds(10)
    /// The sentence for a link that was lost this way.
    package static let silence =
        "nothing was heard for \(patience.ns / 1_000_000_000) s: the other host or the "
        + "network is down"

    /// The step that is due now.
    package enum Beat: Hashable, Sendable {
        case nothing
        /// Send a ping with this nonce.
        case ping(UInt64)
        /// The peer is gone.
        case silent
    }

    /// When something arrived last, or this side woke from a pause.
    package private(set) var lastHeard: LocalInstant?
    private var tickedAt: LocalInstant?
    private var pingedAt: LocalInstant?
    private var pings: UInt64 = 0

    package init() {}

    /// Something arrived at `now`.
    package mutating func heard(now: LocalInstant) {
        lastHeard = max(lastHeard ?? now, now)
    }

    /// Time has passed; call it several times an ``interval``, from the moment the link is up.
    package mutating func ticked(now: LocalInstant) -> Beat {
        let slept = (tickedAt ?? lastHeard).map { now - $0 >= Self.interval } ?? true
        tickedAt = now
        if slept { heard(now: now) }
        if let lastHeard, now - lastHeard >= Self.patience { return .silent }
        let last = pingedAt ?? now
        if pingedAt == nil { pingedAt = now }
        guard now - last >= Self.interval else { return .nothing }
        pingedAt = now
        pings &+= 1
        return .ping(pings)
    }
}

import TimeBase

/// Chooses the stamp of each read of one stream, so that stamps never decrease.
///
/// A kernel stamp says when a segment came; a callback stamp is an upper bound of that. A kernel
/// stamp is believed when it is neither before the stream's kernel stamp before it nor after the
/// callback. Where it is believed but lies before a stamp that was already given (a callback stamp
/// of an earlier read, or the end of sending), the earlier stamp is repeated, as an upper bound
/// too.
struct StreamStamps {
    /// How far a mapped kernel stamp may seem to lie behind the callback: the error of the pair of
    /// clock readings that mapped it, ns. It is then stamped with the callback.
    static let mappingErrorNs: Int64 = 1_000

    /// The newest stamp that was given.
    private var given: LocalInstant
    /// The stamp of the newest read; before one, when the request was sent or begun.
    var newest: LocalInstant { given }
    /// The newest kernel stamp that was believed, or when the stream was begun.
    private var kernel: LocalInstant

    /// A stream that was begun at `now`: nothing of it can have come before.
    init(at now: LocalInstant) {
        given = now
        kernel = now
    }

    /// The request was sent whole at `now`: no token is stamped before.
    mutating func sent(at now: LocalInstant) { given = max(given, now) }

    /// The stamp of a read that the callback saw at `now`.
    ///
    /// - Returns: the stamp, from the newest given one to `now`, and whether it is the kernel's.
    mutating func next(
        _ found: LocalInstant?, now: LocalInstant
    ) -> (stamp: LocalInstant, isKernel: Bool) {
        guard let found, found >= kernel, found.ns <= now.ns + Self.mappingErrorNs else {
            given = max(given, now)
            return (given, false)
        }
        kernel = found
        let isKernel = found >= given
        given = max(given, min(found, now))
        return (given, isKernel)
    }
}

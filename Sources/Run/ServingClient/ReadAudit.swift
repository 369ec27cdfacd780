package import TokenLog

/// Measures of a client's own reads: their delay, their size, and stamps that it could not use.
package struct ReadAudit: Hashable, Sendable {
    /// From the kernel's stamp of a read's newest segment to the callback that took it.
    package internal(set) var delay = LogHistogram()
    /// Kernel stamps that were not used: older than the stream's newest stamp, or ahead of the
    /// clock.
    package internal(set) var outOfOrder: UInt64 = 0

    /// Bytes that waited when a connection was read: what the read took.
    package internal(set) var waiting = LogHistogram()
    /// Reads with several events that were taken late.
    package internal(set) var lateJoins = LateJoins()
    /// Reads that the kernel gave no stamp for.
    package internal(set) var unstamped: UInt64 = 0

    /// Nothing was read yet.
    package init() {}
}

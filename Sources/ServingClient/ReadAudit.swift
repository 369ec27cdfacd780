package import TokenLog

/// What a client knows of its own reads.
package struct ReadAudit: Hashable, Sendable {
    /// From the kernel's stamp of a read's newest segment to the callback that took it.
    package internal(set) var delay = DelayHistogram()
    /// Kernel stamps that were not used: older than the stream's newest stamp, or ahead of the
    /// clock.
    package internal(set) var outOfOrder: UInt64 = 0

    /// Nothing was read yet.
    package init() {}
}

package import TimeBase

/// When the bytes that completed a message arrived.
package struct Arrival: Hashable, Sendable {
    /// Taken first thing in the read callback, before anything was decrypted: always there.
    package var read: LocalInstant
    /// The kernel's receive stamp of the last segment of that read, on CLOCK_MONOTONIC_RAW; nil
    /// when it was not asked for, not given, or converted across a step of CLOCK_REALTIME.
    package var kernel: LocalInstant?

    package init(read: LocalInstant, kernel: LocalInstant? = nil) {
        self.read = read
        self.kernel = kernel
    }
}

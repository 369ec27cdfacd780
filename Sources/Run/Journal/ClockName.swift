package import Bytes

/// Which clock the stamps of a segment are on: instants on two clocks are never comparable.
package struct ClockName: Hashable, Sendable {
    /// The host's identity, which survives a reboot.
    package var host: String
    /// The boot that the clock has counted from.
    package var bootID: String
    /// The kernel's name for the time namespace, which has offsets of its own; empty where the
    /// kernel has none.
    package var timeNamespace: String
    /// The clock, as the system calls it.
    package var clock: String

    package init(
        host: String, bootID: String, timeNamespace: String = "",
        clock: String = "CLOCK_MONOTONIC_RAW"
    ) {
        self.host = host
        self.bootID = bootID
        self.timeNamespace = timeNamespace
        self.clock = clock
    }

    /// Whether both count the same time: one clock of one boot in one time namespace, whatever a
    /// container calls its host. A clock without a name is the same as no other.
    package func isSameClock(as other: ClockName) -> Bool {
        !bootID.isEmpty && bootID == other.bootID && timeNamespace == other.timeNamespace
            && clock == other.clock
    }

    /// Longest part, in bytes; a longer one is cut.
    package static let partLimit = 256

    package func encode(into writer: inout ByteWriter) {
        writer.sentence(host, limit: Self.partLimit)
        writer.sentence(bootID, limit: Self.partLimit)
        writer.sentence(timeNamespace, limit: Self.partLimit)
        writer.sentence(clock, limit: Self.partLimit)
    }

    package init(from reader: inout ByteReader) throws(DecodeError) {
        host = try reader.text("clock host", limit: Self.partLimit)
        bootID = try reader.text("clock boot id", limit: Self.partLimit)
        timeNamespace = try reader.text("clock time namespace", limit: Self.partLimit)
        clock = try reader.text("clock name", limit: Self.partLimit)
    }
}

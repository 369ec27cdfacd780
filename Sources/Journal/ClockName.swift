import TokenLog

/// Which clock the stamps of a segment are on: instants on two clocks are never comparable.
package struct ClockName: Hashable, Sendable {
    /// The host's identity, which survives a reboot.
    package var host: String
    /// The boot that the clock has counted from.
    package var bootID: String
    /// The clock, as the system calls it.
    package var clock: String

    package init(host: String, bootID: String, clock: String = "CLOCK_MONOTONIC_RAW") {
        self.host = host
        self.bootID = bootID
        self.clock = clock
    }

    /// Longest part, in bytes; a longer one is cut.
    package static let partLimit = 256

    func encode(into writer: inout ByteWriter) {
        writer.sentence(host, limit: Self.partLimit)
        writer.sentence(bootID, limit: Self.partLimit)
        writer.sentence(clock, limit: Self.partLimit)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        host = try reader.text("clock host", limit: Self.partLimit)
        bootID = try reader.text("clock boot id", limit: Self.partLimit)
        clock = try reader.text("clock name", limit: Self.partLimit)
    }
}

import Bytes
package import TimeBase
package import TokenLog

/// How an agent fares.
package struct AgentStatus: Hashable, Sendable {
    package var at: LocalInstant
    /// Requests in flight.
    package var running: UInt32
    /// Requests due and not sent yet.
    package var waiting: UInt32
    /// Share of the loop's time spent in callbacks, in thousandths.
    package var loopBusyPermille: UInt16
    /// 99th percentile of sent minus scheduled since the status before, in ns.
    package var latenessP99Ns: Int64
    /// Bytes of the spool not acknowledged.
    package var spoolBytes: UInt64
    /// CPU time of the process, in ns.
    package var cpuNs: UInt64
    /// The load so far: what is kept of an agent that never says End.
    package var audit: ClientAudit

    package init(
        at: LocalInstant, running: UInt32, waiting: UInt32, loopBusyPermille: UInt16,
        latenessP99Ns: Int64, spoolBytes: UInt64, cpuNs: UInt64,
        audit: ClientAudit
    ) {
        self.at = at
        self.running = running
        self.waiting = waiting
        self.loopBusyPermille = loopBusyPermille
        self.latenessP99Ns = latenessP99Ns
        self.spoolBytes = spoolBytes
        self.cpuNs = cpuNs
        self.audit = audit
    }

    func encode(into writer: inout ByteWriter) {
        writer.signed(at.ns)
        writer.varint(UInt64(running))
        writer.varint(UInt64(waiting))
        writer.varint(UInt64(loopBusyPermille))
        writer.signed(latenessP99Ns)
        writer.varint(spoolBytes)
        writer.varint(cpuNs)
        audit.encode(into: &writer)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        at = LocalInstant(ns: try reader.signed("status instant"))
        running = try reader.number("status running")
        waiting = try reader.number("status waiting")
        loopBusyPermille = try reader.number("status loop share")
        latenessP99Ns = try reader.signed("status lateness")
        spoolBytes = try reader.varint("status spool bytes")
        cpuNs = try reader.varint("status CPU time")
        audit = try ClientAudit(from: &reader)
    }
}

package import Bytes
package import TimeBase

/// An agent's first message on its clock connection: which session it belongs to.
package struct ClockHello: Hashable, Sendable {
    package var runID: RunID
    package var agentIndex: UInt16
    package var incarnation: UInt64

    package init(runID: RunID, agentIndex: UInt16, incarnation: UInt64) {
        self.runID = runID
        self.agentIndex = agentIndex
        self.incarnation = incarnation
    }

    func encode(into writer: inout ByteWriter) {
        runID.encode(into: &writer)
        writer.fixed(agentIndex)
        writer.fixed(incarnation)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        runID = try RunID(from: &reader, "clock run")
        agentIndex = try reader.fixed("clock agent index")
        incarnation = try reader.fixed("clock incarnation")
    }
}

/// The coordinator's half of one exchange.
///
/// Probe and reply have one fixed size, whatever the clocks show: a longer one would take longer to
/// encrypt and to cross the link, and half of the difference would be taken for an offset.
package struct Probe: Hashable, Sendable {
    /// Trains are numbered over one connection.
    package var train: UInt32
    /// The exchange within the train, from 0.
    package var member: UInt16
    /// Sent, on the coordinator's CLOCK_MONOTONIC_RAW, in ns.
    package var t1: Int64

    package init(train: UInt32, member: UInt16, t1: Int64) {
        self.train = train
        self.member = member
        self.t1 = t1
    }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(train)
        writer.fixed(member)
        writer.fixed(t1)
        writer.zeros(Self.paddingWords * 8)
    }

    /// Where `encode` puts t1, in bytes.
    static let t1Offset = 6

    /// Words of 8 bytes that the reply has and the probe pads: t2, t3, k2 and the ledger's four.
    private static let paddingWords = 7

    init(from reader: inout ByteReader) throws(DecodeError) {
        train = try reader.fixed("probe train")
        member = try reader.fixed("probe member")
        t1 = try reader.fixed("probe t1")
        for _ in 0..<Self.paddingWords {
            guard try reader.fixed("probe padding", as: UInt64.self) == 0 else {
                throw reader.error("probe padding", back: 8, .contradiction("it is not zero"))
            }
        }
    }
}

/// The agent's half of one exchange.
package struct ProbeReply: Hashable, Sendable {
    package var train: UInt32
    package var member: UInt16
    /// The probe's own t1.
    package var t1: Int64
    /// Probe received, on the agent's CLOCK_MONOTONIC_RAW, in ns: read by the agent itself, at or
    /// after the true receipt.
    package var t2: Int64
    /// The kernel's stamp of the receipt on the same clock; nil where it gave none that can be
    /// used.
    package var k2: Int64?
    /// Reply sent, same clock.
    package var t3: Int64
    /// The agent's clocks near t2.
    package var ledger: ClockReading

    package init(
        train: UInt32, member: UInt16, t1: Int64, t2: Int64, k2: Int64? = nil, t3: Int64,
        ledger: ClockReading
    ) {
        self.train = train
        self.member = member
        self.t1 = t1
        self.t2 = t2
        self.k2 = k2
        self.t3 = t3
        self.ledger = ledger
    }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(train)
        writer.fixed(member)
        writer.fixed(t1, t2, t3, k2 ?? Self.noStamp)
        ledger.encode(into: &writer)
    }

    /// Where `encode` puts t3, in bytes.
    static let t3Offset = 22

    /// Stands for a stamp that is not there: of a fixed size, too.
    private static let noStamp = Int64.min

    init(from reader: inout ByteReader) throws(DecodeError) {
        train = try reader.fixed("reply train")
        member = try reader.fixed("reply member")
        t1 = try reader.fixed("reply t1")
        t2 = try reader.fixed("reply t2")
        t3 = try reader.fixed("reply t3")
        let stamp: Int64 = try reader.fixed("reply k2")
        k2 = stamp == Self.noStamp ? nil : stamp
        ledger = try ClockReading(from: &reader)
    }
}

extension ClockReading {
    package func encode(into writer: inout ByteWriter) {
        writer.fixed(rawNs, monotonicNs, boottimeNs, realtimeNs)
    }

    package init(from reader: inout ByteReader) throws(DecodeError) {
        self.init(
            rawNs: try reader.fixed("reading RAW"),
            monotonicNs: try reader.fixed("reading MONOTONIC"),
            boottimeNs: try reader.fixed("reading BOOTTIME"),
            realtimeNs: try reader.fixed("reading REALTIME"))
    }
}

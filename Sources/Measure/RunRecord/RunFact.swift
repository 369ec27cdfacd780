package import Bytes
import ClockSync
package import TimeBase
package import Wire

/// Something that a run's verdict rests on, as its journal keeps it beside batches and probes.
///
/// Messages are kept as they were said: what an agent told of itself is not told again in other
/// words. Instants are the coordinator's CLOCK_MONOTONIC_RAW.
package enum RunFact: Hashable, Sendable {
    /// The run as it is before anybody joins: the first fact.
    case opening(RunOpening)
    /// An agent said it: ``Message/hello(_:)`` (which makes it known), ``Message/ready(_:)``,
    /// ``Message/started(_:)``, ``Message/status(_:)``, ``Message/end(_:)``.
    case heard(agent: Int, at: LocalInstant, Message)
    /// An agent was told it: ``Message/shardChunk(_:)`` and ``Message/shardEnd(_:)``, its part of
    /// the plan; ``Message/start(_:)``.
    case told(agent: Int, Message)
    /// An agent is out of reach, or was and is back: the same absence once more, with its end.
    case absence(agent: Int, Absence<LocalInstant>)
    /// An agent was given up: what it did from then on is not known.
    case lost(agent: Int, Absence<LocalInstant>)
    /// The coordinator's own clocks, in order.
    case clocks([ClockReading])
    /// A person stopped the run.
    case interrupted(at: LocalInstant)
    /// Nothing more will arrive: every agent said End or was lost.
    case ended(at: LocalInstant)
    /// The coordinator stopped the run, which asked for more than the servers could serve: so many
    /// requests waited for a first token.
    case overSaturated(at: LocalInstant, waiting: UInt32)
}

extension RunFact {
    private enum Code: UInt8, CaseIterable {
        case opening = 1
        case heard = 2
        case told = 3
        case absence = 4
        case lost = 5
        case clocks = 6
        case interrupted = 7
        case ended = 8
        case overSaturated = 9
    }

    /// Longest reason, in bytes; a longer one is cut.
    private static let reasonLimit = 1_024
    /// Most readings of one fact.
    package static let readingLimit = 1 << 16

    /// The fact's bytes, for a ``JournalEntry``.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .opening(let opening):
            writer.code(Code.opening)
            opening.encode(into: &writer)
        case .heard(let agent, let at, let message):
            writer.code(Code.heard)
            writer.varint(UInt64(agent))
            writer.fixed(at.ns)
            Self.encode(message, into: &writer)
        case .told(let agent, let message):
            writer.code(Code.told)
            writer.varint(UInt64(agent))
            Self.encode(message, into: &writer)
        case .absence(let agent, let absence):
            writer.code(Code.absence)
            writer.varint(UInt64(agent))
            Self.encode(absence, into: &writer)
        case .lost(let agent, let absence):
            writer.code(Code.lost)
            writer.varint(UInt64(agent))
            Self.encode(absence, into: &writer)
        case .clocks(let readings):
            precondition(readings.count <= Self.readingLimit, "readings are written in time")
            writer.code(Code.clocks)
            writer.varint(UInt64(readings.count))
            for reading in readings { reading.encode(into: &writer) }
        case .interrupted(let at):
            writer.code(Code.interrupted)
            writer.fixed(at.ns)
        case .ended(let at):
            writer.code(Code.ended)
            writer.fixed(at.ns)
        case .overSaturated(let at, let waiting):
            writer.code(Code.overSaturated)
            writer.fixed(at.ns)
            writer.varint(UInt64(waiting))
        }
        return writer.bytes
    }

    private static func encode(_ message: Message, into writer: inout ByteWriter) {
        writer.code(message.kind)
        message.encode(into: &writer)
    }

    private static func encode(_ absence: Absence<LocalInstant>, into writer: inout ByteWriter) {
        writer.fixed(absence.from.ns)
        writer.flag(absence.to != nil)
        if let to = absence.to { writer.fixed(to.ns) }
        writer.sentence(absence.reason, limit: reasonLimit)
    }

    /// The fact of `bytes`.
    ///
    /// - Throws: ``DecodeError`` for an unknown code, for a field out of its bounds, for a message
    ///   that its side never says, and for bytes left over.
    package init(decoding bytes: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(bytes)
        let code: Code = try reader.code("fact")
        switch code {
        case .opening: self = .opening(try RunOpening(from: &reader))
        case .heard:
            let agent = try Self.agent(from: &reader)
            let at = try Self.instant(from: &reader)
            self = .heard(agent: agent, at: at, try Self.message(from: .agent, &reader))
        case .told:
            let agent = try Self.agent(from: &reader)
            self = .told(agent: agent, try Self.message(from: .coordinator, &reader))
        case .absence:
            let agent = try Self.agent(from: &reader)
            self = .absence(agent: agent, try Self.absence(from: &reader))
        case .lost:
            let agent = try Self.agent(from: &reader)
            self = .lost(agent: agent, try Self.absence(from: &reader))
        case .clocks:
            var readings: [ClockReading] = []
            let count = try reader.count("reading count", limit: Self.readingLimit, bytesEach: 32)
            for _ in 0..<count { readings.append(try ClockReading(from: &reader)) }
            self = .clocks(readings)
        case .interrupted:
            self = .interrupted(at: try Self.instant(from: &reader))
        case .ended: self = .ended(at: try Self.instant(from: &reader))
        case .overSaturated:
            let at = try Self.instant(from: &reader)
            let waiting = try reader.varint("waiting requests", limit: UInt64(UInt32.max))
            self = .overSaturated(at: at, waiting: UInt32(waiting))
        }
        try reader.finish("fact")
    }

    private static func agent(from reader: inout ByteReader) throws(DecodeError) -> Int {
        Int(try reader.varint("fact agent", limit: UInt64(WireLimits.agents - 1)))
    }

    /// Clocks count from a boot: what is centuries away is none, and nothing overflows later.
    package static let instants: ClosedRange<Int64> = -(1 << 61)...1 << 61

    private static func instant(from reader: inout ByteReader) throws(DecodeError) -> LocalInstant {
        let ns: Int64 = try reader.fixed("fact instant")
        guard instants.contains(ns) else {
            throw reader.error("fact instant", back: 8, .contradiction("it is centuries away"))
        }
        return LocalInstant(ns: ns)
    }

    private static func message(
        from sender: Role, _ reader: inout ByteReader
    ) throws(DecodeError) -> Message {
        let kind: MessageKind = try reader.code("fact message")
        // The journal's format says how Hello reads, and not the versions that its agent spoke.
        if kind == .hello, sender == .agent { return .hello(try Hello(from: &reader)) }
        let payload = Array(try reader.raw("fact message", count: reader.remaining))
        return try Message(kind: kind.rawValue, payload: payload, from: sender)
    }

    private static func absence(
        from reader: inout ByteReader
    ) throws(DecodeError) -> Absence<LocalInstant> {
        Absence(
            from: try instant(from: &reader),
            to: try reader.flag("absence end") ? try instant(from: &reader) : nil,
            reason: try reader.text("absence reason", limit: reasonLimit))
    }
}

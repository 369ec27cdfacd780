package import Bytes

extension Message {
    /// The payload of the message's frame, not deflated.
    package func encodedPayload() -> [UInt8] {
        var writer = ByteWriter()
        encode(into: &writer)
        return writer.bytes
    }

    /// Where the payload holds the instant of its own sending, in bytes; nil for messages without
    /// one.
    ///
    /// Whoever sends the message reads the clock when all else is done, and puts the instant there.
    package var sendingStampOffset: Int? {
        switch self {
        case .probe: Probe.t1Offset
        case .probeReply: ProbeReply.t3Offset
        default: nil
        }
    }

    /// The message's frame, not deflated.
    ///
    /// - Precondition: the payload is at most ``WireLimits/framePayload`` bytes, which every
    ///   message is whose maker keeps to ``WireLimits/chunk``.
    package func frame() -> Frame { Frame(kind: kind.rawValue, payload: encodedPayload()) }

    /// Appends the payload.
    package func encode(into writer: inout ByteWriter) {
        switch self {
        case .hello(let body): body.encode(into: &writer)
        case .foreignHello(let versions): versions.encode(into: &writer)
        case .shardHeld(let body): body.encode(into: &writer)
        case .ready(let body): body.encode(into: &writer)
        case .notReady(let reason): writer.sentence(reason, limit: WireLimits.sentence)
        case .started(let body): body.encode(into: &writer)
        case .batch(let body): body.encode(into: &writer)
        case .status(let body): body.encode(into: &writer)
        case .end(let body): body.encode(into: &writer)
        case .welcome(let body): body.encode(into: &writer)
        case .refuse(let body): body.encode(into: &writer)
        case .configure(let body): body.encode(into: &writer)
        case .promptTexts(let body): body.encode(into: &writer)
        case .shardChunk(let body): body.encode(into: &writer)
        case .shardEnd(let body): body.encode(into: &writer)
        case .start(let body): body.encode(into: &writer)
        case .batchAck(let body): body.encode(into: &writer)
        case .stop(let body): body.encode(into: &writer)
        case .ended: break
        case .clockHello(let body): body.encode(into: &writer)
        case .probe(let body): body.encode(into: &writer)
        case .probeReply(let body): body.encode(into: &writer)
        case .ping(let token), .pong(let token): writer.fixed(token)
        case .goodbye(let reason): writer.sentence(reason, limit: WireLimits.sentence)
        }
    }

    /// The message of a frame that is not compressed, read where it lies.
    ///
    /// - Parameter sender: the role of the peer that sent it.
    /// - Throws: as ``init(kind:payload:from:)``.
    package init(_ frame: Frame, from sender: Role) throws(DecodeError) {
        precondition(!frame.isCompressed, "a frame is inflated before its message is read")
        try self.init(kind: frame.kind, from: sender, reading: frame.reader)
    }

    /// The message of a frame, once inflated.
    ///
    /// - Parameters:
    ///   - kind: the code in the frame's header.
    ///   - payload: the payload after inflation.
    ///   - sender: the role of the peer that sent it.
    /// - Throws: ``DecodeError`` for an unknown kind, for a kind that `sender` does not send, for
    ///   any field out of its bounds, and for bytes left over.
    package init(
        kind: UInt8, payload: [UInt8], from sender: Role
    ) throws(DecodeError) {
        try self.init(kind: kind, from: sender, reading: ByteReader(payload))
    }

    private init(
        kind: UInt8, from sender: Role, reading payload: consuming ByteReader
    ) throws(DecodeError) {
        guard let kind = MessageKind(rawValue: kind) else {
            throw DecodeError("message kind", at: 0, .unknownCode(UInt64(kind)))
        }
        if let rightful = kind.sender, rightful != sender {
            throw DecodeError(
                "message kind", at: 0,
                .contradiction("\(kind) came from the \(sender), and only the \(rightful) sends it")
            )
        }
        var reader = payload
        self = try Message.decode(kind, from: &reader)
        try reader.finish("message")
    }

    /// The versions come first in every version of Hello, so that both sides can be told of them.
    private static func hello(from reader: inout ByteReader) throws(DecodeError) -> Message {
        let versions = try ProtocolVersionRange(from: &reader)
        guard versions.highestCommon(with: .supported) != nil else {
            reader.skipRest()
            return .foreignHello(versions)
        }
        return .hello(try Hello(versions, from: &reader))
    }

    private static func decode(
        _ kind: MessageKind, from reader: inout ByteReader
    ) throws(DecodeError) -> Message {
        switch kind {
        case .hello: try hello(from: &reader)
        case .shardHeld: .shardHeld(try ShardDigest(from: &reader))
        case .ready: .ready(try Ready(from: &reader))
        case .notReady: .notReady(try reader.text("reason", limit: WireLimits.sentence))
        case .started: .started(try Started(from: &reader))
        case .batch: .batch(try Batch(from: &reader))
        case .status: .status(try AgentStatus(from: &reader))
        case .end: .end(try AgentEnd(from: &reader))
        case .welcome: .welcome(try Welcome(from: &reader))
        case .refuse: .refuse(try Refusal(from: &reader))
        case .configure: .configure(try RunConfiguration(from: &reader))
        case .promptTexts: .promptTexts(try PromptTexts(from: &reader))
        case .shardChunk: .shardChunk(try ShardChunk(from: &reader))
        case .shardEnd: .shardEnd(try ShardDigest(from: &reader))
        case .start: .start(try StartCommand(from: &reader))
        case .batchAck: .batchAck(try BatchAck(from: &reader))
        case .stop: .stop(try StopCommand(from: &reader))
        case .ended: .ended
        case .clockHello: .clockHello(try ClockHello(from: &reader))
        case .probe: .probe(try Probe(from: &reader))
        case .probeReply: .probeReply(try ProbeReply(from: &reader))
        case .ping: .ping(try reader.fixed("ping"))
        case .pong: .pong(try reader.fixed("pong"))
        case .goodbye: .goodbye(try reader.text("reason", limit: WireLimits.sentence))
        }
    }
}

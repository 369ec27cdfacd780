import Bytes
import Testing
import TimeBase
import Wire

@Suite struct FrameTests {
    private static let frames = [
        Frame(kind: 1, payload: []),
        Frame(kind: 0x61, payload: [1, 2, 3, 4, 5, 6, 7, 8]),
        Frame(kind: 6, deflated: [9, 9, 9], inflatedLength: 1_000_000),
    ]

    @Test(arguments: frames)
    func wholeFramesComeBack(_ frame: Frame) throws {
        #expect(try Frame(decoding: frame.encoded()) == frame)
    }

    @Test(arguments: frames)
    func everyPrefixNeedsMoreBytes(_ frame: Frame) throws {
        let bytes = frame.encoded()
        for length in 0..<bytes.count {
            #expect(try Frame(decoding: Array(bytes[..<length])) == nil)
        }
    }

    @Test(arguments: frames)
    func everyFlippedBitIsSeen(_ frame: Frame) {
        let bytes = frame.encoded()
        for bit in 0..<(8 * bytes.count) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // A length that grew may ask for more bytes; what arrives next is then damaged too.
            damaged += [UInt8](repeating: 0, count: 1 << 16)
            #expect(throws: DecodeError.self) {
                try Frame(decoding: damaged, limit: 1 << 16)
            }
        }
    }

    @Test func aPlainFramesHeaderStatesOneLength() {
        var bytes = Self.frames[1].encoded()
        bytes[12] += 1
        let problem = DecodeError.Problem.contradiction(
            "it differs from the payload's though nothing is deflated")
        #expect(throws: DecodeError("frame inflated length", at: 12, problem)) {
            try FrameHeader(decoding: bytes)
        }
    }

    @Test func aStreamIsCutIntoFramesHoweverItIsSplit() throws {
        var writer = ByteWriter()
        for frame in Self.frames { frame.encode(into: &writer) }
        for piece in [1, 2, 3, 19, 20, 21, 1_000] {
            var reader = FrameReader()
            var found: [Frame] = []
            var rest = writer.bytes[...]
            while !rest.isEmpty {
                rest.prefix(piece).withUnsafeBytes { reader.append($0) }
                rest = rest.dropFirst(piece)
                while let frame = try reader.next() { found.append(frame) }
            }
            #expect(found == Self.frames)
            #expect(reader.heldByteCount == 0)
        }
    }

    /// One writer makes all frames, long and short, deflated and not, and none is left in the next.
    @Test func aWriterMakesTheSameFramesInTheSameMemory() throws {
        var writer = FrameWriter()
        for message in MessageSamples.all + MessageSamples.all.reversed() {
            writer.begin(message)
            #expect(writer.payload.elementsEqual(message.encodedPayload()))
            writer.seal()
            #expect(writer.bytes == message.frame().encoded())
            writer.begin(message)
            let length = writer.payloadByteCount
            writer.replacePayload(deflated: [9, 9, 9])
            writer.seal()
            let frame = Frame(
                kind: message.kind.rawValue, deflated: [9, 9, 9], inflatedLength: length)
            #expect(writer.bytes == frame.encoded())
            writer.release()
        }
    }

    @Test func theInstantOfSendingIsPutInLast() throws {
        var writer = FrameWriter()
        let instant = LocalInstant(ns: 0x0102_0304_0506_0708)
        var stamped = 0
        for message in MessageSamples.all {
            guard let offset = message.sendingStampOffset else { continue }
            stamped += 1
            writer.begin(message)
            writer.stamp(instant, at: offset)
            writer.seal()
            let frame = try #require(try Frame(decoding: writer.bytes))
            let sender = try #require(message.kind.sender)
            switch (message, try Message(frame, from: sender)) {
            case (.probe(var probe), let found):
                probe.t1 = instant.ns
                #expect(found == .probe(probe))
            case (.probeReply(var reply), let found):
                reply.t3 = instant.ns
                #expect(found == .probeReply(reply))
            default: Issue.record("\(message) has no known instant of sending")
            }
        }
        #expect(stamped >= 2)
    }

    /// A message is read where its frame lies, and what is wrong with it is told by its own bytes.
    @Test func errorsCountFromTheMessageWhereverItLies() throws {
        var payload = Message.probe(Probe(train: 1, member: 0, t1: 5)).encodedPayload()
        payload[20] = 1
        let kind = MessageKind.probe.rawValue
        let expected = DecodeError("probe padding", at: 14, .contradiction("it is not zero"))
        #expect(throws: expected) {
            try Message(kind: kind, payload: payload, from: .coordinator)
        }
        var reader = FrameReader()
        let bytes =
            Message.ping(7).frame().encoded() + Frame(kind: kind, payload: payload).encoded()
        bytes.withUnsafeBytes { reader.append($0) }
        let ping = try #require(try reader.next())
        #expect(try Message(ping, from: .agent) == .ping(7))
        let frame = try #require(try reader.next())
        #expect(throws: expected) { try Message(frame, from: .coordinator) }
        #expect(try reader.next() == nil)
        // The reader's memory is used again: a frame that is still held keeps its own bytes.
        Message.pong(8).frame().encoded().withUnsafeBytes { reader.append($0) }
        let pong = try #require(try reader.next())
        #expect(try Message(pong, from: .agent) == .pong(8))
        #expect(frame.payload.elementsEqual(payload))
    }

    @Test func lengthsAreRefusedFromTheHeaderAlone() {
        var bytes = Frame(kind: 1, payload: [0]).encoded()
        bytes[8...11] = [0xFF, 0xFF, 0xFF, 0x7F]
        #expect(
            throws: DecodeError(
                "frame payload length", at: 8, .overLimit(value: 0x7FFF_FFFF, limit: 1 << 20))
        ) { try FrameHeader(decoding: Array(bytes.prefix(20))) }
    }

    @Test func anInflatedLengthOverTheLimitIsRefusedFromTheHeaderAlone() {
        var bytes = Frame(kind: 1, deflated: [0], inflatedLength: 16 << 20).encoded()
        #expect(throws: Never.self) { try FrameHeader(decoding: Array(bytes.prefix(20))) }
        bytes[12...15] = [0x01, 0x00, 0x00, 0x01]
        #expect(
            throws: DecodeError(
                "frame inflated length", at: 12,
                .overLimit(value: 0x0100_0001, limit: 0x0100_0000))
        ) { try FrameHeader(decoding: Array(bytes.prefix(20))) }
    }

    @Test func theFirstWrongByteOfAnotherProtocolEndsIt() {
        var reader = FrameReader()
        Array("G".utf8).withUnsafeBytes { reader.append($0) }
        let expected = DecodeError("frame magic", at: 0, .unknownCode(71))
        #expect(throws: expected) { try reader.next() }
        // Once lost, the position in the stream stays lost.
        Frame(kind: 1, payload: []).encoded().withUnsafeBytes { reader.append($0) }
        #expect(throws: expected) { try reader.next() }
    }

    @Test func versionsMeetAtTheHighestCommonOne() {
        let old = ProtocolVersionRange(lowest: 1, highest: 2)
        let middle = ProtocolVersionRange(lowest: 2, highest: 4)
        let new = ProtocolVersionRange(lowest: 4, highest: 6)
        #expect(old.highestCommon(with: middle) == 2)
        #expect(middle.highestCommon(with: new) == 4)
        #expect(old.highestCommon(with: new) == nil)
        #expect(new.highestCommon(with: old) == nil)
        let sentence = ProtocolVersionRange.refusal(agent: old, coordinator: new)
        #expect(sentence.contains("1 to 2"))
        #expect(sentence.contains("4 to 6"))
        #expect(sentence.hasSuffix("the agent's is the older one"))
    }
}

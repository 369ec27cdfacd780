import Bytes
import Randomness
import Testing
import TimeBase
import TokenLog

@testable import Wire

@Suite struct MessageTests {
    private func decode(_ message: Message, _ payload: [UInt8]) throws -> Message {
        try Message(
            kind: message.kind.rawValue, payload: payload, from: message.kind.sender ?? .agent)
    }

    @Test func thereIsASampleOfEachKind() {
        #expect(Set(MessageSamples.all.map(\.kind)) == Set(MessageKind.allCases))
    }

    @Test(arguments: MessageSamples.all)
    func comesBack(_ message: Message) throws {
        #expect(try decode(message, message.encodedPayload()) == message)
        let frame = message.frame()
        #expect(try Frame(decoding: frame.encoded()) == frame)
    }

    @Test(arguments: MessageSamples.all)
    func everyTruncationIsAnErrorOrAShorterBatch(_ message: Message) {
        let payload = message.encodedPayload()
        for length in 0..<payload.count {
            // A batch's payload is whatever the frame holds; its own codec has its own checks.
            if case .batch = message, length >= 2 { continue }
            #expect(throws: DecodeError.self) { try decode(message, Array(payload[..<length])) }
        }
    }

    @Test(arguments: MessageSamples.all)
    func aByteTooManyIsAnError(_ message: Message) {
        if case .batch = message { return }
        #expect(throws: DecodeError.self) { try decode(message, message.encodedPayload() + [0]) }
    }

    /// A damaged payload decodes to another message or an error, never to a trap; and a message
    /// that decodes encodes again to one that decodes to the same.
    @Test(arguments: MessageSamples.all)
    func everyFlippedBitIsHarmless(_ message: Message) throws {
        let payload = message.encodedPayload()
        for bit in 0..<(8 * payload.count) {
            var damaged = payload
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let other = try? decode(message, damaged) else { continue }
            #expect(try decode(other, other.encodedPayload()) == other)
        }
    }

    @Test(arguments: MessageKind.allCases)
    func rubbishOfAnyKindIsHarmless(_ kind: MessageKind) {
        var generator = SplitMix64(seed: UInt64(kind.rawValue))
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...120, using: &generator)
            let small = Bool.random(using: &generator)
            let payload = (0..<count).map { _ in
                UInt8.random(in: 0...(small ? 3 : 255), using: &generator)
            }
            _ = try? Message(kind: kind.rawValue, payload: payload, from: kind.sender ?? .agent)
        }
    }

    @Test func anUnknownKindIsAnErrorWithItsCode() {
        #expect(throws: DecodeError("message kind", at: 0, .unknownCode(0xEE))) {
            try Message(kind: 0xEE, payload: [], from: .agent)
        }
    }

    /// A session reflected to its sender: each side hears its own words back.
    @Test(arguments: MessageSamples.all)
    func theOtherRolesMessagesAreRefused(_ message: Message) {
        guard let sender = message.kind.sender else { return }
        let other: Role = sender == .agent ? .coordinator : .agent
        let error = #expect(throws: DecodeError.self) {
            try Message(
                kind: message.kind.rawValue, payload: message.encodedPayload(), from: other)
        }
        #expect(error?.description.contains("only the \(sender) sends it") == true)
    }

    @Test(
        "Hello of another version says which versions, whatever else it holds",
        arguments: [
            // Agents of version 1 send batches of a token log that is no longer read.
            (
                ProtocolVersionRange(lowest: 1, highest: 1), "versions 1, the",
                "agent's is the older"
            ),
            (
                ProtocolVersionRange(lowest: 900, highest: 901), "versions 900 to 901",
                "coordinator's is"
            ),
        ])
    func foreignHello(versions: ProtocolVersionRange, named: String, older: String) throws {
        var hello = MessageSamples.hello
        hello.versions = versions
        let payload = Message.hello(hello).encodedPayload()
        let foreign = Message.foreignHello(hello.versions)
        for length in 4...payload.count {
            #expect(try decode(foreign, Array(payload.prefix(length))) == foreign)
        }
        #expect(try decode(foreign, foreign.encodedPayload()) == foreign)
        #expect(throws: DecodeError.self) { try decode(foreign, Array(payload.prefix(3))) }
        let sentence = ProtocolVersionRange.refusal(agent: hello.versions, coordinator: .supported)
        #expect(sentence.contains(named) && sentence.contains(older), "\(sentence)")
    }

    @Test func anAgentBeyondTheRunsIsRefused() {
        let welcome = Welcome(
            version: 1, runID: RunID(high: 0, low: 0), generation: 0, agentIndex: 6, agentCount: 6)
        #expect(throws: DecodeError.self) {
            try decode(.welcome(welcome), Message.welcome(welcome).encodedPayload())
        }
    }

    @Test func anyStartMapsWithoutATrap() {
        let start = StartCommand(at: .max, offsetNs: .min, uncertaintyNs: 0)
        #expect(start.localStart.ns == -1)
    }

    @Test("A probe is as long as its reply: neither direction takes longer for its size")
    func probesAndReplies() {
        let row = ClockReading(rawNs: 0, monotonicNs: 0, boottimeNs: 0, realtimeNs: 0)
        let probe = Message.probe(Probe(train: 1, member: 0, t1: .max)).encodedPayload()
        for k2 in [nil, 7] as [Int64?] {
            let reply = Message.probeReply(
                ProbeReply(train: 1, member: 0, t1: 1, t2: 2, k2: k2, t3: 3, ledger: row))
            #expect(reply.encodedPayload().count == probe.count)
        }
    }

    @Test("What several messages carry has these bytes")
    func sharedBytes() {
        func bytes(_ encode: (inout ByteWriter) -> Void) -> [UInt8] {
            var writer = ByteWriter(capacity: 64)
            encode(&writer)
            return writer.bytes
        }
        let reading = ClockReading(rawNs: 1, monotonicNs: 2, boottimeNs: 3, realtimeNs: -1)
        let zeros = [UInt8](repeating: 0, count: 7)
        #expect(
            bytes { reading.encode(into: &$0) }
                == [1] + zeros + [2] + zeros + [3] + zeros + [UInt8](repeating: 255, count: 8))
        #expect(
            bytes { TargetFacts(url: "u", model: "mo").encode(into: &$0) }
                == [1, 0x75, 2, 0x6D, 0x6F])
        let tls = TLSAgreement(version: "v", cipher: "c", isVerified: true)
        #expect(bytes { tls.encode(into: &$0) } == [1, 0x76, 1, 0x63, 1])
    }
}

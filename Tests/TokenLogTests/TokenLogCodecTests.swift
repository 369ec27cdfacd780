import Bytes
import Randomness
import Testing
import TimeBase
import TokenLog

@Suite struct TokenLogCodecTests {
    private func roundTrip(_ batch: LogBatch, resolutionNs: Int64 = 1) throws -> LogBatch {
        var encoder = TokenLogEncoder(resolutionNs: resolutionNs)
        let bytes = encoder.encode(batch)
        #expect(bytes.count <= batch.largestEncoding)
        let back = try TokenLogDecoder.decode(bytes)
        var hasher = RecordHasher()
        hasher.add(back)
        #expect(hasher == encoder.hasher)
        return back
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func anythingComesBackExactly(_ seed: UInt64) throws {
        let batch = LogSamples.anything(seed: seed)
        #expect(try roundTrip(batch) == batch.canonical())
    }

    @Test(arguments: [(100, 7), (1_000, 8), (10_000, 9)] as [(Int64, UInt64)])
    func coarserStampsAreRoundedDown(_ resolutionNs: Int64, _ seed: UInt64) throws {
        var batch = LogBatch()
        batch.tokens = LogSamples.tokens(streams: 9, rounds: 20, inStep: false, seed: seed)
        let back = try roundTrip(batch, resolutionNs: resolutionNs)
        #expect(back == batch.canonical(resolutionNs: resolutionNs))
        for token in back.tokens { #expect(token.stamp.ns % resolutionNs == 0) }
        let before = TokenRecord(
            stamp: LocalInstant(ns: -1), request: 0, count: 1, kind: .tool, source: .callback)
        batch.tokens = [before]
        #expect(
            try roundTrip(batch, resolutionNs: resolutionNs).tokens[0].stamp.ns == -resolutionNs)
    }

    @Test(arguments: [(1, 1), (3, 3), (3, 2), (4_095, 4_095)] as [(UInt16, UInt16)])
    func asManyEventsAsTokensComeBack(_ count: UInt16, _ events: UInt16) throws {
        var batch = LogBatch()
        batch.tokens = [Self.record(count: count, events: events)]
        #expect(try roundTrip(batch) == batch)
    }

    @Test(arguments: [(1, 2), (3, 4), (3, 0)] as [(UInt16, UInt16)])
    func moreEventsThanTokensAreRefused(_ count: UInt16, _ events: UInt16) {
        var batch = LogBatch()
        batch.tokens = [Self.record(count: count, events: events)]
        var encoder = TokenLogEncoder()
        let bytes = encoder.encode(batch)
        let error = #expect(throws: DecodeError.self) { try TokenLogDecoder.decode(bytes) }
        #expect(error?.field == "events of a record", "\(error as Any)")
    }

    private static func record(count: UInt16, events: UInt16) -> TokenRecord {
        TokenRecord(
            stamp: LocalInstant(ns: 5), request: 1, count: count, events: events, kind: .content,
            source: .kernelJoined)
    }

    @Test(arguments: [true, false], [1, 2, 64])
    func realisticLogsComeBack(_ inStep: Bool, _ streams: Int) throws {
        var batch = LogBatch()
        batch.tokens = LogSamples.tokens(streams: streams, rounds: 30, inStep: inStep, seed: 3)
        #expect(try roundTrip(batch) == batch.canonical())
    }

    @Test func theSchemeFollowsTheData() {
        func bytesEach(inStep: Bool) -> Double {
            var batch = LogBatch()
            batch.tokens = LogSamples.tokens(streams: 64, rounds: 50, inStep: inStep, seed: 4)
            var encoder = TokenLogEncoder()
            return Double(encoder.encode(batch).count) / Double(batch.count)
        }
        // In step: an offset of 18 bits takes three bytes; else a gap of 25 bits takes four.
        #expect(bytesEach(inStep: true) < 3.3)
        #expect(bytesEach(inStep: false) < 4.4)
    }

    @Test func aRequestsRecordsKeepTheirOrder() throws {
        let records: [LogRecord] = [
            .sent(
                SentRecord(
                    request: 5, scheduled: LocalInstant(ns: 1), sent: LocalInstant(ns: 2),
                    target: 0)),
            .tokens(
                TokenRecord(
                    stamp: LocalInstant(ns: 9), request: 5, count: 2, kind: .content,
                    source: .kernel)),
            .tokens(
                TokenRecord(
                    stamp: LocalInstant(ns: 8), request: 5, count: 1, kind: .tool,
                    source: .callback)),
            .finish(FinishRecord(request: 5, at: LocalInstant(ns: 10), outcome: .completed)),
        ]
        #expect(try roundTrip(LogBatch(records)).records == records)
    }

    @Test func anEmptyBatchIsFourteenBytesAtMost() throws {
        var encoder = TokenLogEncoder()
        let bytes = encoder.encode(LogBatch())
        #expect(bytes.count <= 14)
        #expect(try TokenLogDecoder.decode(bytes).isEmpty)
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func everyTruncationIsAnError(_ seed: UInt64) {
        var encoder = TokenLogEncoder()
        let bytes = encoder.encode(LogSamples.anything(seed: seed, atMost: 36))
        for length in 0..<bytes.count {
            #expect(throws: DecodeError.self) {
                try TokenLogDecoder.decode(Array(bytes[..<length]))
            }
        }
    }

    /// A damaged batch (the frame's checksum would have caught it) is an error or another batch,
    /// and what decodes comes back through the encoder.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func everyFlippedByteIsHarmless(_ seed: UInt64) throws {
        var encoder = TokenLogEncoder()
        let bytes = encoder.encode(LogSamples.anything(seed: seed, atMost: 36))
        for offset in bytes.indices {
            for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[offset] ^= flip
                guard let other = try? TokenLogDecoder.decode(damaged) else { continue }
                #expect(try roundTrip(other) == other.canonical())
            }
        }
    }

    @Test(arguments: 0..<1_500 as Range<UInt64>)
    func rubbishIsHarmless(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let format = UInt8.random(in: 1...4, using: &generator)
        let top: UInt8 = [2, 9, 255].randomElement(using: &generator)!
        // The first bytes are valid, so that the rubbish reaches the columns.
        let bytes: [UInt8] =
            [format, 1, 0]
            + (0..<Int.random(in: 0...90, using: &generator)).map { _ in
                UInt8.random(in: 0...top, using: &generator)
            }
        _ = try? TokenLogDecoder.decode(bytes)
        var batch = LogBatch()
        try? TokenLogDecoder.decodeRequests(bytes, into: &batch)
    }

    @Test func aClaimOfAMillionTokensNeedsItsBytes() {
        var writer = ByteWriter()
        writer.raw([3, 1, 0, 0])
        writer.varint(1_000_000)
        writer.raw([UInt8](repeating: 0, count: 50))
        #expect(throws: DecodeError("token count", at: 4, .truncated)) {
            try TokenLogDecoder.decode(writer.bytes)
        }
    }

    /// Room that is used again holds what it held before, until it is written over.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func aBatchIsDecodedInTheRoomOfAnother(_ seed: UInt64) throws {
        var encoder = TokenLogEncoder()
        var room = LogSamples.anything(seed: seed + 1_000)
        for next in [seed, seed + 1, seed + 2] {
            let batch = LogSamples.anything(seed: next)
            let bytes = encoder.encode(batch)
            try TokenLogDecoder.decode(bytes, into: &room)
            #expect(room == batch.canonical())
            try TokenLogDecoder.decodeRequests(bytes, into: &room)
            var requests = batch.canonical()
            requests.tokens = []
            requests.delays = []
            #expect(room == requests)
        }
    }

    @Test func requestsAreReadWithoutALookAtTheTokens() throws {
        var batch = LogSamples.anything(seed: 4)
        batch.tokens = LogSamples.tokens(streams: 9, rounds: 9, inStep: false, seed: 4)
        batch.delays = []
        var encoder = TokenLogEncoder()
        let bytes = encoder.encode(batch)
        var requests = batch
        requests.tokens = []
        let withoutTokens = encoder.encode(requests)
        // All that follows the requests is missing.
        var room = LogBatch()
        try TokenLogDecoder.decodeRequests(
            Array(bytes.prefix(withoutTokens.count - 2)), into: &room)
        #expect(room == requests.canonical() && !room.finishes.isEmpty)
        #expect(throws: DecodeError.self) {
            try TokenLogDecoder.decodeRequests(
                Array(bytes.prefix(withoutTokens.count - 3)), into: &room)
        }
    }

    /// The same batch as a format before had it, without what servers said, in the second format
    /// with the tokens between the requests' records: put together from batches that have one
    /// section each.
    private func former(_ format: UInt8, _ batch: LogBatch) -> [UInt8] {
        func section(_ keep: (inout LogBatch) -> Void, from: Int, to: Int) -> ArraySlice<UInt8> {
            var part = LogBatch()
            keep(&part)
            var encoder = TokenLogEncoder()
            return encoder.encode(part).dropFirst(from).dropLast(to)
        }
        let sent = section({ $0.sent = batch.sent }, from: 2, to: 4)
        let finishes = section({ $0.finishes = batch.finishes }, from: 3, to: 3)
        let tokens = section({ $0.tokens = batch.tokens }, from: 5, to: 1)
        let delays = section(
            {
                $0.tokens = batch.tokens
                $0.delays = batch.delays
            }, from: 5 + tokens.count, to: 0)
        return format == 2
            ? [2, 1] + sent + tokens + finishes + delays
            : [format, 1] + sent + finishes + tokens + delays
    }

    @Test("Batches of the formats before are read", arguments: [2, 3], 0..<40 as Range<UInt64>)
    func formerFormats(_ format: UInt8, _ seed: UInt64) throws {
        var batch = LogSamples.anything(seed: seed)
        batch.scrapes = []
        let bytes = former(format, batch)
        #expect(try TokenLogDecoder.decode(bytes) == batch.canonical())
        var room = LogSamples.anything(seed: seed + 1)
        try TokenLogDecoder.decodeRequests(bytes, into: &room)
        #expect(room.tokens.isEmpty && room.delays.isEmpty && room.scrapes.isEmpty)
        #expect(room.sent == batch.canonical().sent && room.finishes == batch.canonical().finishes)
        #expect(throws: DecodeError.self) { try TokenLogDecoder.decode(Array(bytes.dropLast())) }
    }

    @Test func theHashSeesEveryFieldAndTheOrder() {
        var base = LogBatch()
        base.tokens = LogSamples.tokens(streams: 2, rounds: 2, inStep: true, seed: 1)
        base.sent = [
            SentRecord(request: 1, scheduled: LocalInstant(ns: 1), sent: nil, target: 1)
        ]
        base.finishes = [
            FinishRecord(
                request: 1, at: LocalInstant(ns: 2), outcome: .failed,
                error: RequestError(kind: .reset, status: 0, detail: "reset by peer"))
        ]
        var figures = ServerFigures()
        figures.running = 1
        base.scrapes = [
            ScrapeRecord(
                target: 0, asked: LocalInstant(ns: 1), at: LocalInstant(ns: 2),
                answer: .figures(figures)),
            ScrapeRecord(
                target: 0, asked: LocalInstant(ns: 3), at: LocalInstant(ns: 4),
                answer: .fault(ScrapeFailure(.slow))),
        ]
        func said(_ change: (inout ServerFigures) -> Void) -> ScrapeRecord.Answer {
            var other = figures
            change(&other)
            return .figures(other)
        }
        let others: [ScrapeRecord.Answer] = [
            said { $0.running = nil }, said { $0.running = 2 }, said { $0.waiting = 1 },
            said { $0.keyValueUsePPM = 1 }, said { $0.preemptions = 0 },
            said { $0.generationTokens = 0 }, said { $0.promptTokens = 0 },
            .fault(ScrapeFailure(.slow)), .fault(ScrapeFailure(.slow, status: 1)),
            .fault(ScrapeFailure(.slow, isLast: true)), .fault(ScrapeFailure(.broken)),
        ]
        let scrapes: [(inout LogBatch) -> Void] = [
            { $0.scrapes.swapAt(0, 1) }, { $0.scrapes.removeLast() },
            { $0.scrapes[0].target = 1 }, { $0.scrapes[0].asked.ns -= 1 },
            { $0.scrapes[0].at.ns += 1 },
        ]
        let answers = others.map { answer in
            { (batch: inout LogBatch) in batch.scrapes[0].answer = answer }
        }
        let changes: [(inout LogBatch) -> Void] =
            scrapes + answers + [
                { _ in }, { $0.tokens.swapAt(0, 1) }, { $0.tokens.removeLast() },
                { $0.tokens[0].stamp.ns += 1 }, { $0.tokens[0].count += 1 },
                { $0.tokens[0].kind = .tool }, { $0.tokens[0].source = .callbackJoined },
                { $0.sent[0].sent = LocalInstant(ns: 0) }, { $0.sent[0].target += 1 },
                { $0.sent[0].scheduled.ns += 1 }, { $0.sent[0].free.ns += 1 },
                { $0.finishes[0].outcome = .abandoned },
                { $0.finishes[0].at.ns += 1 }, { $0.finishes[0].evidence = .contentEvents },
                { $0.finishes[0].promptTokens = 0 }, { $0.finishes[0].outputTokens = 1 },
                { $0.finishes[0].error = nil }, { $0.finishes[0].error?.status = 1 },
                { $0.finishes[0].error?.detail += " " },
                { $0.finishes[0].notes.ending = .done },
                { $0.finishes[0].notes.finishReason = .stop },
                { $0.finishes[0].notes.otherReason = "a" },
                { $0.finishes[0].notes.hiddenTokens = 1 },
                { $0.finishes[0].notes.strayLines = 1 },
                { $0.finishes[0].notes.unknownField = "a" },
                { $0.finishes[0].notes.marks = .notStreamed },
            ]
        let hashes = Set(
            changes.map { change in
                var batch = base
                change(&batch)
                var hasher = RecordHasher()
                hasher.add(batch)
                return hasher.value
            })
        #expect(hashes.count == changes.count)
    }
}

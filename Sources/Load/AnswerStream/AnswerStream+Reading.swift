import HTTP
import TokenLog

extension AnswerStream {
    /// Reads all of `input` and appends what its events carried to `tokens`, an element an event
    /// or, for events of one shape, an element for all of them.
    ///
    /// The same as ``next(_:)`` until it returns nil, only that events of the shape of the event
    /// before them are read in one pass over chunk header, event line and JSON.
    ///
    /// - Returns: whether the answer has ended: then ``result`` says how, and `input` keeps what
    ///   follows the answer; and how many data events there were.
    package mutating func read(
        _ input: inout UnsafeRawBufferPointer, into tokens: inout [AnswerTokens]
    ) -> (isOver: Bool, events: Int) {
        let before = events.events
        let isOver = readAll(&input, into: &tokens)
        return (isOver, events.events - before)
    }

    private mutating func readAll(
        _ input: inout UnsafeRawBufferPointer, into tokens: inout [AnswerTokens]
    ) -> Bool {
        while true {
            if readRepeated(&input, into: &tokens) { return false }
            switch next(&input) {
            case nil: return false
            case .head: continue
            case .tokens(let found): tokens.append(found)
            case .finished: return true
            }
        }
    }

    /// Reads the events at the start of `input` that match the template and lie whole in their
    /// chunk, and each chunk whole in `input`.
    ///
    /// Where an event is anything else it stops in front of it, with parser and splitter as if they
    /// had read all up to there.
    ///
    /// - Returns: whether `input` is used up.
    private mutating func readRepeated(
        _ input: inout UnsafeRawBufferPointer, into tokens: inout [AnswerTokens]
    ) -> Bool {
        guard let choice = template.choice, template.isOneLine, pending.isEmpty, !isOver,
            parser.isBetweenChunks, events.isBetweenEvents, let base = input.baseAddress
        else { return false }
        // Sound: only read, as bytes, and never beyond `end`.
        let begin = base.assumingMemoryBound(to: UInt8.self)
        let end = begin + input.count
        var cursor = begin
        if parser.isAtChunkEnd {
            guard input.count >= 2, cursor[0] == 0x0D, cursor[1] == 0x0A else { return false }
            cursor += 2
            parser.skippedChunks(leaving: 0)
        }
        var run = RepeatedEvents(usage: tally.usage(of: choice.index))
        let left = template.readChunks(
            &cursor, end: end, &chunkHeader, hasIDs: choice.tokenIDs != nil, into: &run)
        if left > 0 { parser.skippedChunks(leaving: left) }
        if run.events > 0 {
            tally.count(run, of: choice, hasUsage: template.hasUsage)
            events.skipped(run.events)
            if run.tokens > 0 {
                tokens.append(
                    AnswerTokens(
                        count: UInt32(clamping: run.tokens),
                        events: UInt32(clamping: run.tokenEvents),
                        kind: choice.kind))
            }
        }
        input = UnsafeRawBufferPointer(start: UnsafeRawPointer(cursor), count: end - cursor)
        return cursor == end
    }
}

extension EventTemplate {
    /// Reads the whole chunks from `cursor` on whose events all match, and the matching events at
    /// the start of the next.
    ///
    /// - Returns: how many bytes of the chunk are left in which it stopped behind an event; 0 where
    ///   it stopped in front of a chunk.
    func readChunks(
        _ cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
        _ header: inout ChunkHeader, hasIDs: Bool, into run: inout RepeatedEvents
    ) -> Int {
        guard let shape else { return 0 }
        // Locals, so that they stay in registers.
        var sum = run
        defer { run = sum }
        let hasUsage = hasUsage
        let single = hasIDs || hasUsage ? nil : shape.single
        while true {
            if let single {
                let (events, textBytes) = single.readChunks(&cursor, end: end, &header)
                sum.addOnes(events, textBytes: textBytes)
            }
            guard let chunk = header.wholeChunk(at: cursor, end: end),
                let begin = chunk.baseAddress
            else { return 0 }
            let stop = begin + chunk.count
            var at = begin
            while at < stop {
                var ids: UInt32 = 0
                var completion: UInt32 = 0
                var textBytes: UInt32 = 0
                guard let json = Self.dataLine(at: at, end: stop),
                    let jsonEnd = shape.match(at: json, end: stop, &ids, &completion, &textBytes),
                    let behind = Self.blankLine(at: jsonEnd, end: stop),
                    sum.add(
                        ids: hasIDs ? ids : nil, completion: hasUsage ? completion : nil,
                        textBytes: textBytes)
                else { break }
                at = behind
            }
            guard at == stop else {
                guard at > begin else { return 0 }
                cursor = at
                return stop - at
            }
            cursor = stop + 2
        }
    }

    /// Where the value of a data line at `at` begins.
    @inline(__always)
    static func dataLine(
        at: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        guard end - at > 6, UnsafeRawPointer(at).loadUnaligned(as: UInt32.self) == Self.dataName,
            at[4] == 0x3A
        else { return nil }
        return at + (at[5] == 0x20 ? 6 : 5)
    }

    /// `data` as a load of four bytes gives it.
    private static let dataName = UInt32(littleEndian: 0x6174_6164)

    /// Where the bytes behind a line end and a blank line begin.
    @inline(__always)
    private static func blankLine(
        at: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        let left = end - at
        if left >= 2, at[0] == 0x0A, at[1] == 0x0A { return at + 2 }
        if left >= 4, at[0] == 0x0D, at[1] == 0x0A, at[2] == 0x0D, at[3] == 0x0A { return at + 4 }
        return nil
    }
}

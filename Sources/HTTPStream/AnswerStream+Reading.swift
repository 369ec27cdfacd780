import TokenLog

extension RepeatedEvents {
    /// Adds an event.
    ///
    /// - Returns: the tokens that it carried: its ids, else what its usage grew by, else one.
    @inline(__always)
    mutating func add(
        _ match: EventTemplate.Match, of choice: ScannedChoice, hasUsage: Bool
    ) -> UInt32 {
        events += 1
        let before = usage
        if hasUsage { usage = match.completion }
        if choice.tokenIDs != nil {
            ids += UInt64(match.ids)
            return match.ids
        }
        guard hasUsage else { return 1 }
        return usage > before ? usage - before : 0
    }
}

extension AnswerStream {
    /// Reads all of `input` and appends what its events carried to `tokens`, an element an event.
    ///
    /// The same as ``next(_:)`` until it returns nil, only that events of the shape of the event
    /// before them are read in one pass over chunk header, event line and JSON.
    ///
    /// - Returns: whether the answer has ended: then ``result`` says how, and `input` keeps what
    ///   follows the answer.
    package mutating func read(
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
        guard let choice = template.choice, template.isOneLine, pending.isEmpty, result == nil,
            parser.isBetweenChunks, events.isBetweenEvents, let base = input.baseAddress
        else { return false }
        // Sound: only read, as bytes, and never beyond `end`.
        let begin = base.assumingMemoryBound(to: UInt8.self)
        let end = begin + input.count
        let hasUsage = template.hasUsage
        var cursor = begin
        if parser.decoder.phase == .chunkEnd {
            guard input.count >= 2, cursor[0] == 0x0D, cursor[1] == 0x0A else { return false }
            cursor += 2
            parser.decoder.skippedChunks()
        }
        var run = RepeatedEvents(usage: tally.usage(of: choice.index))
        while let chunk = HTTPBodyDecoder.wholeChunk(at: cursor, end: end) {
            var at = chunk.baseAddress!
            let stop = at + chunk.count
            while at < stop {
                let before = run
                guard let (match, behind) = repeatedEvent(at: at, end: stop) else { break }
                let count = run.add(match, of: choice, hasUsage: hasUsage)
                guard count <= Self.tokensPerEvent else {
                    // Refused with a reason where events are read one by one.
                    run = before
                    break
                }
                at = behind
                if count > 0 { tokens.append(AnswerTokens(count: count, kind: choice.kind)) }
            }
            guard at == stop else {
                if at > chunk.baseAddress! {
                    parser.decoder.skipped(leaving: stop - at)
                    cursor = at
                }
                break
            }
            cursor = stop + 2
        }
        if run.events > 0 {
            tally.count(run, of: choice, hasUsage: hasUsage)
            events.skipped(run.events)
        }
        input = UnsafeRawBufferPointer(start: UnsafeRawPointer(cursor), count: end - cursor)
        return cursor == end
    }

    /// `data:`, a blank or none, a match, and a blank line.
    @inline(__always)
    private func repeatedEvent(
        at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
    ) -> (match: EventTemplate.Match, behind: UnsafePointer<UInt8>)? {
        guard end - begin > 6, begin[0] == 0x64, begin[1] == 0x61, begin[2] == 0x74,
            begin[3] == 0x61, begin[4] == 0x3A
        else { return nil }
        let json = begin + (begin[5] == 0x20 ? 6 : 5)
        guard let match = template.match(at: json, end: end) else { return nil }
        let behind = json + match.length
        let left = end - behind
        if left >= 2, behind[0] == 0x0A, behind[1] == 0x0A { return (match, behind + 2) }
        if left >= 4, behind[0] == 0x0D, behind[1] == 0x0A, behind[2] == 0x0D, behind[3] == 0x0A {
            return (match, behind + 4)
        }
        return nil
    }
}

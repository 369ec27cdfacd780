import Bytes
import TimeBase

/// The section of a batch with what servers said of themselves: a record after the other, each with
/// its instants as differences from the one before.
enum ScrapeColumns {
    /// Most records of one section.
    static let limit = 1 << 16
    /// Fewest bytes of a record: target, two instants and what is there.
    private static let leastBytes = 4
    /// Most bytes of a record.
    static let largestEncoding = 3 + 2 * 10 + 1 + 3 * 5 + 3 * 10

    /// Bits of the byte that says what follows.
    private static let running: UInt8 = 1
    private static let waiting: UInt8 = 1 << 1
    private static let keyValueUse: UInt8 = 1 << 2
    private static let preemptions: UInt8 = 1 << 3
    private static let generationTokens: UInt8 = 1 << 4
    private static let promptTokens: UInt8 = 1 << 5
    private static let lastFault: UInt8 = 1 << 6
    private static let fault: UInt8 = 1 << 7

    static func encode(
        _ scrapes: [ScrapeRecord], resolutionNs: Int64, into writer: inout ByteWriter
    ) {
        writer.varint(UInt64(scrapes.count))
        var before: Int64 = 0
        for scrape in scrapes {
            writer.varint(UInt64(scrape.target))
            let asked = floorDivide(scrape.asked.ns, by: resolutionNs)
            let at = floorDivide(scrape.at.ns, by: resolutionNs)
            writer.signed(asked &- before)
            writer.varint(UInt64(bitPattern: at &- asked))
            before = asked
            switch scrape.answer {
            case .figures(let figures): encode(figures, into: &writer)
            case .fault(let failure):
                writer.byte(fault | (failure.isLast ? lastFault : 0))
                writer.code(failure.fault)
                writer.varint(UInt64(failure.status))
            }
        }
    }

    private static func encode(_ figures: ServerFigures, into writer: inout ByteWriter) {
        func bit(_ bit: UInt8, _ isThere: Bool) -> UInt8 { isThere ? bit : 0 }
        writer.byte(
            bit(running, figures.running != nil) | bit(waiting, figures.waiting != nil)
                | bit(keyValueUse, figures.keyValueUsePPM != nil)
                | bit(preemptions, figures.preemptions != nil)
                | bit(generationTokens, figures.generationTokens != nil)
                | bit(promptTokens, figures.promptTokens != nil))
        for value in [figures.running, figures.waiting, figures.keyValueUsePPM] {
            if let value { writer.varint(UInt64(value)) }
        }
        for value in [figures.preemptions, figures.generationTokens, figures.promptTokens] {
            if let value { writer.varint(value) }
        }
    }

    /// Decodes in place of what `scrapes` holds.
    static func decode(
        into scrapes: inout [ScrapeRecord], resolutionNs: Int64, from reader: inout ByteReader
    ) throws(DecodeError) {
        scrapes.removeAll(keepingCapacity: true)
        let count = try reader.count("scrape count", limit: limit, bytesEach: leastBytes)
        scrapes.reserveCapacity(count)
        var asked: Int64 = 0
        for _ in 0..<count {
            let target: UInt16 = try reader.number("scrape target")
            asked &+= try reader.signed("scrape instant")
            // An instant beyond the clock's range is none: it becomes the one of the question.
            let at = asked &+ Int64(bitPattern: try reader.varint("scrape time"))
            let record = ScrapeRecord(
                target: target, asked: LocalInstant(ns: asked &* resolutionNs),
                at: LocalInstant(ns: at &* resolutionNs), answer: try answer(from: &reader))
            scrapes.append(record)
        }
    }

    private static func answer(
        from reader: inout ByteReader
    ) throws(DecodeError) -> ScrapeRecord.Answer {
        let bits = try reader.byte("scrape content")
        if bits & fault != 0 {
            guard bits & ~(fault | lastFault) == 0 else {
                throw reader.error("scrape content", back: 1, .unknownCode(UInt64(bits)))
            }
            return .fault(
                ScrapeFailure(
                    try reader.code("scrape fault"), status: try reader.number("scrape status"),
                    isLast: bits & lastFault != 0))
        }
        guard bits & lastFault == 0 else {
            throw reader.error("scrape content", back: 1, .unknownCode(UInt64(bits)))
        }
        var figures = ServerFigures()
        if bits & running != 0 { figures.running = try reader.number("requests running") }
        if bits & waiting != 0 { figures.waiting = try reader.number("requests waiting") }
        if bits & keyValueUse != 0 {
            figures.keyValueUsePPM = UInt32(
                try reader.varint("cache use", limit: UInt64(ServerFigures.wholeCachePPM)))
        }
        if bits & preemptions != 0 { figures.preemptions = try reader.varint("preemptions") }
        if bits & generationTokens != 0 {
            figures.generationTokens = try reader.varint("generation tokens")
        }
        if bits & promptTokens != 0 { figures.promptTokens = try reader.varint("prompt tokens") }
        return .figures(figures)
    }
}

import Glibc
import TokenLog

/// The shape of a stream's token events: all bytes but the few that differ from event to event.
///
/// Learnt from one fully scanned event. A later event matches when every byte outside the holes is
/// the same, the text is a non-empty JSON string, ids are plain decimal numbers with commas, and
/// counts are plain decimal numbers; then it says what the learnt event said, but for what is in the
/// holes, by construction. Everything else is left to ``EventScanner``: a template never guesses.
///
/// `created` and `id` are holes only once a stream has been seen to vary outside the others: as a
/// rule they stay the same, and equal bytes are cheaper to compare than to read.
struct EventTemplate: ~Copyable {
    /// What a matching event says.
    struct Match {
        /// Bytes of the event from where it was to begin.
        var length: Int
        /// How many token ids it lists; 0 where it lists none.
        var ids: UInt32
        /// `usage.completion_tokens`; 0 where the template has no usage.
        var completion: UInt32
    }

    fileprivate enum Part {
        case text
        case ids
        case completion
        /// A number that means nothing here.
        case number
        /// A string that means nothing here.
        case string
    }

    /// A hole of the learnt event, and where the bytes before it begin.
    fileprivate struct Hole {
        var part: Part
        var range: Range<Int>
        /// Offset and number of the bytes between the hole before and this one.
        var literal = 0
        var literalCount = 0
    }

    /// Most holes of a template: text, ids, completion and total tokens, `created`, `id`.
    private static let capacity = 6
    /// Most digits of a number in a hole, so that it stays within UInt32.
    private static let digits = 9

    private var bytes = GrowableBytes()
    private let holes = UnsafeMutablePointer<Hole>.allocate(capacity: capacity)
    private var holeCount = 0
    /// Where the bytes behind the last hole begin.
    private var tail = 0
    /// Whether `created` and `id` are holes.
    private var isWide = false

    /// What the learnt event's one choice says; nil where no template is held.
    private(set) var choice: ScannedChoice?
    /// The learnt event's `usage.prompt_tokens`.
    private(set) var promptTokens: UInt32?
    private(set) var hasUsage = false
    /// Whether the learnt event was a single line, and can be recognised in a stream's bytes.
    private(set) var isOneLine = false

    init() {}

    deinit { holes.deallocate() }

    /// Learns from a scanned event, or forgets the template where the event is not simple: exactly
    /// one choice with exactly one text, no tool call, no finish reason, no error, usage only with
    /// a plain number of completion tokens.
    mutating func learn(
        _ data: UnsafeRawBufferPointer, _ event: ScannedEvent, _ found: EventHoles
    ) {
        if choice != nil { isWide = true }
        choice = nil
        guard event.choices.count == 1, let text = found.text, found.texts == 1,
            !found.hasToolCall, !found.isRepeated, !event.isError,
            (event.completionTokens == nil) == (found.completion == nil),
            event.promptTokens == nil || event.completionTokens != nil,
            event.choices[0].finish == nil
        else { return }
        holeCount = 0
        add(text, .text)
        if let ids = found.ids { add(ids, .ids) }
        if let completion = found.completion { add(completion, .completion) }
        if let total = found.total { add(total, .number) }
        if isWide {
            if let created = found.created { add(created, .number) }
            if let id = found.id { add(id, .string) }
        }
        tail = 0
        for index in 0..<holeCount {
            holes[index].literal = tail
            holes[index].literalCount = holes[index].range.lowerBound - tail
            tail = holes[index].range.upperBound
        }
        bytes.removeAll()
        bytes.append(data)
        choice = event.choices[0]
        promptTokens = event.promptTokens
        hasUsage = event.completionTokens != nil
        isOneLine = memchr(data.baseAddress!, 0x0A, data.count) == nil
    }

    /// Puts a hole in its place among the others.
    private mutating func add(_ range: Range<Int>, _ part: Part) {
        precondition(holeCount < Self.capacity, "a template has more holes than it knows of")
        var index = holeCount
        while index > 0, holes[index - 1].range.lowerBound > range.lowerBound {
            (holes + index).initialize(to: holes[index - 1])
            index -= 1
        }
        (holes + index).initialize(to: Hole(part: part, range: range))
        holeCount += 1
    }

    /// Reads an event at `begin` that ends at or before `end`; nil if only a scan can tell.
    ///
    /// - Complexity: O(length of the learnt event and the holes); nothing is allocated.
    func match(at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) -> Match? {
        guard let shape else { return nil }
        var match = Match(length: 0, ids: 0, completion: 0)
        guard let behind = shape.match(at: begin, end: end, &match.ids, &match.completion) else {
            return nil
        }
        match.length = behind - begin
        return match
    }

    /// A view of what was learnt, valid until the next ``learn(_:_:_:)``; nil before the first.
    var shape: Shape? {
        guard let base = bytes.start else { return nil }
        return Shape(
            bytes: base, holes: UnsafePointer(holes), holeCount: holeCount, tail: base + tail,
            tailCount: bytes.count - tail)
    }

    /// A learnt event as the loop over a read's events holds it: a few words, none of them owned.
    struct Shape {
        fileprivate let bytes: UnsafePointer<UInt8>
        fileprivate let holes: UnsafePointer<Hole>
        fileprivate let holeCount: Int
        fileprivate let tail: UnsafePointer<UInt8>
        fileprivate let tailCount: Int

        /// Whether `chunk` is one event that differs from the learnt one in its text alone, framed as
        /// `data: ` and two line feeds: what nearly every chunk of nearly every server is.
        @inline(__always)
        func isWhole(_ chunk: UnsafeBufferPointer<UInt8>) -> Bool {
            let literalCount = holes.pointee.literalCount
            let textCount = chunk.count - 8 - literalCount - tailCount
            // The text's last word is read with up to seven bytes of what follows it.
            guard holeCount == 1, textCount > 0, tailCount >= 8, let begin = chunk.baseAddress,
                EventTemplate.dataLine(at: begin, end: begin + chunk.count) == begin + 6
            else { return false }
            let text = begin + 6 + literalCount
            let end = text + textCount
            return memcmp(bytes, begin + 6, literalCount) == 0
                && StringBytes.isPlain(text, textCount) && memcmp(tail, end, tailCount) == 0
                && end[tailCount] == 0x0A && end[tailCount + 1] == 0x0A
        }

        /// Where an event that begins at `begin` ends, its ids counted, its usage read; nil if only
        /// a scan can tell.
        @inline(__always)
        func match(
            at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, _ ids: inout UInt32,
            _ completion: inout UInt32
        ) -> UnsafePointer<UInt8>? {
            var at = begin
            var hole = holes
            let lastHole = holes + holeCount
            while hole < lastHole {
                let count = hole.pointee.literalCount
                guard end - at > count, memcmp(bytes + hole.pointee.literal, at, count) == 0 else {
                    return nil
                }
                at += count
                switch hole.pointee.part {
                case .text:
                    guard let behind = EventTemplate.textEnd(at, end), behind > at else {
                        return nil
                    }
                    at = behind
                case .ids:
                    guard let found = EventTemplate.countIDs(&at, end) else { return nil }
                    ids = found
                case .completion:
                    guard let value = EventTemplate.number(&at, end) else { return nil }
                    completion = value
                case .number:
                    guard EventTemplate.skipNumber(&at, end) else { return nil }
                case .string:
                    guard let behind = EventTemplate.textEnd(at, end) else { return nil }
                    at = behind
                }
                hole += 1
            }
            guard end - at >= tailCount, memcmp(tail, at, tailCount) == 0 else { return nil }
            return at + tailCount
        }
    }

    /// Where the quote is that closes the string at `begin`; nil for what is no JSON string.
    @inline(__always)
    fileprivate static func textEnd(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = begin
        while end - at >= 8 {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            let special = StringBytes.special(word)
            guard special == 0 else {
                at += special.trailingZeroBitCount >> 3
                return at.pointee == 0x22 ? at : escapedEnd(at, end)
            }
            at += 8
        }
        while at < end {
            let byte = at.pointee
            if byte == 0x22 { return at }
            if byte == 0x5C || byte < 0x20 { return escapedEnd(at, end) }
            at += 1
        }
        return nil
    }

    /// The same from a byte on that is an escape or no part of a string.
    private static func escapedEnd(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var scanner = JSONScanner(
            UnsafeRawBufferPointer(start: UnsafeRawPointer(begin), count: end - begin))
        // What is no string is left to the scan, which says what is wrong.
        guard let text = try? scanner.stringTail() else { return nil }
        return begin + text.range.upperBound
    }

    /// Reads a plain number of at most ``digits`` digits.
    @inline(__always)
    fileprivate static func number(
        _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UInt32? {
        let begin = at
        let limit = min(end, begin + digits)
        var value: UInt32 = 0
        while at < limit {
            let digit = at.pointee &- 0x30
            guard digit < 10 else { break }
            value = value * 10 + UInt32(digit)
            at += 1
        }
        let count = at - begin
        return count > 0 && (count == 1 || begin.pointee != 0x30) ? value : nil
    }

    /// Reads past a plain number of any length.
    @inline(__always)
    fileprivate static func skipNumber(
        _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Bool {
        let begin = at
        while at < end, at.pointee &- 0x30 < 10 { at += 1 }
        let count = at - begin
        return count == 1 || (count > 1 && begin.pointee != 0x30)
    }

    /// Counts `1,22,333` up to a bracket, which is left; nil for anything but plain numbers.
    @inline(__always)
    fileprivate static func countIDs(
        _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UInt32? {
        var count: UInt32 = 0
        var digits = 0
        var leadingZero = false
        while at < end {
            let byte = at.pointee
            switch byte {
            case 0x30...0x39:
                guard !leadingZero else { return nil }
                leadingZero = digits == 0 && byte == 0x30
                digits += 1
            case 0x2C:
                guard digits > 0 else { return nil }
                count += 1
                digits = 0
                leadingZero = false
            case 0x5D:
                guard digits > 0 || count == 0 else { return nil }
                return digits > 0 ? count + 1 : 0
            default:
                return nil
            }
            at += 1
        }
        return nil
    }
}

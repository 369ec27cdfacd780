import Glibc
import HTTP
import JSON

/// The bytes of one event, and the holes in it where events of the same shape differ.
///
/// Another event has the shape when every byte outside the holes is the same, a text is a non-empty
/// JSON string, ids are plain decimal numbers with commas, and counts are plain decimal numbers. By
/// construction it then says what the learnt event said, but for what is in the holes.
struct EventShape: ~Copyable {
    /// The kind of content of a hole.
    enum Part {
        /// A string that is not empty.
        case text
        /// Numbers between brackets.
        case ids
        /// A number of at most ``EventShape/digits`` digits.
        case completion, prompt
        /// A number of any length.
        case total, created
        /// A string.
        case id
    }

    /// A hole of the learnt event, and where the bytes before it begin.
    fileprivate struct Hole {
        var part: Part
        var range: Range<Int>
        /// Offset and number of the bytes between the hole before and this one.
        var literal = 0
        var literalCount = 0
    }

    /// Most holes: one of each part.
    private static let capacity = 7
    /// Most digits of a number whose value counts, so that it stays within UInt32.
    private static let digits = 9

    private var bytes = GrowableBytes()
    private let holes = UnsafeMutablePointer<Hole>.allocate(capacity: capacity)
    private var holeCount = 0
    /// Where the bytes behind the last hole begin.
    private var tail = 0

    init() {}

    deinit { holes.deallocate() }

    /// Whether the learnt event was a single line, and can be recognised in a stream's bytes.
    var isOneLine: Bool {
        guard let start = bytes.start else { return true }
        return memchr(start, 0x0A, bytes.count) == nil
    }

    /// Learns an event in place of what was learnt: those `parts` of it that it has are holes.
    mutating func learn(_ data: UnsafeRawBufferPointer, _ found: EventHoles, parts: [Part]) {
        bytes.removeAll()
        holeCount = 0
        for part in parts { add(found.range(of: part), part) }
        fill(data)
    }

    /// Adds a hole where the event has the part, in its order among the others.
    private mutating func add(_ range: Range<Int>?, _ part: Part) {
        guard let range else { return }
        precondition(holeCount < Self.capacity, "a shape has a hole twice")
        var index = holeCount
        while index > 0, holes[index - 1].range.lowerBound > range.lowerBound {
            (holes + index).initialize(to: holes[index - 1])
            index -= 1
        }
        (holes + index).initialize(to: Hole(part: part, range: range))
        holeCount += 1
    }

    /// Takes in the bytes about the holes.
    private mutating func fill(_ data: UnsafeRawBufferPointer) {
        tail = 0
        for index in 0..<holeCount {
            holes[index].literal = tail
            holes[index].literalCount = holes[index].range.lowerBound - tail
            tail = holes[index].range.upperBound
        }
        bytes.append(data)
    }

    /// A view of what was learnt, valid until the next change; nil before the first event.
    var view: View? {
        guard let base = bytes.start else { return nil }
        return View(
            bytes: base, holes: UnsafePointer(holes), holeCount: holeCount, tail: base + tail,
            tailCount: bytes.count - tail)
    }

    /// A shape as the loop over a read's events holds it: a few words, none of them owned.
    struct View {
        fileprivate let bytes: UnsafePointer<UInt8>
        private let holes: UnsafePointer<Hole>
        private let holeCount: Int
        fileprivate let tail: UnsafePointer<UInt8>
        fileprivate let tailCount: Int

        fileprivate init(
            bytes: UnsafePointer<UInt8>, holes: UnsafePointer<Hole>, holeCount: Int,
            tail: UnsafePointer<UInt8>, tailCount: Int
        ) {
            self.bytes = bytes
            self.holes = holes
            self.holeCount = holeCount
            self.tail = tail
            self.tailCount = tailCount
        }

        /// Where an event of the shape that begins at `begin` ends, `found` having been told each
        /// hole's part, bytes and number, which is a text's length in UTF-8; nil for an event of
        /// another shape.
        ///
        /// - Complexity: O(length of the event); nothing is allocated.
        @inline(__always)
        func match(
            at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
            _ found: (Part, UnsafePointer<UInt8>, UnsafePointer<UInt8>, UInt32) -> Void
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
                let start = at
                var number: UInt32 = 0
                switch hole.pointee.part {
                case .text:
                    var escaped = 0
                    guard let behind = EventShape.textEnd(at, end, &escaped), behind > at else {
                        return nil
                    }
                    at = behind
                    number = UInt32(truncatingIfNeeded: behind - start &- escaped)
                case .ids:
                    guard let count = EventShape.countIDs(&at, end) else { return nil }
                    number = count
                case .completion, .prompt:
                    guard let value = EventShape.number(&at, end) else { return nil }
                    number = value
                case .total, .created:
                    guard EventShape.skipNumber(&at, end) else { return nil }
                case .id:
                    var escaped = 0
                    guard let behind = EventShape.textEnd(at, end, &escaped) else { return nil }
                    at = behind
                }
                found(hole.pointee.part, start, at, number)
                hole += 1
            }
            guard end - at >= tailCount, memcmp(tail, at, tailCount) == 0 else { return nil }
            return at + tailCount
        }

        /// Whether the last bytes before `end` are those behind the shape's last hole.
        func hasTail(before end: UnsafePointer<UInt8>, count: Int) -> Bool {
            count >= tailCount && memcmp(tail, end - tailCount, tailCount) == 0
        }

        /// The bytes around the only hole, where that is a text; nil for other shapes.
        var single: SingleHole? {
            guard holeCount == 1, holes.pointee.part == .text else { return nil }
            return SingleHole(
                head: bytes, headCount: holes.pointee.literalCount, tail: tail,
                tailCount: tailCount)
        }
    }

    /// Where the quote is that closes the string at `begin`; nil for what is no JSON string.
    ///
    /// - Parameter escaped: set to how many bytes its escapes take beyond what they stand for.
    @inline(__always)
    fileprivate static func textEnd(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ escaped: inout Int
    ) -> UnsafePointer<UInt8>? {
        var at = begin
        while end - at >= 8 {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            let special = StringBytes.special(word)
            guard special == 0 else {
                at += special.trailingZeroBitCount >> 3
                return at.pointee == 0x22 ? at : escapedEnd(at, end, &escaped)
            }
            at += 8
        }
        while at < end {
            let byte = at.pointee
            if byte == 0x22 { return at }
            if byte == 0x5C || byte < 0x20 { return escapedEnd(at, end, &escaped) }
            at += 1
        }
        return nil
    }

    /// The same from a byte on that is an escape or no part of a string.
    private static func escapedEnd(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ escaped: inout Int
    ) -> UnsafePointer<UInt8>? {
        var scanner = JSONScanner(
            UnsafeRawBufferPointer(start: UnsafeRawPointer(begin), count: end - begin))
        // A value that is no string is left to the scan, which says what is wrong.
        guard let text = try? scanner.stringTail() else { return nil }
        escaped = text.range.count - scanner.utf8Count(text)
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

/// A shape whose events differ in their text alone.
struct SingleHole {
    fileprivate let head: UnsafePointer<UInt8>
    fileprivate let headCount: Int
    fileprivate let tail: UnsafePointer<UInt8>
    fileprivate let tailCount: Int

    /// Reads whole chunks from `cursor` on while each is one event of the shape, framed as `data: `
    /// and two line feeds: what nearly every chunk of nearly every server is.
    ///
    /// - Returns: how many, and the bytes of their texts, which hold no escape.
    func readChunks(
        _ cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
        _ header: inout ChunkHeader
    ) -> (events: Int, textBytes: Int) {
        var at = cursor
        var events = 0
        var textBytes = 0
        // Bytes of a chunk around the text.
        let around = headCount &+ tailCount &+ 8
        // The text's last word is read with up to seven bytes of what follows it.
        guard tailCount >= 3 else { return (0, 0) }
        while let chunk = header.wholeChunk(at: at, end: end), let begin = chunk.baseAddress {
            let textCount = chunk.count &- around
            let text = begin + (6 &+ headCount)
            let behind = text + textCount
            guard textCount > 0,
                UnsafeRawPointer(begin).loadUnaligned(as: UInt32.self) == Self.dataName,
                UnsafeRawPointer(begin + 4).loadUnaligned(as: UInt16.self) == Self.colonBlank,
                memcmp(head, begin + 6, headCount) == 0, StringBytes.isPlain(text, textCount),
                memcmp(tail, behind, tailCount) == 0,
                UnsafeRawPointer(behind + tailCount).loadUnaligned(as: UInt16.self)
                    == Self.lineFeeds
            else { break }
            events &+= 1
            textBytes &+= textCount
            at = begin + (chunk.count &+ 2)
        }
        cursor = at
        return (events, textBytes)
    }

    /// `data`, `: ` and two line feeds as loads give them.
    private static let dataName = UInt32(littleEndian: 0x6174_6164)
    private static let colonBlank = UInt16(littleEndian: 0x203A)
    private static let lineFeeds = UInt16(littleEndian: 0x0A0A)
}

extension EventHoles {
    fileprivate func range(of part: EventShape.Part) -> Range<Int>? {
        switch part {
        case .text: text
        case .ids: ids
        case .completion: completion
        case .prompt: prompt
        case .total: total
        case .created: created
        case .id: id
        }
    }
}

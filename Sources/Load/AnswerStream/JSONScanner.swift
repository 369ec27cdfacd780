import Glibc

/// A cursor over a JSON text (RFC 8259) that finds values without building them.
///
/// Nothing is allocated and nothing copied: strings and numbers come back as ranges of the text.
/// Nesting deeper than ``maximumDepth`` is an error, so no text can exhaust the stack. The scanner
/// checks grammar and escapes, not UTF-8: who makes a String of a range must.
struct JSONScanner {
    /// Deepest nesting of arrays and objects.
    static let maximumDepth = 128

    /// A string's bytes between its quotes.
    struct Text {
        var range: Range<Int>
        var hasEscapes: Bool
    }

    /// A number's bytes.
    struct Number {
        var range: Range<Int>
        /// Whether it has neither fraction nor exponent.
        var isInteger: Bool
    }

    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    func error(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

    /// The next byte that is no blank, not consumed; nil at the end of the text.
    @inline(__always)
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    /// Consumes `byte`, blanks before it skipped.
    @inline(__always)
    mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        guard peek() == byte else { throw error("\(name) is missing") }
        position += 1
    }

    /// Consumes `byte` if it is next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Requires that nothing but blanks follows.
    mutating func expectEnd() throws(JSONError) {
        guard peek() == nil else { throw error("something follows the value") }
    }

    /// The next key of an object whose `{` is consumed, its `:` consumed too; nil after `}`.
    ///
    /// - Parameter isFirst: true before the first call; set to false.
    mutating func nextKey(_ isFirst: inout Bool) throws(JSONError) -> Text? {
        if skip(0x7D) { return nil }
        if isFirst {
            isFirst = false
        } else {
            try expect(0x2C, "a comma or closing brace")
            guard peek() == 0x22 else { throw error("a key is missing") }
        }
        let key = try string()
        try expect(0x3A, "the colon behind a key")
        return key
    }

    /// Whether another element of an array whose `[` is consumed follows; false consumes the `]`.
    mutating func nextElement(_ isFirst: inout Bool) throws(JSONError) -> Bool {
        if skip(0x5D) {
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            try expect(0x2C, "a comma or closing bracket")
            guard peek() != 0x5D else { throw error("a value is missing") }
        }
        return true
    }

    /// Consumes a string with its quotes.
    mutating func string() throws(JSONError) -> Text {
        try expect(0x22, "a string's opening quote")
        return try stringTail()
    }

    /// Consumes a string whose opening quote is consumed.
    @inline(__always)
    mutating func stringTail() throws(JSONError) -> Text {
        let begin = position
        var hasEscapes = false
        var index = begin
        while index < bytes.count {
            index += plainBytes(from: index)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == 0x22 {
                position = index + 1
                return Text(range: begin..<index, hasEscapes: hasEscapes)
            }
            if byte == 0x5C {
                hasEscapes = true
                position = index
                try escape()
                index = position
            } else if byte < 0x20 {
                position = index
                throw error("a string holds an unescaped control character")
            } else {
                index += 1
            }
        }
        position = index
        throw error("a string does not end")
    }

    /// How many bytes from `index` on are neither quote, backslash nor control character, counted
    /// in words: perhaps fewer than there are near the end of the text.
    @inline(__always)
    private func plainBytes(from index: Int) -> Int {
        var at = index
        while at + 8 <= bytes.count {
            let special = StringBytes.special(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            guard special == 0 else { return at - index + special.trailingZeroBitCount >> 3 }
            at += 8
        }
        return at - index
    }

    private mutating func escape() throws(JSONError) {
        guard position + 1 < bytes.count else { throw error("a string does not end") }
        switch bytes[position + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            position += 2
        case 0x75:
            guard position + 6 <= bytes.count else { throw error("a string does not end") }
            for index in (position + 2)..<(position + 6) where Self.hexDigit(bytes[index]) == nil {
                throw error("\\u is not followed by four hexadecimal digits")
            }
            position += 6
        default:
            throw error("a string holds an unknown escape")
        }
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x41 + 10
        case 0x61...0x66: UInt32(byte) - 0x61 + 10
        default: nil
        }
    }

    /// Consumes a number.
    mutating func number() throws(JSONError) -> Number {
        guard peek() != nil else { throw error("a number is missing") }
        let begin = position
        if byte(0) == 0x2D { position += 1 }
        if byte(0) == 0x30 {
            position += 1
        } else {
            try digits("a number")
        }
        var isInteger = true
        if byte(0) == 0x2E {
            isInteger = false
            position += 1
            try digits("a fraction")
        }
        if byte(0) == 0x65 || byte(0) == 0x45 {
            isInteger = false
            position += 1
            if byte(0) == 0x2B || byte(0) == 0x2D { position += 1 }
            try digits("an exponent")
        }
        return Number(range: begin..<position, isInteger: isInteger)
    }

    /// The byte `ahead` of the position, 0 past the end.
    private func byte(_ ahead: Int) -> UInt8 {
        position + ahead < bytes.count ? bytes[position + ahead] : 0
    }

    private mutating func digits(_ name: StaticString) throws(JSONError) {
        let begin = position
        while byte(0) >= 0x30, byte(0) <= 0x39 { position += 1 }
        guard position > begin else { throw error("\(name) has no digit where one is due") }
    }

    /// Consumes `true`, `false` or `null`.
    mutating func literal(_ word: StaticString) throws(JSONError) {
        _ = peek()
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw error("a word is cut") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw error("an unknown word; only true, false and null are known")
        }
        position += length
    }

    /// Consumes `null` if it is next.
    mutating func skipNull() throws(JSONError) -> Bool {
        guard peek() == 0x6E else { return false }
        try literal("null")
        return true
    }

    /// Consumes any one value.
    mutating func skipValue(depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw tooDeep }
        switch peek() {
        case 0x22: _ = try string()
        case 0x7B:
            position += 1
            var isFirst = true
            while try nextKey(&isFirst) != nil { try skipValue(depth: depth + 1) }
        case 0x5B:
            position += 1
            var isFirst = true
            while try nextElement(&isFirst) { try skipValue(depth: depth + 1) }
        case 0x74: try literal("true")
        case 0x66: try literal("false")
        case 0x6E: try literal("null")
        case nil: throw error("a value is missing")
        default: _ = try number()
        }
    }

    var tooDeep: JSONError { error("nested deeper than \(Self.maximumDepth)") }

    /// Consumes a number that is a whole one from 0 to 2^32 - 1, and returns it; nil, with the
    /// value consumed, for any other value.
    mutating func wholeNumber(depth: Int) throws(JSONError) -> UInt32? {
        guard let first = peek(), first >= 0x30, first <= 0x39 else {
            try skipValue(depth: depth)
            return nil
        }
        let number = try number()
        guard number.isInteger, number.range.count <= 10 else { return nil }
        var value: UInt64 = 0
        for index in number.range { value = value * 10 + UInt64(bytes[index] - 0x30) }
        return UInt32(exactly: value)
    }

    /// Consumes a value and gives its bytes where it is a whole number without a sign; else nil.
    mutating func plainDigits(depth: Int) throws(JSONError) -> Range<Int>? {
        guard let first = peek(), first >= 0x30, first <= 0x39 else {
            try skipValue(depth: depth)
            return nil
        }
        let number = try number()
        return number.isInteger ? number.range : nil
    }

    /// Whether a string equals `word`, escapes resolved.
    @inline(__always)
    func equals(_ text: Text, _ word: StaticString) -> Bool {
        if text.hasEscapes { return equalsDecoded(text, word) }
        return text.range.count == word.utf8CodeUnitCount
            && memcmp(
                bytes.baseAddress! + text.range.lowerBound, word.utf8Start, text.range.count) == 0
    }

    private func equalsDecoded(_ text: Text, _ word: StaticString) -> Bool {
        decoded(text) == "\(word)"
    }

    /// The string's characters, escapes resolved; nil where they are not valid UTF-8 or hold half
    /// a surrogate pair. Allocates.
    func decoded(_ text: Text) -> String? {
        guard text.hasEscapes else {
            return String(
                validating: UnsafeRawBufferPointer(rebasing: bytes[text.range]), as: UTF8.self)
        }
        var resolved: [UInt8] = []
        resolved.reserveCapacity(text.range.count)
        var index = text.range.lowerBound
        while index < text.range.upperBound {
            guard bytes[index] == 0x5C else {
                resolved.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case 0x62: resolved.append(0x08)
            case 0x66: resolved.append(0x0C)
            case 0x6E: resolved.append(0x0A)
            case 0x72: resolved.append(0x0D)
            case 0x74: resolved.append(0x09)
            case 0x75:
                guard let scalar = scalar(at: &index, before: text.range.upperBound) else {
                    return nil
                }
                resolved.append(contentsOf: UTF8.encode(scalar)!)
                continue
            case let other: resolved.append(other)
            }
            index += 2
        }
        return String(validating: resolved, as: UTF8.self)
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair of them, at `index`, which moves behind it.
    func scalar(at index: inout Int, before end: Int) -> Unicode.Scalar? {
        func unit(_ at: Int) -> UInt32? {
            guard at + 6 <= end, bytes[at] == 0x5C, bytes[at + 1] == 0x75 else { return nil }
            return (2..<6).reduce(0) { $0 << 4 | (Self.hexDigit(bytes[at + $1]) ?? 0) }
        }
        guard let high = unit(index) else { return nil }
        index += 6
        guard high >= 0xD800, high < 0xDC00 else { return Unicode.Scalar(high) }
        guard let low = unit(index), low >= 0xDC00, low < 0xE000 else { return nil }
        index += 6
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }
}

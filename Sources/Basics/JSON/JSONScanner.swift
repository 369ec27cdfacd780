// Public, as in `TimeBase`: the compiler inlines into other modules only what is.
public import Glibc

/// A cursor over a JSON text (RFC 8259) that finds values without building them.
///
/// Nothing is allocated and nothing copied: strings and numbers come back as ranges of the text.
/// Nesting deeper than ``maximumDepth`` is an error, so no text can exhaust the stack. The scanner
/// checks grammar and escapes, not UTF-8: who makes a String of a range must.
public struct JSONScanner {
    /// Deepest nesting of arrays and objects.
    public static let maximumDepth = 128

    /// A string's bytes between its quotes.
    public struct Text {
        /// The address of the bytes.
        public var range: Range<Int>
        /// Whether a backslash is among them.
        public var hasEscapes: Bool

        @inlinable
        init(range: Range<Int>, hasEscapes: Bool) {
            (self.range, self.hasEscapes) = (range, hasEscapes)
        }
    }

    /// A number's bytes.
    public struct Number {
        /// The address of the bytes.
        public var range: Range<Int>
        /// Whether it has neither fraction nor exponent.
        public var isInteger: Bool

        @inlinable
        init(range: Range<Int>, isInteger: Bool) {
            (self.range, self.isInteger) = (range, isInteger)
        }
    }

    /// The text.
    public let bytes: UnsafeRawBufferPointer
    @usableFromInline var cursor: Int

    /// The offset of the next byte that is looked at.
    @inlinable
    public var position: Int { cursor }

    /// A cursor at a byte of a text, which must outlive it.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        cursor = position
    }

    /// The mistake here.
    public func error(_ reason: String) -> JSONError { JSONError(offset: cursor, reason: reason) }

    /// The next byte that is no blank, not consumed; nil at the end of the text.
    @inlinable @inline(__always)
    public mutating func peek() -> UInt8? {
        while cursor < bytes.count {
            let byte = bytes[cursor]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            cursor += 1
        }
        return nil
    }

    /// Consumes `byte`, blanks before it skipped.
    @inlinable @inline(__always)
    public mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        guard peek() == byte else { throw error("\(name) is missing") }
        cursor += 1
    }

    /// Consumes `byte` if it is next.
    @inlinable
    public mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        cursor += 1
        return true
    }

    /// Requires that nothing but blanks follows.
    @inlinable
    public mutating func expectEnd() throws(JSONError) {
        guard peek() == nil else { throw error("something follows the value") }
    }

    /// The next key of an object whose `{` is consumed, its `:` consumed too; nil after `}`.
    ///
    /// - Parameter isFirst: true before the first call; set to false.
    @inlinable
    public mutating func nextKey(_ isFirst: inout Bool) throws(JSONError) -> Text? {
        if skip(0x7D) { return nil }
        if isFirst {
            isFirst = false
        } else {
            try expect(0x2C, "a comma or closing brace")
        }
        guard peek() == 0x22 else { throw error("a member's name in quotes should stand here") }
        let key = try string()
        try expect(0x3A, "the colon behind a key")
        return key
    }

    /// Whether another element of an array whose `[` is consumed follows; false consumes the `]`.
    @inlinable
    public mutating func nextElement(_ isFirst: inout Bool) throws(JSONError) -> Bool {
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
    @inlinable
    public mutating func string() throws(JSONError) -> Text {
        try expect(0x22, "a string's opening quote")
        return try stringTail()
    }

    /// Consumes a string whose opening quote is consumed.
    @inlinable @inline(__always)
    public mutating func stringTail() throws(JSONError) -> Text {
        let begin = cursor
        var hasEscapes = false
        var index = begin
        while index < bytes.count {
            index += plainBytes(from: index)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == 0x22 {
                cursor = index + 1
                return Text(range: begin..<index, hasEscapes: hasEscapes)
            }
            if byte == 0x5C {
                hasEscapes = true
                cursor = index
                try escape()
                index = cursor
            } else if byte < 0x20 {
                cursor = index
                throw error("a string holds an unescaped control character")
            } else {
                index += 1
            }
        }
        cursor = index
        throw error("a string does not end")
    }

    /// How many bytes from `index` on are neither quote, backslash nor control character, counted
    /// in words: perhaps fewer than there are near the end of the text.
    @inlinable @inline(__always)
    func plainBytes(from index: Int) -> Int {
        var at = index
        while at + 8 <= bytes.count {
            let special = StringBytes.special(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            guard special == 0 else { return at - index + special.trailingZeroBitCount >> 3 }
            at += 8
        }
        return at - index
    }

    @usableFromInline
    mutating func escape() throws(JSONError) {
        guard cursor + 1 < bytes.count else { throw error("a string does not end") }
        switch bytes[cursor + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            cursor += 2
        case 0x75:
            guard cursor + 6 <= bytes.count else { throw error("a string does not end") }
            for index in (cursor + 2)..<(cursor + 6) where Self.hexDigit(bytes[index]) == nil {
                throw error("\\u is not followed by four hexadecimal digits")
            }
            cursor += 6
        default:
            throw error("a string holds an unknown escape")
        }
    }

    /// The digit's value; nil for any other byte.
    @inlinable
    public static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x41 + 10
        case 0x61...0x66: UInt32(byte) - 0x61 + 10
        default: nil
        }
    }

    /// Consumes a number.
    @inlinable
    public mutating func number() throws(JSONError) -> Number {
        guard let first = peek() else { throw error("a number is missing") }
        guard first == 0x2D || first &- 0x30 < 10 else {
            throw error("this is not the beginning of a value")
        }
        let begin = cursor
        if byte(0) == 0x2D { cursor += 1 }
        if byte(0) == 0x30 {
            cursor += 1
        } else {
            try digits("a number")
        }
        var isInteger = true
        if byte(0) == 0x2E {
            isInteger = false
            cursor += 1
            try digits("a fraction")
        }
        if byte(0) == 0x65 || byte(0) == 0x45 {
            isInteger = false
            cursor += 1
            if byte(0) == 0x2B || byte(0) == 0x2D { cursor += 1 }
            try digits("an exponent")
        }
        return Number(range: begin..<cursor, isInteger: isInteger)
    }

    /// The byte `ahead` of the cursor, 0 past the end.
    @inlinable
    func byte(_ ahead: Int) -> UInt8 {
        cursor + ahead < bytes.count ? bytes[cursor + ahead] : 0
    }

    @inlinable
    mutating func digits(_ name: StaticString) throws(JSONError) {
        let begin = cursor
        while byte(0) >= 0x30, byte(0) <= 0x39 { cursor += 1 }
        guard cursor > begin else { throw error("\(name) has no digit where one is due") }
    }

    /// Consumes `true`, `false` or `null`.
    @inlinable
    public mutating func literal(_ word: StaticString) throws(JSONError) {
        _ = peek()
        let length = word.utf8CodeUnitCount
        guard cursor + length <= bytes.count else { throw error("a word is cut") }
        for index in 0..<length where bytes[cursor + index] != word.utf8Start[index] {
            throw error("an unknown word; only true, false and null are known")
        }
        cursor += length
    }

    /// Consumes `null` if it is next.
    @inlinable
    public mutating func skipNull() throws(JSONError) -> Bool {
        guard peek() == 0x6E else { return false }
        try literal("null")
        return true
    }

    /// Consumes any one value.
    @inlinable
    public mutating func skipValue(depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw tooDeep }
        switch peek() {
        case 0x22: _ = try string()
        case 0x7B:
            cursor += 1
            var isFirst = true
            while try nextKey(&isFirst) != nil { try skipValue(depth: depth + 1) }
        case 0x5B:
            cursor += 1
            var isFirst = true
            while try nextElement(&isFirst) { try skipValue(depth: depth + 1) }
        case 0x74: try literal("true")
        case 0x66: try literal("false")
        case 0x6E: try literal("null")
        case nil: throw error("a value is missing")
        default: _ = try number()
        }
    }

    /// The error of a nesting beyond ``maximumDepth``.
    public var tooDeep: JSONError { error("nested deeper than \(Self.maximumDepth)") }

    /// Consumes a number that is a whole one from 0 to 2^32 - 1, and returns it; nil, with the
    /// value consumed, for any other value.
    @inlinable
    public mutating func wholeNumber(depth: Int) throws(JSONError) -> UInt32? {
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
    @inlinable
    public mutating func plainDigits(depth: Int) throws(JSONError) -> Range<Int>? {
        guard let first = peek(), first >= 0x30, first <= 0x39 else {
            try skipValue(depth: depth)
            return nil
        }
        let number = try number()
        return number.isInteger ? number.range : nil
    }

    /// Consumes the opening bracket of an array or an object that is the `depth`-th of those that
    /// are open.
    @inlinable
    public mutating func open(depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw tooDeep }
        cursor += 1
    }

    /// Whether a string equals `word`, escapes resolved.
    @inlinable @inline(__always)
    public func equals(_ text: Text, _ word: StaticString) -> Bool {
        if text.hasEscapes { return equalsDecoded(text, word) }
        return text.range.count == word.utf8CodeUnitCount
            && memcmp(
                bytes.baseAddress! + text.range.lowerBound, word.utf8Start, text.range.count) == 0
    }

    @usableFromInline
    func equalsDecoded(_ text: Text, _ word: StaticString) -> Bool {
        decoded(text) == "\(word)"
    }

    /// The string's characters, escapes resolved; nil where they are not valid UTF-8 or hold half
    /// a surrogate pair. Allocates.
    public func decoded(_ text: Text) -> String? {
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
    @inlinable
    public func scalar(at index: inout Int, before end: Int) -> Unicode.Scalar? {
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

/// Where and why bytes are not JSON (RFC 8259).
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In bytes from the beginning of the text, from 0.
    package var offset: Int
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int
    /// The mistake there, in words without any of the text.
    package var problem: String

    package var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSONValue {
    /// Parses one JSON text (RFC 8259): nothing but white space may stand around it.
    ///
    /// Whole numbers beyond Int64 and numbers with fraction or exponent become the nearest double.
    /// Members of one name are all kept; ``subscript(_:)`` finds the last. Memory grows with the
    /// text and nesting is bounded at 128, so hostile bytes cost no more than their length.
    ///
    /// - Throws: where and why the bytes are no JSON: grammar, depth, a string that is not UTF-8, a
    ///   number beyond double's range.
    /// - Complexity: O(bytes).
    package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes)
        self = try parser.wholeText()
    }

    /// Parses one JSON text.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONSyntaxError) in try JSONValue(parsing: buffer) }
        }
        self = try result.get()
    }

    /// Parses one JSON text.
    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }
}

struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    private var depth = 0

    /// The deepest nesting that is read.
    static let deepest = 128

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func wholeText() throws(JSONSyntaxError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw error("something follows the end of the text") }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        guard at < bytes.count else { throw error("the text ends where a value should stand") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("this is not the beginning of a value")
        }
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [JSONMember] = []
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                throw error("a member's name in quotes should stand here")
            }
            let name = try string()
            skipSpace()
            guard take(":") else { throw error("a colon should follow the member's name") }
            members.append(JSONMember(name, try value()))
            skipSpace()
            if take(",") { continue }
            if take("}") { return .object(members) }
            throw error("a comma or a closing brace should follow the member")
        }
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(values) }
        while true {
            values.append(try value())
            skipSpace()
            if take(",") { continue }
            if take("]") { return .array(values) }
            throw error("a comma or a closing bracket should follow the element")
        }
    }

    private mutating func enter() throws(JSONSyntaxError) {
        guard depth < Self.deepest else { throw error("nested deeper than \(Self.deepest)") }
        depth += 1
        at += 1
    }

    private mutating func literal(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard at + index < bytes.count, bytes[at + index] == word.utf8Start[index] else {
                throw error("this is not the beginning of a value")
            }
        }
        at += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = at
        let negative = take("-")
        let whole = digits()
        guard whole > 0 else { throw error("a number lacks its digits") }
        let firstDigit = start + (negative ? 1 : 0)
        guard whole == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw error("a number must not begin with a further zero")
        }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard digits() > 0 else { throw error("digits should follow the decimal point") }
        }
        if take("e") || take("E") {
            isWhole = false
            _ = take("+") || take("-")
            guard digits() > 0 else { throw error("digits should follow the exponent's letter") }
        }
        if isWhole, let value = integer(from: firstDigit, negative: negative) {
            return .integer(value)
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw error("the number is too large for a double")
        }
        return .real(value)
    }

    /// The whole number whose digits run from `start` to here; nil where 64 bits cannot hold it.
    private func integer(from start: Int, negative: Bool) -> Int64? {
        var value: Int64 = 0
        for index in start..<at {
            let digit = Int64(bytes[index] - UInt8(ascii: "0"))
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) =
                negative
                ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = next
        }
        return value
    }

    private mutating func digits() -> Int {
        let start = at
        while at < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[at] { at += 1 }
        return at - start
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        at += 1
        var start = at
        var text: [UInt8]?
        while true {
            guard at < bytes.count else { throw error("the text ends within a string") }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                var whole = text ?? []
                whole.append(contentsOf: bytes[start..<at])
                guard let string = String(validating: whole, as: UTF8.self) else {
                    throw error("the string is not UTF-8")
                }
                at += 1
                return string
            case UInt8(ascii: "\\"):
                var whole = text ?? []
                whole.append(contentsOf: bytes[start..<at])
                try escape(into: &whole)
                text = whole
                start = at
            case 0..<0x20: throw error("a control character within a string must be escaped")
            default: at += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard at + 1 < bytes.count else { throw error("the text ends within a string") }
        let letter = bytes[at + 1]
        at += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape()
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("a backslash should be followed by one of \"\\/bfnrtu")
        }
    }

    private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard 0xd800..<0xdc00 ~= unit, take("\\"), take("u") else {
            throw error("half of a surrogate pair stands alone")
        }
        let low = try hexadecimal()
        guard 0xdc00..<0xe000 ~= low,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        else { throw error("half of a surrogate pair stands alone") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue
            else { throw error("four hexadecimal digits should follow \\u") }
            unit = unit << 4 | UInt32(digit)
            at += 1
        }
        return unit
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x0a, 0x0d, 0x09: at += 1
            default: return
            }
        }
    }

    private func error(_ problem: String) -> JSONSyntaxError {
        var line = 1
        var lineStart = 0
        for index in 0..<min(at, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return JSONSyntaxError(
            offset: at, line: line, column: at - lineStart + 1, problem: problem)
    }
}

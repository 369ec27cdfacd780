import PlainText

/// Appends JSON to bytes, with no value built in between: `requests.jsonl` has a line a request
/// and a number a token.
package struct JSONWriter: Sendable {
    /// The bytes written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next name or element is preceded by a comma.
    private var needsComma = false

    package init() {}

    /// Forgets what has been written and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// An object with the members that `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// An array with the elements that `body` writes.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The name of a member, whose value is written next. It must need no escape.
    package mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// The name of a member, whose value is written next.
    package mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func null() { word("null") }

    package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    /// An integer, all its digits.
    package mutating func integer(_ value: Int64) {
        let longest = 20  // digits and sign of the least number
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest + 1) { text in
            var start = text.count
            var rest = value.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                text.initializeElement(
                    at: start, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
                rest = quotient
            } while rest > 0
            if value < 0 {
                start -= 1
                text.initializeElement(at: start, to: UInt8(ascii: "-"))
            }
            if needsComma {
                start -= 1
                text.initializeElement(at: start, to: UInt8(ascii: ","))
            }
            bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: text[start...]))
        }
        needsComma = true
    }

    /// A real number, the shortest digits that give it back. It must be finite.
    package mutating func real(_ value: Double) {
        precondition(value.isFinite, "JSON has no word for a number that is not finite")
        word(value.description)
    }

    /// A string in quotes, escaped as RFC 8259 asks; what could steer a terminal is escaped too.
    package mutating func string(_ value: String) {
        separate()
        Self.append(quoted: value, to: &bytes)
        needsComma = true
    }

    /// Appends `text` in quotes, escaped.
    static func append(quoted text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 < 0x7F }) {
            for byte in text.utf8 { append(escaped: byte, to: &bytes) }
        } else {
            for scalar in text.unicodeScalars {
                if scalar.value < 0x7F {
                    append(escaped: UInt8(scalar.value), to: &bytes)
                } else if scalar.steersText {
                    for unit in UTF16.encode(scalar)! { append(escaped: unit, to: &bytes) }
                } else {
                    bytes.append(contentsOf: UTF8.encode(scalar)!)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0a: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0d: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20: append(escaped: UInt16(byte), to: &bytes)
        default: bytes.append(byte)
        }
    }

    /// Appends `\uXXXX`.
    private static func append(escaped unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] { bytes.append(hexadecimal[Int(unit >> UInt16(shift)) & 15]) }
    }

    package mutating func integer(_ value: Int64?) {
        if let value { integer(value) } else { null() }
    }

    package mutating func real(_ value: Double?) {
        if let value { real(value) } else { null() }
    }

    package mutating func string(_ value: String?) {
        if let value { string(value) } else { null() }
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .real(let value): real(value)
        case .string(let value): string(value)
        case .array(let values): array { writer in values.forEach { writer.value($0) } }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.name(member.name)
                    writer.value(member.value)
                }
            }
        }
    }

    /// A line end, which also separates JSON lines.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    private mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}

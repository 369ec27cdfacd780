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
        let count = name.utf8CodeUnitCount
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 4) { text in
            var end = 0
            if needsComma {
                text[end] = UInt8(ascii: ",")
                end += 1
            }
            text[end] = UInt8(ascii: "\"")
            for index in 0..<count { text[end + 1 + index] = name.utf8Start[index] }
            end += count + 1
            text[end] = UInt8(ascii: "\"")
            text[end + 1] = UInt8(ascii: ":")
            bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: text[..<(end + 2)]))
        }
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
        separate()
        withUnsafeTemporaryAllocation(byteCount: JSONDigits.mostBytes, alignment: 1) { text in
            guard let start = text.baseAddress else { return }
            var digits = JSONDigits()
            let count = digits.write(value, to: start)
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        }
        needsComma = true
    }

    /// Integers, one after the other.
    package mutating func integers(_ values: UnsafeBufferPointer<Int64>) {
        guard !values.isEmpty else { return }
        separate()
        let most = 32
        withUnsafeTemporaryAllocation(
            byteCount: most * JSONDigits.mostBytes, alignment: 1
        ) { text in
            guard let start = text.baseAddress else { return }
            var digits = JSONDigits()
            var from = 0
            while from < values.count {
                let to = min(values.count, from + most)
                var end = start
                for value in values[from..<to] {
                    end += digits.write(value, to: end)
                    end.storeBytes(of: UInt8(ascii: ","), as: UInt8.self)
                    end += 1
                }
                // The last one has no comma behind it.
                if to == values.count { end -= 1 }
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: end - start))
                from = to
            }
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
        let isWritten = text.utf8.withContiguousStorageIfAvailable { plain in
            guard plain.allSatisfy({ isPlain($0) }) else { return false }
            bytes.append(contentsOf: plain)
            return true
        }
        if isWritten == true {
            // Most texts need no escape.
        } else if text.utf8.allSatisfy({ $0 < 0x7F }) {
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

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
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

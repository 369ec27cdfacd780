import Glibc

/// One header field: the name in lower case, the value without surrounding blanks.
package struct HTTPField: Hashable, Sendable {
    package var name: String
    package var value: String

    /// The field `name: value`; `name` must be in lower case.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Whether `text` is a field name: a token (RFC 9110, section 5.1).
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(HTTPHeadBlock.isTokenByte)
    }
}

extension [HTTPField] {
    /// The value of the first field called `name` (lower case), nil where there is none.
    package func first(named name: String) -> String? {
        first { $0.name == name }?.value
    }

    /// The comma-separated elements of every field called `name`, in lower case, in order
    /// (RFC 9110, section 5.6.1).
    package func elements(named name: String) -> [String] {
        var elements: [String] = []
        for field in self where field.name == name {
            for element in field.value.utf8.split(separator: UInt8(ascii: ",")) {
                let trimmed = HTTPHeadBlock.trimmed([UInt8](element)[...])
                guard !trimmed.isEmpty else { continue }
                elements.append(String(decoding: trimmed, as: UTF8.self).lowercased())
            }
        }
        return elements
    }
}

/// Collects a header block up to its empty line, over any split.
struct HTTPHeadBlock {
    private(set) var bytes: [UInt8] = []
    private var lineLength = 0
    let limits: HTTPLimits

    init(limits: HTTPLimits) { self.limits = limits }

    /// Whether nothing but empty lines came so far.
    var isEmpty: Bool { bytes.isEmpty }

    /// Takes bytes from the front of `input` up to the empty line that ends the block.
    ///
    /// Empty lines in front of the start line are skipped (RFC 9112, section 2.2).
    ///
    /// - Returns: true when the block is complete, false when more input is needed.
    mutating func take(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Bool {
        while let base = input.baseAddress, !input.isEmpty {
            let newline = memchr(base, 0x0A, input.count)
            let taken = newline.map { UnsafeRawPointer($0) - base + 1 } ?? input.count
            guard lineLength + taken <= limits.lineBytes else {
                throw HTTPError(
                    bytes.count == lineLength ? .lineTooLong : .headTooLarge,
                    "a header line is longer than \(limits.lineBytes) bytes")
            }
            guard bytes.count + taken <= limits.headBytes else {
                throw HTTPError(
                    .headTooLarge, "the header block is longer than \(limits.headBytes) bytes")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[..<taken]))
            lineLength += taken
            input = UnsafeRawBufferPointer(rebasing: input[taken...])
            guard newline != nil else { return false }
            let isBlank =
                lineLength == 1 || (lineLength == 2 && bytes[bytes.count - 2] == 0x0D)
            if isBlank && bytes.count == lineLength {
                bytes.removeAll(keepingCapacity: true)
            } else if isBlank {
                return true
            }
            lineLength = 0
        }
        return false
    }

    /// The start line's bytes and the fields behind it.
    ///
    /// - Parameter allowsFolding: whether a line that begins with a blank continues the value
    ///   before it (obsolete, RFC 9112, section 5.2), as a client must accept; else it is an error.
    /// - Complexity: O(bytes).
    func parsed(
        allowsFolding: Bool
    ) throws(HTTPError) -> (start: ArraySlice<UInt8>, fields: [HTTPField]) {
        var start: ArraySlice<UInt8> = []
        var fields: [HTTPField] = []
        var begin = 0
        var isFirst = true
        while begin < bytes.count, let newline = bytes[begin...].firstIndex(of: 0x0A) {
            var line = bytes[begin..<newline]
            if line.last == 0x0D { line = line.dropLast() }
            begin = newline + 1
            if isFirst {
                start = line
                isFirst = false
                continue
            }
            if line.isEmpty { break }
            if line.first == 0x20 || line.first == 0x09 {
                guard allowsFolding, !fields.isEmpty else {
                    throw HTTPError(.malformed, "a header line begins with a blank")
                }
                fields[fields.count - 1].value += " " + (try Self.text(Self.trimmed(line)))
                continue
            }
            guard fields.count < limits.fields else {
                throw HTTPError(.headTooLarge, "there are more than \(limits.fields) header fields")
            }
            fields.append(try Self.field(line))
        }
        return (start, fields)
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(HTTPError) -> HTTPField {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
            throw HTTPError(.malformed, "a header line has no name and colon")
        }
        var name: [UInt8] = []
        name.reserveCapacity(colon - line.startIndex)
        for byte in line[..<colon] {
            guard isTokenByte(byte) else {
                throw HTTPError(
                    .malformed, "a header name holds byte \(byte), which no name may hold")
            }
            name.append(byte | (byte >= 0x41 && byte <= 0x5A ? 0x20 : 0))
        }
        let value = trimmed(line[(colon + 1)...])
        return HTTPField(name: String(decoding: name, as: UTF8.self), value: try text(value))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> String {
        for byte in bytes where byte < 0x20 && byte != 0x09 || byte == 0x7F {
            throw HTTPError(.malformed, "a header value holds control byte \(byte)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `bytes` without blanks and tabs at either end.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = bytes
        while slice.first == 0x20 || slice.first == 0x09 { slice = slice.dropFirst() }
        while slice.last == 0x20 || slice.last == 0x09 { slice = slice.dropLast() }
        return slice
    }

    /// Whether `byte` may stand in a token (RFC 9110, section 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

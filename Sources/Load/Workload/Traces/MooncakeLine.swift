/// One line of a Mooncake or Bailian trace: a flat JSON object (RFC 8259) of which four members
/// count.
struct MooncakeLine {
    /// Deepest nesting of members that are skipped.
    private static let depthLimit = 32
    /// Most block ids of a request: as many as a line can hold.
    private static let blockLimit = TraceReader.lineLimit / 2

    private let line: [UInt8]
    private let time: TraceTime
    private var position = 0

    static func parse(_ line: [UInt8], time: TraceTime) throws(TraceFieldError) -> ReadRow {
        var parser = MooncakeLine(line: line, time: time)
        return try parser.row()
    }

    private init(line: [UInt8], time: TraceTime) {
        self.line = line
        self.time = time
    }

    private mutating func row() throws(TraceFieldError) -> ReadRow {
        var timestamp: Int64?
        var timeColumn: Int?
        var hasFraction = false
        var input: UInt32?
        var output: UInt32?
        var blocks: [UInt64] = []
        var hasText = false
        try expect("{")
        skipSpace()
        if peek != UInt8(ascii: "}") {
            repeat {
                skipSpace()
                let key = try string()
                skipSpace()
                try expect(":")
                skipSpace()
                switch key {
                case "timestamp":
                    timeColumn = position + 1
                    let digits = time.digits
                    timestamp = try number("a time in \(time.rawValue)") { text -> Int64? in
                        hasFraction = TraceNumber.hasFraction(text)
                        return TraceNumber.nanoseconds(text, digits)
                    }
                case "input_length": input = try number("a number of tokens", TraceNumber.tokens)
                case "output_length": output = try number("a number of tokens", TraceNumber.tokens)
                case "hash_ids": blocks = try ids()
                default:
                    hasText = hasText || key == "text_input"
                    try skipValue(depth: 0)
                }
                skipSpace()
            } while take(",")
        }
        try expect("}")
        skipSpace()
        guard position == line.count else { throw error("something follows the object") }
        position = 0
        guard let timestamp else { throw error("the object has no `timestamp`") }
        guard let input else {
            throw error(
                hasText
                    ? "`text_input` has no token count; add `input_length`"
                    : "the object has no `input_length`")
        }
        guard let output else { throw error("the object has no `output_length`") }
        return ReadRow(
            row: TraceRow(arrivalNs: timestamp, input: input, output: output, blocks: blocks),
            timeColumn: timeColumn, hasFraction: hasFraction)
    }

    private var peek: UInt8? { position < line.count ? line[position] : nil }

    private func error(_ problem: String) -> TraceFieldError {
        TraceFieldError(column: position + 1, problem: problem)
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TraceFieldError) {
        skipSpace()
        guard take(character) else { throw error("`\(character)` is missing here") }
    }

    /// A string's text; escapes stay as written, since no key that counts has one.
    private mutating func string() throws(TraceFieldError) -> String {
        guard take("\"") else { throw error("a string is missing here") }
        let begin = position
        while let byte = peek {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: line[begin..<position - 1], as: UTF8.self)
            }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = line.count
        throw error("the string has no end")
    }

    private mutating func scalarText() -> ArraySlice<UInt8> {
        let begin = position
        while let byte = peek, !",}] \t".utf8.contains(byte) { position += 1 }
        return line[begin..<position]
    }

    private mutating func number<Value>(
        _ wanted: String, _ parse: (ArraySlice<UInt8>) -> Value?
    ) throws(TraceFieldError) -> Value {
        let begin = position
        guard let value = parse(scalarText()) else {
            position = begin
            throw error("this is not \(wanted)")
        }
        return value
    }

    private mutating func ids() throws(TraceFieldError) -> [UInt64] {
        guard take("[") else { throw error("`hash_ids` is no list") }
        var ids: [UInt64] = []
        skipSpace()
        if take("]") { return ids }
        repeat {
            skipSpace()
            guard ids.count < Self.blockLimit else { throw error("`hash_ids` is too long") }
            ids.append(
                try number("a block id") { text in
                    UInt64(String(decoding: text, as: UTF8.self))
                })
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("`]` is missing here") }
        return ids
    }

    private mutating func skipValue(depth: Int) throws(TraceFieldError) {
        guard depth < Self.depthLimit else { throw error("the object is nested too deep") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "\"")?: _ = try string()
        case UInt8(ascii: "{")?, UInt8(ascii: "[")?:
            let isObject = take("{")
            if !isObject { position += 1 }
            let end: Unicode.Scalar = isObject ? "}" : "]"
            skipSpace()
            if take(end) { return }
            repeat {
                skipSpace()
                if isObject {
                    _ = try string()
                    try expect(":")
                }
                try skipValue(depth: depth + 1)
                skipSpace()
            } while take(",")
            try expect(end)
        default:
            if scalarText().isEmpty { throw error("a value is missing here") }
        }
    }
}

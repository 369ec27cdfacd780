import JSON

/// One line of a Mooncake or Bailian trace: a JSON object (RFC 8259) of which four members count.
struct MooncakeLine {
    private let line: [UInt8]
    private let time: TraceTime
    /// Over the bytes of `line`.
    private var scanner: JSONScanner

    static func parse(_ line: [UInt8], time: TraceTime) throws(TraceFieldError) -> ReadRow {
        let row = line.withUnsafeBytes { bytes in
            var parser = MooncakeLine(line: line, time: time, scanner: JSONScanner(bytes))
            return Result { () throws(TraceFieldError) in
                do throws(JSONError) {
                    return try parser.members()
                } catch {
                    throw TraceFieldError(column: error.offset + 1, problem: error.reason)
                }
            }
        }
        return try row.get().row()
    }

    /// The members that count, nil for those that are not there.
    private struct Members {
        var timestamp: Int64?
        var timeColumn: Int?
        var hasFraction = false
        var input: UInt32?
        var output: UInt32?
        var blocks: [UInt64] = []
        var hasText = false

        func row() throws(TraceFieldError) -> ReadRow {
            guard let timestamp else { throw Self.lacks("the object has no `timestamp`") }
            guard let input else {
                throw Self.lacks(
                    hasText
                        ? "`text_input` has no token count; add `input_length`"
                        : "the object has no `input_length`")
            }
            guard let output else { throw Self.lacks("the object has no `output_length`") }
            return ReadRow(
                row: TraceRow(arrivalNs: timestamp, input: input, output: output, blocks: blocks),
                timeColumn: timeColumn, hasFraction: hasFraction)
        }

        private static func lacks(_ problem: String) -> TraceFieldError {
            TraceFieldError(column: 1, problem: problem)
        }
    }

    private mutating func members() throws(JSONError) -> Members {
        var members = Members()
        try scanner.expect(UInt8(ascii: "{"), "an object's opening brace")
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "timestamp") {
                let time = time
                var hasFraction = false
                let (column, ns) = try number("a time in \(time.rawValue)") { text -> Int64? in
                    hasFraction = TraceNumber.hasFraction(text)
                    return TraceNumber.nanoseconds(text, time.digits)
                }
                members.timestamp = ns
                members.timeColumn = column
                members.hasFraction = hasFraction
            } else if scanner.equals(key, "input_length") {
                members.input = try number("a number of tokens", TraceNumber.tokens).value
            } else if scanner.equals(key, "output_length") {
                members.output = try number("a number of tokens", TraceNumber.tokens).value
            } else if scanner.equals(key, "hash_ids") {
                members.blocks = try ids()
            } else {
                members.hasText = members.hasText || scanner.equals(key, "text_input")
                try scanner.skipValue(depth: 2)
            }
        }
        try scanner.expectEnd()
        return members
    }

    /// A number that `parse` makes something of, and its column, from 1.
    private mutating func number<Value>(
        _ wanted: @autoclosure () -> String, _ parse: (ArraySlice<UInt8>) -> Value?
    ) throws(JSONError) -> (column: Int, value: Value) {
        let first = scanner.peek()
        let begin = scanner.position
        guard first == UInt8(ascii: "-") || (first.map { $0 &- 0x30 < 10 } ?? false),
            let value = parse(line[try scanner.number().range])
        else { throw JSONError(offset: begin, reason: "this is not \(wanted())") }
        return (begin + 1, value)
    }

    private mutating func ids() throws(JSONError) -> [UInt64] {
        guard scanner.skip(UInt8(ascii: "[")) else { throw scanner.error("`hash_ids` is no list") }
        var ids: [UInt64] = []
        var isFirst = true
        while try scanner.nextElement(&isFirst) {
            ids.append(try number("a block id", Self.id).value)
        }
        return ids
    }

    /// A whole number without a sign; nil for anything else.
    private static func id(_ text: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in text {
            let digit = byte &- 0x30
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            guard digit < 10, !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}

extension JSONValue {
    /// Parses one JSON text.
    ///
    /// Whole numbers beyond Int64 and numbers with fraction or exponent become the nearest double.
    /// Of members of one name all are kept; ``subscript(_:)`` finds the last.
    ///
    /// - Throws: ``JSONError`` with the offset of what is wrong: grammar, nesting deeper than 128,
    ///   a string that is not UTF-8, a number beyond double's range.
    /// - Complexity: O(bytes).
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try bytes.withUnsafeBytes { buffer in
            Result<JSONValue, JSONError> { () throws(JSONError) in
                try JSONValue(parsing: buffer)
            }
        }.get()
    }

    /// Parses one JSON text; see ``init(parsing:)-([UInt8])``.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        self = try Self.value(&scanner, depth: 1)
        try scanner.expectEnd()
    }

    private static func value(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONError) -> JSONValue {
        guard depth <= JSONScanner.maximumDepth else { throw scanner.tooDeep }
        switch scanner.peek() {
        case 0x22:
            return .string(try characters(try scanner.string(), scanner))
        case 0x7B:
            try scanner.expect(0x7B, "an opening brace")
            var members: [JSONMember] = []
            var isFirst = true
            while let key = try scanner.nextKey(&isFirst) {
                let name = try characters(key, scanner)
                members.append(JSONMember(name, try value(&scanner, depth: depth + 1)))
            }
            return .object(members)
        case 0x5B:
            try scanner.expect(0x5B, "an opening bracket")
            var elements: [JSONValue] = []
            var isFirst = true
            while try scanner.nextElement(&isFirst) {
                elements.append(try value(&scanner, depth: depth + 1))
            }
            return .array(elements)
        case 0x74:
            try scanner.literal("true")
            return .bool(true)
        case 0x66:
            try scanner.literal("false")
            return .bool(false)
        case 0x6E:
            try scanner.literal("null")
            return .null
        case nil:
            throw scanner.error("a value is missing")
        default:
            return try number(&scanner)
        }
    }

    private static func characters(
        _ text: JSONScanner.Text, _ scanner: JSONScanner
    ) throws(JSONError) -> String {
        guard let characters = scanner.decoded(text) else {
            throw JSONError(
                offset: text.range.lowerBound,
                reason: "a string is not UTF-8, or an escape is half a surrogate pair")
        }
        return characters
    }

    private static func number(_ scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
        let number = try scanner.number()
        let digits = String(
            decoding: UnsafeRawBufferPointer(rebasing: scanner.bytes[number.range]), as: UTF8.self)
        if number.isInteger, let value = Int64(digits) { return .int(value) }
        guard let value = Double(digits), value.isFinite else {
            throw JSONError(
                offset: number.range.lowerBound, reason: "a number is beyond double's range")
        }
        return .double(value)
    }
}

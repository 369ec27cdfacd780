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

    fileprivate init(_ error: JSONError, in bytes: UnsafeRawBufferPointer) {
        offset = error.offset
        problem = error.reason
        line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        column = offset - lineStart + 1
    }
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
        do throws(JSONError) {
            var scanner = JSONScanner(bytes)
            self = try scanner.value(depth: 1)
            try scanner.expectEnd()
        } catch {
            throw JSONSyntaxError(error, in: bytes)
        }
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

/// Values that are built, where the scanner finds them.
extension JSONScanner {
    fileprivate mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [JSONMember] = []
            try open(depth: depth)
            var isFirst = true
            while let key = try nextKey(&isFirst) {
                let name = try characters(of: key)
                members.append(JSONMember(name, try value(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try open(depth: depth)
            var isFirst = true
            while try nextElement(&isFirst) { values.append(try value(depth: depth + 1)) }
            return .array(values)
        case UInt8(ascii: "\""): return .string(try characters(of: string()))
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case nil: throw error("a value is missing")
        default: return try numericValue()
        }
    }

    private func characters(of text: Text) throws(JSONError) -> String {
        guard let characters = decoded(text) else {
            throw JSONError(
                offset: text.range.lowerBound,
                reason: "a string is not valid UTF-8, or holds half of a surrogate pair")
        }
        return characters
    }

    private mutating func numericValue() throws(JSONError) -> JSONValue {
        let number = try number()
        if number.isInteger, let value = integer(number) { return .integer(value) }
        let text = String(decoding: bytes[number.range], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw error("the number is too large for a double")
        }
        return .real(value)
    }

    /// A whole number; nil where 64 bits cannot hold it.
    private func integer(_ number: Number) -> Int64? {
        let isNegative = bytes[number.range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in number.range.dropFirst(isNegative ? 1 : 0) {
            let digit = Int64(bytes[index] - UInt8(ascii: "0"))
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) =
                isNegative
                ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = next
        }
        return value
    }
}

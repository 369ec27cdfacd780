import PlainText

/// Rows of comma-separated whole numbers, read from bytes that anybody may have written.
///
/// Line ends are LF or CRLF, the last one may be missing; empty lines and a byte order mark are
/// skipped. Each problem names the line and the column, from 1.
struct IntegerTable {
    private let bytes: [UInt8]
    private let path: String
    /// The fields of the line at hand.
    private(set) var fields: [Range<Int>] = []
    /// The line at hand, from 1; its bytes without the line end.
    private(set) var line = 0
    private var span = 0..<0
    private var next = 0

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
    }

    /// Moves on to the next line that is not empty; false behind the last.
    mutating func advance() -> Bool {
        while next < bytes.count {
            let end = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            span = next..<end
            if end > next, bytes[end - 1] == UInt8(ascii: "\r") { span = next..<(end - 1) }
            next = end + 1
            line += 1
            guard !trimmed(span).isEmpty else { continue }
            split()
            return true
        }
        return false
    }

    private mutating func split() {
        fields.removeAll(keepingCapacity: true)
        var begin = span.lowerBound
        for index in span where bytes[index] == UInt8(ascii: ",") {
            fields.append(begin..<index)
            begin = index + 1
        }
        fields.append(begin..<span.upperBound)
    }

    /// The text of a field, without spaces and quotes around it.
    func text(_ field: Int) -> String {
        var range = trimmed(fields[field])
        if range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\""),
            bytes[range.upperBound - 1] == UInt8(ascii: "\"")
        {
            range = (range.lowerBound + 1)..<(range.upperBound - 1)
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The whole number in a field.
    ///
    /// - Throws: ``FileProblem`` at the field, which must be called `name`.
    func integer(_ field: Int, _ name: String) throws(FileProblem) -> Int64 {
        switch parsed(field) {
        case .number(let value): return value
        case .tooLarge:
            throw problem(
                at: field, "`\(name)` does not fit into 64 bits, as a stamp in ns must")
        case .none:
            let text = text(field)
            throw problem(
                at: field,
                text.isEmpty
                    ? "`\(name)` is missing; write a whole number"
                    : "`\(name)` is \"\(text.harmless.cut(32))\"; write a whole number")
        }
    }

    /// Whether a field holds a whole number, however large.
    func isNumber(_ field: Int) -> Bool { parsed(field) != .none }

    func problem(at field: Int, _ problem: String) -> FileProblem {
        let start = fields.indices.contains(field) ? fields[field].lowerBound : span.upperBound
        return FileProblem(
            .content, path, line: line, column: start - span.lowerBound + 1, problem)
    }

    private enum Parsed: Hashable {
        case number(Int64)
        case tooLarge
        case none
    }

    private func parsed(_ field: Int) -> Parsed {
        var range = trimmed(fields[field])
        guard let first = range.first else { return .none }
        let isNegative = bytes[first] == UInt8(ascii: "-")
        if isNegative { range = (first + 1)..<range.upperBound }
        guard !range.isEmpty else { return .none }
        var value: Int64 = 0
        var overflows = false
        for byte in bytes[range] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return .none }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, a) = value.multipliedReportingOverflow(by: 10)
            // Built from its negative side: the least number has no positive twin.
            let (sum, b) = product.subtractingReportingOverflow(digit)
            overflows = overflows || a || b
            value = sum
        }
        guard !overflows else { return .tooLarge }
        if isNegative { return .number(value) }
        return value == .min ? .tooLarge : .number(-value)
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        }
        var range = range
        while let first = range.first, isSpace(bytes[first]) {
            range = (first + 1)..<range.upperBound
        }
        while let last = range.last, isSpace(bytes[last]) { range = range.lowerBound..<last }
        return range
    }
}

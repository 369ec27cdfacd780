/// Where the fields of a CSV trace stand.
struct TraceColumns: Sendable {
    /// The unit of times; nil for civil ones.
    private let unit: TraceTime?
    private let time: Int?
    private let input: Int
    private let output: Int
    private let count: Int

    /// The layout that a line of column names says.
    init(
        header: [UInt8], columns: TraceFormat.Columns, format: TraceFormat, time unit: TraceTime?
    ) throws(TraceFieldError) {
        let names = Self.split(header).map { Self.name(header[$0]) }
        func find(_ name: String) throws(TraceFieldError) -> Int {
            guard let index = names.firstIndex(of: name) else {
                throw TraceFieldError(
                    column: 1,
                    problem:
                        "the first line has no column `\(name)`, which \(format.rawValue) needs")
            }
            return index
        }
        self.unit = unit
        count = names.count
        input = try find(columns.input)
        output = try find(columns.output)
        if columns.isTimeOptional, !names.contains(columns.time) {
            time = nil
        } else {
            time = try find(columns.time)
        }
    }

    func row(_ line: [UInt8]) throws(TraceFieldError) -> ReadRow {
        let fields = Self.split(line)
        guard fields.count == count else {
            throw TraceFieldError(
                column: line.count + 1,
                problem: "the line has \(fields.count) fields where the first has \(count)")
        }
        var arrivalNs: Int64?
        if let time {
            let field = fields[time]
            let text = Self.unquoted(line[field])
            let parsed =
                unit.map { TraceNumber.nanoseconds(text, $0.digits) }
                ?? CivilTime.nanoseconds(text)
            guard let parsed else {
                let wanted =
                    unit.map { "time in \($0.rawValue)" }
                    ?? "time like 2023-11-16 18:17:03.9799600"
                throw TraceFieldError(column: field.lowerBound + 1, problem: "this is no \(wanted)")
            }
            arrivalNs = parsed
        }
        return ReadRow(
            row: TraceRow(
                arrivalNs: arrivalNs, input: try tokens(line, fields[input]),
                output: try tokens(line, fields[output])))
    }

    private func tokens(_ line: [UInt8], _ field: Range<Int>) throws(TraceFieldError) -> UInt32 {
        guard let count = TraceNumber.tokens(Self.unquoted(line[field])) else {
            throw TraceFieldError(
                column: field.lowerBound + 1,
                problem: "this is no whole number of tokens up to \(TokenLength.limit)")
        }
        return count
    }

    /// The fields between the commas outside quotes.
    static func split(_ line: [UInt8]) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var begin = 0
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted {
                fields.append(begin..<index)
                begin = index + 1
            }
        }
        fields.append(begin..<line.count)
        return fields
    }

    static func name(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: unquoted(field), as: UTF8.self)
    }

    /// Without spaces and one pair of quotes around it.
    private static func unquoted(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func trim(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            var text = text.drop { $0 == UInt8(ascii: " ") }
            while text.last == UInt8(ascii: " ") { text.removeLast() }
            return text
        }
        let text = trim(field)
        guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"")
        else { return text }
        return trim(text.dropFirst().dropLast())
    }
}

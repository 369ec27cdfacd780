/// Reads a trace from chunks of bytes, cut anywhere: memory is one line, whatever the file's size.
///
/// Line ends are LF or CRLF, the last one may be missing, empty lines are skipped, and a byte order
/// mark is. Nothing in a file traps: each malformed line throws a ``TraceError``, after which the
/// reader must not be fed again.
package struct TraceReader: Sendable {
    /// Longest line, in bytes.
    package static let lineLimit = 1 << 20

    /// The format given, or found in the first line; nil before that.
    package private(set) var format: TraceFormat?
    private var line: [UInt8] = []
    private var lineNumber = 1
    private var layout: TraceColumns?
    private var firstInstantNs: Int64?

    /// A reader of `format`; nil recognises it by the first line.
    package init(format: TraceFormat? = nil) {
        self.format = format
    }

    /// Appends the rows that `chunk` completes to `rows`. O(bytes).
    package mutating func feed(
        _ chunk: some Sequence<UInt8>, into rows: inout [TraceRow]
    ) throws(TraceError) {
        for byte in chunk {
            if byte == UInt8(ascii: "\n") {
                try endLine(into: &rows)
            } else if line.count < Self.lineLimit {
                line.append(byte)
            } else {
                throw error(Self.lineLimit + 1, "the line is longer than \(Self.lineLimit) bytes")
            }
        }
    }

    /// Appends the row of a last line without an end.
    package mutating func finish(into rows: inout [TraceRow]) throws(TraceError) {
        if !line.isEmpty { try endLine(into: &rows) }
    }

    private mutating func endLine(into rows: inout [TraceRow]) throws(TraceError) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
            if let row = try parseLine() { rows.append(row) }
        }
        line.removeAll(keepingCapacity: true)
        lineNumber += 1
    }

    private func error(_ column: Int, _ problem: String) -> TraceError {
        TraceError(line: lineNumber, column: column, problem: problem)
    }

    /// The row of the line; nil for a header.
    private mutating func parseLine() throws(TraceError) -> TraceRow? {
        if format == nil { try recognise() }
        guard let format else { return nil }
        var row: TraceRow
        do throws(TraceFieldError) {
            guard let columns = format.columns else {
                row = try MooncakeLine.parse(line)
                rebase(&row)
                return row
            }
            guard let layout else {
                layout = try TraceColumns(header: line, columns: columns, format: format)
                return nil
            }
            row = try layout.row(line)
        } catch {
            throw self.error(error.column, error.problem)
        }
        rebase(&row)
        return row
    }

    /// Counts the arrival from the first row's.
    private mutating func rebase(_ row: inout TraceRow) {
        guard let at = row.arrivalNs else { return }
        let first = firstInstantNs ?? at
        firstInstantNs = first
        // Both are within the range of ``TraceNumber/spanLimit`` or of civil dates, so that their
        // difference is far from overflow.
        row.arrivalNs = at - first
    }

    private mutating func recognise() throws(TraceError) {
        if line.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "{") {
            format = .mooncake
            return
        }
        let names = TraceColumns.split(line).map { TraceColumns.name(line[$0]) }
        format = TraceFormat.allCases.first { format in
            format.columns.map { names.contains($0.input) && names.contains($0.output) } ?? false
        }
        if format == nil {
            throw error(
                1,
                "the first line is of no known trace format (azure, mooncake, burstgpt, vidur); "
                    + "a CSV begins with a line of column names")
        }
    }
}

/// What is wrong within a line.
struct TraceFieldError: Error {
    /// In bytes, from 1.
    var column: Int
    var problem: String
}

/// Reads a trace from chunks of bytes, cut anywhere: memory is one line beside its rows, whatever
/// the file's size.
///
/// Line ends are LF or CRLF, the last one may be missing, empty lines are skipped, and a byte order
/// mark is. Nothing in a file traps. A row that cannot be sent is left out and counted; where more
/// than one in a hundred is unusable, ``finish(into:)`` throws what is wrong with the first. After
/// an error the reader must not be fed again.
package struct TraceReader: Sendable {
    /// Longest line, in bytes.
    package static let lineLimit = 1 << 20
    /// The same of a trace of sessions, whose lines may hold texts, which are not used, and many
    /// spans.
    package static let sessionLineLimit = 1 << 26

    /// Options that are given for a trace beside the file itself.
    package struct Options: Hashable, Sendable {
        /// Nil recognises it by the first line.
        package var format: TraceFormat?
        /// The unit of times; nil takes the format's.
        package var time: TraceTime?
        /// Tokens of a block of `hash_ids`; nil finds it in the rows.
        package var blockTokens: UInt32?
        /// Whether the rows' times and blocks are used, or their lengths alone.
        package var isReplay = true

        package init(format: TraceFormat? = nil) { self.format = format }
    }

    /// The format given, or found in the first line; nil before that.
    package private(set) var format: TraceFormat?
    /// Rows that were left out so far.
    package private(set) var leftOut = LeftOut()
    /// Tokens of a block of `hash_ids`; nil without ids, and before the end.
    package private(set) var blockTokens: UInt32?
    private let options: Options
    private var line: [UInt8] = []
    private var lineNumber = 1
    private var layout: TraceColumns?
    private var firstUnusable: TraceError?
    private var sessions = TraceSessions()
    /// Lines that were read without a fault, of a trace of sessions.
    private var soundLines = 0
    /// Lines of the rows with ids, in order.
    private var markedLines: [UInt32] = []
    /// The first time, and the first with a fraction of the unit, where the unit was not said.
    private var firstTime: (line: Int, column: Int)?
    private var firstFraction: (line: Int, column: Int)?

    package init(_ options: Options = Options()) {
        self.options = options
        format = options.format
    }

    /// The unit that times are read in; nil for civil times, and before the format is known.
    package var time: TraceTime? {
        guard let format, let usual = format.time else { return nil }
        return options.time ?? usual
    }

    /// Appends the rows that `chunk` completes to `rows`, arrivals as the file counts them.
    /// O(bytes).
    package mutating func feed(
        _ chunk: some Sequence<UInt8>, into rows: inout [TraceRow]
    ) throws(TraceError) {
        for byte in chunk {
            if byte == UInt8(ascii: "\n") {
                try endLine(into: &rows)
            } else if line.count < Self.lineLimit || line.count < limit {
                line.append(byte)
            } else {
                throw error(limit + 1, "the line is longer than \(limit) bytes")
            }
        }
    }

    /// Longest line of the format; before that is known, of one that may be of sessions.
    private var limit: Int {
        let mayBeOfSessions = format?.hasSessions ?? (line.first == UInt8(ascii: "{"))
        return mayBeOfSessions ? Self.sessionLineLimit : Self.lineLimit
    }

    /// Appends the row of a last line without an end, and makes all rows of the file what they are
    /// to be: in order of arrival, counted from the earliest, with the size of their blocks.
    ///
    /// O(n log n).
    package mutating func finish(into rows: inout [TraceRow]) throws(TraceError) {
        if !line.isEmpty { try endLine(into: &rows) }
        var all = rows.count
        if format?.hasSessions == true {
            let (found, beyond) = sessions.rows()
            rows += found
            leftOut[.beyondRequests] += beyond
            all = soundLines
        }
        try findBlocks(in: &rows)
        if let firstUnusable, leftOut.hasTooManyUnusable(of: all + leftOut.total) {
            throw firstUnusable
        }
        Trace.order(&rows)
        if let doubtful = firstFraction ?? firstTime,
            let doubt = TraceTime.doubt(
                rate: Trace.meanRate(rows), hasFraction: firstFraction != nil)
        {
            throw TraceError(line: doubtful.line, column: doubtful.column, problem: doubt)
        }
    }

    private mutating func endLine(into rows: inout [TraceRow]) throws(TraceError) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
            try takeLine(into: &rows)
        }
        line.removeAll(keepingCapacity: true)
        lineNumber += 1
    }

    private func error(_ column: Int, _ problem: String) -> TraceError {
        TraceError(line: lineNumber, column: column, problem: problem)
    }

    /// Takes in the line: a header, or a row.
    private mutating func takeLine(into rows: inout [TraceRow]) throws(TraceError) {
        if layout == nil, leftOut.isEmpty, rows.isEmpty, line.first == UInt8(ascii: "[") {
            throw error(1, Trace.listProblem)
        }
        if format == nil { try recognise() }
        guard let format else { return }
        if let columns = format.columns, layout == nil {
            do throws(TraceFieldError) {
                layout = try TraceColumns(
                    header: line, columns: columns, format: format, time: time)
            } catch {
                throw self.error(error.column, error.problem)
            }
            return
        }
        do throws(TraceFieldError) {
            switch format {
            case .otel:
                for call in try OTLPLine.parse(line) { take(call) }
                soundLines += 1
                return
            case .tracelab:
                take(try TraceLabLine.parse(line))
                soundLines += 1
                return
            case .azure, .mooncake, .bailian, .burstGPT, .vidur: break
            }
            let read: ReadRow
            if let layout {
                read = try layout.row(line)
            } else {
                read = try MooncakeLine.parse(line, time: time ?? .milliseconds)
            }
            take(read, into: &rows)
        } catch {
            noteUnusable(self.error(error.column, error.problem))
        }
    }

    private mutating func take(_ read: ReadRow, into rows: inout [TraceRow]) {
        if let column = read.timeColumn, options.isReplay, options.time == nil,
            format == .mooncake
        {
            if firstTime == nil { firstTime = (lineNumber, column) }
            if read.hasFraction, firstFraction == nil { firstFraction = (lineNumber, column) }
        }
        if read.row.output == 0 {
            leftOut[.noOutput] += 1
        } else if read.row.input == 0 {
            leftOut[.noInput] += 1
        } else {
            rows.append(read.row)
            if !read.row.blocks.isEmpty { markedLines.append(UInt32(clamping: lineNumber)) }
        }
    }

    private mutating func take(_ call: ReadCall) {
        if call.output == 0 {
            leftOut[.noOutput] += 1
        } else if call.input == 0 {
            leftOut[.noInput] += 1
        } else {
            sessions.add(call)
        }
    }

    private mutating func noteUnusable(_ error: TraceError) {
        leftOut[.unusable] += 1
        firstUnusable = firstUnusable ?? error
    }

    private mutating func recognise() throws(TraceError) {
        if line.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "{") {
            guard line.last != UInt8(ascii: "{") else {
                throw error(
                    1,
                    "a trace has an object a line, and this one goes over several; write them so, "
                        + "for example with `jq -c . FILE`")
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.contains("\"resourceSpans\"") || text.contains("\"traceId\"") {
                format = .otel
            } else if text.contains("\"round_index\""), text.contains("\"session_id\"") {
                format = .tracelab
            } else {
                format = text.contains("\"parent_chat_id\"") ? .bailian : .mooncake
            }
            return
        }
        let names = TraceColumns.split(line).map { TraceColumns.name(line[$0]) }
        format = TraceFormat.allCases.first { format in
            format.columns.map { names.contains($0.input) && names.contains($0.output) } ?? false
        }
        if format == nil {
            throw error(
                1,
                "the first line is of no known trace format ("
                    + TraceFormat.allCases.map(\.rawValue).joined(separator: ", ")
                    + "); a CSV begins with a line of column names")
        }
    }

    // MARK: Blocks

    /// Says how many tokens the rows' blocks have, and leaves out rows that contradict it.
    private mutating func findBlocks(in rows: inout [TraceRow]) throws(TraceError) {
        guard options.isReplay, let usual = format?.blockTokens,
            let found = TraceBlocks.find(rows, given: options.blockTokens, usual: usual)
        else { return }
        switch found {
        case .several(let sizes):
            let named = sizes.map(String.init).joined(separator: ", ")
            throw TraceError(
                line: Int(markedLines.first ?? 1), column: 1,
                problem: "`hash_ids` may be of blocks of \(named) tokens; write for example "
                    + "`block: \(sizes[0])` beside `replay`")
        case .contradiction(let row): throw contradiction(row, in: rows)
        case .size(let size):
            blockTokens = size
            var line = 0
            var kept: [TraceRow] = []
            kept.reserveCapacity(rows.count)
            for index in rows.indices {
                rows[index].blockTokens = size
                guard !rows[index].blocks.isEmpty else {
                    kept.append(rows[index])
                    continue
                }
                if TraceBlocks.fits(rows[index], size) {
                    kept.append(rows[index])
                } else {
                    noteUnusable(
                        TraceError(
                            line: Int(markedLines[line]), column: 1,
                            problem: Self.contradiction(rows[index], size)))
                }
                line += 1
            }
            rows = kept
        }
    }

    private func contradiction(_ row: Int, in rows: [TraceRow]) -> TraceError {
        let marked = rows[..<row].count { !$0.blocks.isEmpty }
        let size = options.blockTokens ?? format?.blockTokens ?? 1
        return TraceError(
            line: Int(markedLines[marked]), column: 1,
            problem: Self.contradiction(rows[row], size)
                + (options.blockTokens == nil
                    ? ", and no other size fits all rows; write `block: N` beside `replay`, or "
                        + "leave the ids out"
                    : "; write another `block`, or leave it out and the rows say it"))
    }

    private static func contradiction(_ row: TraceRow, _ size: UInt32) -> String {
        "`hash_ids` has \(row.blocks.count) ids for \(row.input) tokens, which blocks of \(size) "
            + "tokens cannot make"
    }
}

/// A row as its line says it, perhaps of 0 tokens.
struct ReadRow {
    /// The arrival as the file counts it.
    var row: TraceRow
    /// Where its time stands, as a number; nil for a civil one.
    var timeColumn: Int?
    /// Whether that has a fraction of the unit.
    var hasFraction = false
}

/// A fault within a line.
struct TraceFieldError: Error {
    /// In bytes, from 1.
    var column: Int
    var problem: String
}

/// A record of a text file and the line that it begins on, from 1.
struct TextRecord {
    var fields: [[UInt8]]
    var line: Int
}

/// Cuts a text into lines, or the text of a table into its rows (RFC 4180: a field in quotes may
/// hold separators, line ends and doubled quotes), from chunks of bytes, cut anywhere.
///
/// Line ends are LF or CRLF, the last one may be missing, and a byte order mark is skipped. Nothing
/// traps; after an error it must not be fed again. O(bytes), memory is one record.
struct TextRecords {
    /// Longest record, in bytes.
    static let recordLimit = 64 << 20
    /// Most fields of a record.
    private static let fieldLimit = 4_096

    /// The byte that parts the fields; nil for lines of text that have no fields.
    private let separator: UInt8?
    private var record = TextRecord(fields: [], line: 1)
    private var field: [UInt8] = []
    private var bytes = 0
    private var line = 1
    private var markBytes = 0
    private var isInQuotes = false
    /// Whether the byte before was a quote that may be the first of a doubled one.
    private var afterQuote = false
    /// Whether the field has begun with a quote.
    private var isQuoted = false

    init(separator: UInt8?) { self.separator = separator }

    /// Calls `body` with each record that `chunk` completes, empty ones too.
    mutating func feed(
        _ chunk: some Sequence<UInt8>, _ body: (TextRecord) throws(TraceError) -> Void
    ) throws(TraceError) {
        for byte in chunk {
            if markBytes < 3 {
                if byte == [0xEF, 0xBB, 0xBF][markBytes] {
                    markBytes += 1
                    continue
                }
                markBytes = 3
            }
            if byte == UInt8(ascii: "\n"), !(isInQuotes && !afterQuote) {
                if field.last == UInt8(ascii: "\r"), !isQuoted || afterQuote { field.removeLast() }
                endField()
                try endRecord(body)
                line += 1
                record.line = line
                continue
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            try take(byte)
        }
    }

    /// The text has ended: gives a last record without its line end.
    mutating func finish(_ body: (TextRecord) throws(TraceError) -> Void) throws(TraceError) {
        guard !isInQuotes || afterQuote else {
            throw TraceError(
                line: record.line, column: 1, problem: "a quote that begins here has no end")
        }
        guard bytes > 0 else { return }
        if field.last == UInt8(ascii: "\r") { field.removeLast() }
        endField()
        try endRecord(body)
    }

    private mutating func take(_ byte: UInt8) throws(TraceError) {
        bytes += 1
        guard bytes <= Self.recordLimit else {
            throw TraceError(
                line: record.line, column: 1,
                problem: "the line is longer than \(Self.recordLimit) bytes")
        }
        guard let separator else { return field.append(byte) }
        let isQuote = byte == UInt8(ascii: "\"")
        if isInQuotes, !afterQuote {
            if isQuote { afterQuote = true } else { field.append(byte) }
        } else if afterQuote, isQuote {
            field.append(byte)
            afterQuote = false
        } else if byte == separator {
            endField()
            guard record.fields.count < Self.fieldLimit else {
                throw TraceError(
                    line: record.line, column: 1,
                    problem: "the row has more than \(Self.fieldLimit) fields")
            }
        } else if isQuote, field.isEmpty {
            isInQuotes = true
            isQuoted = true
        } else {
            field.append(byte)
        }
    }

    private mutating func endField() {
        record.fields.append(field)
        field.removeAll(keepingCapacity: field.capacity < 1 << 20)
        isInQuotes = false
        afterQuote = false
        isQuoted = false
    }

    private mutating func endRecord(
        _ body: (TextRecord) throws(TraceError) -> Void
    ) throws(TraceError) {
        try body(record)
        record.fields.removeAll(keepingCapacity: true)
        bytes = 0
    }
}

package import TokenLog

/// The figures of one page of a server's metrics, in Prometheus's text format (version 0.0.4, and
/// OpenMetrics as far as it is the same).
///
/// Lines of engines behind one address are summed, the use of the cache is the greatest. A line
/// that is damaged, or whose value is no number from 0 up, is passed over.
package struct MetricsPage: Hashable, Sendable {
    package private(set) var figures = ServerFigures()
    /// Whether any line is one of metrics, be it of a name that is known.
    package private(set) var isMetrics = false

    /// Longest value that is read, in bytes: numbers have fewer.
    private static let longestValue = 64

    /// The figures of a page that was collected.
    package init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { MetricsPage($0) }
    }

    /// - Complexity: O(bytes). Nothing is allocated but a text for each value that is wanted.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var begin = 0
        while begin < bytes.count {
            var end = begin
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            if end > begin { add(UnsafeRawBufferPointer(rebasing: bytes[begin..<end])) }
            begin = end + 1
        }
    }

    private mutating func add(_ line: UnsafeRawBufferPointer) {
        // Comments: help, types, the end of a page.
        guard line[0] != UInt8(ascii: "#") else { return }
        var end = 0
        while end < line.count, Self.isOfName(line[end]) { end += 1 }
        guard end > 0, end < line.count else { return }
        let isLabelled = line[end] == UInt8(ascii: "{")
        guard isLabelled || Self.isBlank(line[end]) else { return }
        let name = MetricName(UnsafeRawBufferPointer(rebasing: line[..<end]))
        // One line of a page is enough to know what it is.
        guard name != nil || !isMetrics else { return }
        var rest = end
        if isLabelled {
            let labels = MetricLabels(line, from: end + 1)
            guard let behind = labels.end else { return }
            guard !labels.repeats else {
                isMetrics = true
                return
            }
            rest = behind
        }
        guard let value = Self.value(UnsafeRawBufferPointer(rebasing: line[rest...])) else {
            return
        }
        isMetrics = true
        if let name { take(value, as: name) }
    }

    private mutating func take(_ value: Double, as name: MetricName) {
        // Not a number, and what nobody counts.
        guard value >= 0, value.isFinite else { return }
        switch name {
        case .running: figures.running = Self.sum(figures.running, value)
        case .waiting: figures.waiting = Self.sum(figures.waiting, value)
        case .preemptions: figures.preemptions = Self.sum(figures.preemptions, value)
        case .generationTokens:
            figures.generationTokens = Self.sum(figures.generationTokens, value)
        case .promptTokens: figures.promptTokens = Self.sum(figures.promptTokens, value)
        case .keyValueUse:
            let share = min(1, value) * Double(ServerFigures.wholeCachePPM)
            figures.keyValueUsePPM = max(figures.keyValueUsePPM ?? 0, UInt32(share.rounded()))
        }
    }

    /// The sum, or the greatest number where it is beyond that.
    private static func sum<Value: FixedWidthInteger & UnsignedInteger>(
        _ before: Value?, _ value: Double
    ) -> Value {
        let (sum, overflows) = (before ?? 0).addingReportingOverflow(
            Value(exactly: value.rounded()) ?? .max)
        return overflows ? .max : sum
    }

    /// The number that `text` begins with, blanks aside; a time may follow. Nil for no number.
    private static func value(_ text: UnsafeRawBufferPointer) -> Double? {
        var begin = 0
        while begin < text.count, isBlank(text[begin]) { begin += 1 }
        var end = begin
        while end < text.count, !isBlank(text[end]), text[end] != UInt8(ascii: "\r") { end += 1 }
        guard end > begin, end - begin <= longestValue else { return nil }
        return Double(String(decoding: text[begin..<end], as: UTF8.self))
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Whether a name may hold it (Prometheus, exposition formats).
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

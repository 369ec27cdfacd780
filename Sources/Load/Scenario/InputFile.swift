package import Workload

/// A file that a scenario reads, and what became of its rows.
package struct InputFile: Hashable, Sendable, Codable {
    /// Entries that are not sent, and why.
    package struct Omission: Hashable, Sendable, Codable {
        package var reason: LeftOut.Reason
        package var count: Int
    }

    package var file: String
    package var format: String
    /// The kind of its entries: "rows" or "conversations".
    package var entries: String
    /// How many of them the scenario uses.
    package var used: Int
    package var leftOut: [Omission]
    /// How it was read, such as the unit of its times.
    package var reading: [String]

    init(
        file: String, format: String, entries: String, used: Int, leftOut: LeftOut,
        reading: [String] = []
    ) {
        self.file = file
        self.format = format
        self.entries = entries
        self.used = used
        self.leftOut = leftOut.entries.map { Omission(reason: $0.reason, count: $0.count) }
        self.reading = reading
    }

    /// Entries that are left out, as the end of a sentence; nil for none.
    package var omissions: String? {
        guard !leftOut.isEmpty else { return nil }
        return leftOut.map { "\($0.count) \($0.reason.rawValue)" }.joined(separator: ", ")
    }

    /// The part of the file that is not sent, as a sentence; nil where all is.
    package var note: String? {
        guard let omissions else { return nil }
        let all = used + leftOut.reduce(0) { $0 + $1.count }
        return "\(file): \(used) of \(all) \(entries) are used; left out: \(omissions)."
    }

    /// A line of `legato check`.
    var summary: String {
        let how = reading.map { ", " + $0 }.joined()
        return "\(file): \(format), \(used) \(entries)\(how)"
            + (omissions.map { "; left out: \($0)" } ?? "")
    }
}

/// Collects the files of a scenario while it is read; confined to one reading.
final class InputFileCollector {
    private(set) var files: [InputFile] = []

    func add(_ file: InputFile) { files.append(file) }
}

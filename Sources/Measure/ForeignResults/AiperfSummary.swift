import Goodput

/// The summary that aiperf writes beside its requests.
package struct AiperfSummary: Hashable, Sendable {
    package var version: String?
    /// Its figures by the members that lead to them, joined by dots.
    package var figures: [String: Double] = [:]

    /// Reads the bytes of a summary; nil for a file that is none.
    ///
    /// - Throws: ``ForeignProblem`` with the first mistake.
    package init?(parsing bytes: [UInt8]) throws(ForeignProblem) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ForeignProblem) -> AiperfSummary? in
                guard ForeignFormat.detected(buffer) == .summary(of: .aiperf) else { return nil }
                return try AiperfSummary(ForeignCursor(buffer))
            }
        }
        guard let summary = try result.get() else { return nil }
        self = summary
    }

    private init(_ cursor: ForeignCursor) throws(ForeignProblem) {
        var cursor = cursor
        var read = AiperfSummary()
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            guard name != "aiperf_version" else {
                read.version = try cursor.textIfAny()
                return
            }
            let tag = name
            try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                if let number = try cursor.numberIfAny() { read.figures["\(tag).\(name)"] = number }
            }
        }
        self = read
    }

    private init() {}

    /// The length of the run that its rates are over, s; nil where no request completed.
    var duration: Double? {
        guard let count = figures["request_count.avg"],
            let rate = figures["request_throughput.avg"], rate > 0
        else { return nil }
        return count / rate
    }

    /// The names of the files beside `path` that may be its summary, in the order in which they are
    /// looked for: `profile_export_aiperf.json` beside `profile_export.jsonl` and
    /// `profile_export_raw.jsonl`.
    package static func names(beside path: String) -> [String] {
        let ends = ["_raw.jsonl", ".raw.jsonl", ".records.jsonl", ".jsonl"]
        guard let end = ends.first(where: { path.hasSuffix($0) }) else { return [] }
        let stem = path.dropLast(end.count)
        return ["\(stem)_aiperf.json", "\(stem).summary.json"]
    }
}

extension ForeignRun {
    /// Whether the run can take the figures of a summary: it is aiperf's, and has none.
    package var wantsSummary: Bool { source.tool == .aiperf && source.summary.isEmpty }

    /// Takes version, figures and length of the run from the summary `name` beside it, where it is
    /// of so many completed and failed requests.
    package mutating func take(_ summary: AiperfSummary, name: String) {
        let completed = requests.count { $0.outcome == .completed }
        let failed = requests.count - completed
        guard summary.figures["request_count.avg"] ?? 0 == Double(completed),
            summary.figures["error_request_count.avg"] ?? 0 == Double(failed)
        else { return }
        source.version = summary.version
        source.summary = summary.figures
        source.remarks.append(.summaryBeside(name: name))
        if let duration = summary.duration.flatMap(ForeignTime.ns), duration > 0 {
            source.duration = duration
            source.remarks.append(.durationIsTheTools)
        }
    }
}

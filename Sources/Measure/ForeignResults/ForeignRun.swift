package import Goodput
package import Sampling

/// A run out of another tool's file: its requests, as they are scored, and where they come from.
package struct ForeignRun: Hashable, Sendable {
    package var source: ForeignSource
    /// Times in ns of the tool's clock. Where only bounds are known the tokens are spread evenly
    /// between the first and the last.
    package var requests: [RequestTimes]
    /// The length of each one's prompt; nil where it is not known.
    package var promptTokens: [UInt32?]
    package var load: ArrivalLoad

    package init(
        source: ForeignSource, requests: [RequestTimes] = [], promptTokens: [UInt32?] = [],
        load: ArrivalLoad = .open
    ) {
        self.source = source
        self.requests = requests
        self.promptTokens = promptTokens
        self.load = load
    }
}

/// Another tool's file: which tool's, how much it tells, and what it printed itself.
package struct ForeignSource: Hashable, Sendable {
    package var tool: ForeignTool
    /// As the file names it; nil where it does not.
    package var version: String?
    /// The run's own name or load within a file of several; nil where it has none.
    package var label: String?
    package var fidelity: Fidelity
    package var remarks: [ForeignRemark] = []
    /// Errors of failed requests, the last line of each, and how often it is there; the most
    /// frequent first.
    package var errors: [ErrorCount] = []
    /// The length of the run by the tool's own clock, ns; nil where the file does not tell.
    package var duration: Int64?
    /// Whether it is known when requests were sent: without that they all begin at 0.
    package var knowsStarts = true
    /// The tool's own figures, by the members that lead to them, joined by dots.
    package var summary: [String: Double] = [:]

    package init(tool: ForeignTool, fidelity: Fidelity) {
        self.tool = tool
        self.fidelity = fidelity
    }

    package struct ErrorCount: Hashable, Sendable {
        package var text: String
        package var count: Int
    }
}

/// Collects the errors of failed requests.
struct ErrorTexts {
    /// Different texts that are kept; more count as others.
    private static let most = 256
    /// Characters that are kept of each.
    private static let length = 160
    private var counts: [String: Int] = [:]

    mutating func add(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        let last = lines.last { !$0.allSatisfy(\.isWhitespace) } ?? "no error text"
        let key = String(last.prefix(Self.length))
        let isKept = counts[key] != nil || counts.count < Self.most
        counts[isKept ? key : "other errors", default: 0] += 1
    }

    var sorted: [ForeignSource.ErrorCount] {
        counts.map { ForeignSource.ErrorCount(text: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }
}

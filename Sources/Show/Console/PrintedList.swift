import JSON
package import Results

/// Several runs or files as a tool would have printed them, one after the other.
package struct PrintedList: Sendable {
    private var runs: [PrintedRun] = []

    package init() {}

    /// Whether all figures may be used.
    package var isValid: Bool { runs.allSatisfy(\.isValid) }

    package mutating func add(_ run: PrintedRun) { runs.append(run) }

    /// An array, each element as one alone would be printed, with its `path` ahead; with a line
    /// end.
    package var json: String { JSONValue.array(runs.map(\.element)).indented }

    /// For people, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        Array(runs.map { $0.lines(style: style) }.joined(separator: [""]))
    }
}

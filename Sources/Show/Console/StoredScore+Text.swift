package import Results

extension StoredScore {
    /// For people, without line ends.
    package func lines(style: ConsoleStyle, isVerbose: Bool = false) -> [String] {
        switch self {
        case .run(let summary, let folder):
            ResultTable(
                summary, style: style, directory: folder, isVerbose: isVerbose
            ).lines
        case .vector(let report): report.lines(style: style)
        }
    }
}

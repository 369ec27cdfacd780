import PlainText
package import Results

extension StoredScore {
    /// For people, without line ends.
    ///
    /// - Parameter columns: The terminal's width.
    package func lines(
        style: ConsoleStyle, isVerbose: Bool = false, columns: Int = consoleWidth
    ) -> [String] {
        switch self {
        case .run(let summary, let folder):
            ResultTable(
                summary, style: style, directory: folder, isVerbose: isVerbose, columns: columns
            ).lines
        case .vector(let report): report.lines(style: style)
        }
    }
}

/// The size of a terminal.
package struct TerminalSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    /// Beyond any text; for whoever does not say.
    package static let unknown = TerminalSize(columns: .max, rows: .max)

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

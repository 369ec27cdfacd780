import PlainText

/// Rows of text in columns: the first one left-aligned, the others right-aligned.
package struct TextTable {
    private var rows: [[String]]

    /// The first column keeps so many columns however wide the others are.
    static let narrowestName = 8

    package init(heading: [String]) { rows = [heading] }

    /// Adds a row of as many cells as the heading has.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == rows[0].count, "a row has a cell for each column")
        rows.append(cells)
    }

    /// The lines, the heading first, each after one space; names are cut where the line would pass
    /// ``consoleWidth``.
    package var lines: [String] {
        let widths = rows[0].indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        let others = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
        let name = min(widths[0], max(Self.narrowestName, consoleWidth - others - 1))
        return rows.map { row in
            var line = " " + row[0].cut(name).left(name)
            for column in row.indices.dropFirst() {
                line += "  " + row[column].right(widths[column])
            }
            return line
        }
    }
}

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

    /// The lines of at most ``consoleWidth`` columns.
    package var lines: [String] { lines(width: consoleWidth) }

    /// The lines, the heading first, each after one space; names are cut where the line would pass
    /// `width`, and so is a line that passes it still.
    ///
    /// - Parameter spared: Headings of columns that are left out where there is no room, one after
    ///   the other.
    package func lines(width: Int, sparing spared: [String] = []) -> [String] {
        let widths = rows[0].indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        var shown = Array(rows[0].indices.dropFirst())
        func others() -> Int { shown.reduce(0) { $0 + widths[$1] + 2 } }
        for heading in spared
        where 1 + min(widths[0], Self.narrowestName) + others() > width {
            shown.removeAll { rows[0][$0] == heading }
        }
        let name = min(widths[0], max(Self.narrowestName, width - others() - 1))
        return rows.map { row in
            var line = " " + row[0].cut(name).left(name)
            for column in shown { line += "  " + row[column].right(widths[column]) }
            return line.cut(width)
        }
    }
}

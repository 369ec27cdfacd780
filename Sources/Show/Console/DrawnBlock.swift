/// A block of lines at the end of a terminal's text, drawn over line by line: nothing is cleared
/// that is written again, so that nothing flickers.
package struct DrawnBlock: Sendable {
    /// Columns of each line on the screen.
    private var widths: [Int] = []

    package init() {}

    /// The text that puts `lines` in the place of the lines before: cut to the terminal's width,
    /// since one that wraps would take two rows, and to its height, above which nothing can be
    /// drawn over.
    package mutating func drawing(_ lines: [String], _ size: TerminalSize) -> String {
        var text = ascent(size)
        // Lines that a narrower terminal has wrapped are cleared as a whole.
        if isWrapped(size) { text += "\u{1b}[J" }
        let shown = lines.prefix(max(1, size.rows - 1)).map { $0.cut(visible: size.columns) }
        widths = shown.map(\.visibleCount)
        for (line, width) in zip(shown, widths) {
            // In a full line the cursor stands on its last character, which would be cleared.
            text += line + (width < size.columns ? "\u{1b}[K" : "") + "\n"
        }
        return text + "\u{1b}[J"
    }

    /// The text that takes the block away; empty where nothing is drawn.
    package mutating func erasing(_ size: TerminalSize) -> String {
        guard !widths.isEmpty else { return "" }
        defer { widths = [] }
        return ascent(size) + "\u{1b}[J"
    }

    private func isWrapped(_ size: TerminalSize) -> Bool { widths.contains { $0 > size.columns } }

    /// The way up to the block's first row: a terminal that has become narrower has wrapped its
    /// lines.
    private func ascent(_ size: TerminalSize) -> String {
        let rows = widths.reduce(0) { sum, width in
            sum + (size.columns == .max ? 1 : max(1, (width + size.columns - 1) / size.columns))
        }
        return rows == 0 ? "" : "\u{1b}[\(rows)A\r"
    }
}

extension String {
    /// Columns that the line takes: its escape sequences take none.
    var visibleCount: Int { contains("\u{1b}") ? cut(visible: .max, escapes: false).count : count }

    /// The line cut to so many columns; its escape sequences take none, and all are kept.
    package func cut(visible columns: Int) -> String {
        count > columns ? cut(visible: columns, escapes: true) : self
    }

    private func cut(visible columns: Int, escapes: Bool) -> String {
        var shown = ""
        var left = columns
        var isEscape = false
        for character in self {
            if character == "\u{1b}" { isEscape = true }
            if isEscape {
                if escapes { shown.append(character) }
                if character.isLetter { isEscape = false }
            } else if left > 0 {
                shown.append(character)
                left -= 1
            }
        }
        return shown
    }
}

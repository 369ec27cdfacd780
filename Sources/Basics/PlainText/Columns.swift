/// The widest line that is printed, in columns.
package let consoleWidth = 100

extension String {
    /// The text with spaces before it, `width` columns in all.
    package func right(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }

    /// The text with spaces behind it, `width` columns in all.
    package func left(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// At most `width` columns, the last one an ellipsis where something is left out.
    package func cut(_ width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + "…"
    }

    /// The sentence over lines of at most `width` columns, each after one space; the second and
    /// further ones a little further in. A word that fits no line is cut.
    package func wrapped(_ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ").map({ String($0).cut(width - 3) }) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = "   \(word)"
            } else {
                line += " \(word)"
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}

/// Whether text may carry colour.
package enum ConsoleStyle: Hashable, Sendable {
    case plain
    case coloured

    /// Coloured on a terminal unless NO_COLOR is set to anything but the empty string
    /// (no-color.org), or the terminal is a dumb one.
    package init(isTerminal: Bool, environment: [String: String]) {
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        self = isTerminal && !refused && environment["TERM"] != "dumb" ? .coloured : .plain
    }

    package func bold(_ text: String) -> String { wrap(text, "1") }
    package func dim(_ text: String) -> String { wrap(text, "2") }
    package func red(_ text: String) -> String { wrap(text, "31") }
    package func green(_ text: String) -> String { wrap(text, "32") }

    private func wrap(_ text: String, _ code: String) -> String {
        self == .plain ? text : "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
}

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
    func cut(_ width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + "…"
    }

    /// The sentence over lines of at most `width` columns, each after one space; the second and
    /// further ones a little further in. A word that fits no line is cut.
    func wrapped(_ width: Int) -> [String] {
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

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

/// The characters that a terminal shows.
package enum TerminalCharacters: Hashable, Sendable {
    case unicode
    /// Letters, digits and signs of ASCII alone.
    case ascii

    /// By the locale, as a program's C library reads it: the first of LC_ALL, LC_CTYPE and LANG
    /// that is set and not empty; a locale that names no encoding, as C and POSIX, is ASCII.
    package init(environment: [String: String]) {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.split(separator: ".").dropFirst().first.map {
            $0.prefix { $0 != "@" }.lowercased().filter { $0 != "-" }
        }
        self = encoding == "utf8" ? .unicode : .ascii
    }

    /// The text in these characters, with as many columns: lines and bars become signs that look
    /// like them, other letters question marks.
    package func shown(_ text: String) -> String {
        guard self == .ascii, text.utf8.contains(where: { $0 > 0x7F }) else { return text }
        return String(text.map(Self.ascii))
    }

    private static func ascii(_ character: Character) -> Character {
        switch character {
        case _ where character.isASCII: character
        case "·", "─", "–", "−": "-"
        case "…": "~"
        case "━": "="
        case "≥": ">"
        case "µ": "u"
        case "’": "'"
        case "▁": "."
        case "▂": ":"
        case "▃": "-"
        case "▄": "="
        case "▅": "+"
        case "▆": "*"
        case "▇": "%"
        case "█": "#"
        case "░": "."
        default: "?"
        }
    }
}

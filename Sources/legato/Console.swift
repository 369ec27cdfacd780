import Console
import Coordinator
import Foundation
import PlainText

/// Standard error, where everything goes that is no result.
final class Console: RunConsole {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let style: ConsoleStyle
    /// Lines of the live block on the screen.
    private var drawn = 0

    init() {
        style = Self.style(of: STDERR_FILENO)
    }

    /// How results are printed.
    static var resultStyle: ConsoleStyle { style(of: STDOUT_FILENO) }

    private static func style(of descriptor: Int32) -> ConsoleStyle {
        ConsoleStyle(
            isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
    }

    /// Writes a sentence; names in it come from other machines, and steer nothing here.
    static func note(_ sentence: String) { write("legato: \(sentence.harmlessLines)\n") }

    func note(_ sentence: String) {
        erase()
        Self.note(sentence)
    }

    func draw(_ lines: [String]) {
        erase()
        // A line that wraps would take two rows, and the next block would begin too low.
        let columns = Self.columns
        Self.write(lines.map { $0.shown(columns: columns) + "\n" }.joined())
        drawn = lines.count
    }

    /// The terminal's width, in columns; a wide one where it does not say.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return .max
        }
        return Int(size.ws_col)
    }

    private func erase() {
        guard drawn > 0 else { return }
        // Up to the block's first line, and clear from there on.
        Self.write("\u{1b}[\(drawn)A\u{1b}[J")
        drawn = 0
    }

    private static func write(_ text: String) {
        Output.write(text, to: STDERR_FILENO)
    }
}

extension String {
    /// The line cut to so many columns; its escape sequences take none, and all are kept.
    fileprivate func shown(columns: Int) -> String {
        guard count > columns else { return self }
        var shown = ""
        var left = columns
        var isEscape = false
        for character in self {
            if character == "\u{1b}" { isEscape = true }
            if isEscape {
                shown.append(character)
                if character.isLetter { isEscape = false }
            } else if left > 0 {
                shown.append(character)
                left -= 1
            }
        }
        return shown
    }
}

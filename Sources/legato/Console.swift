import Coordinator
import Foundation
import PlainText
import Report

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
        Self.write(lines.map { $0 + "\n" }.joined())
        drawn = lines.count
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

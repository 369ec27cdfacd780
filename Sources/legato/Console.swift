import Console
import Coordinator
import Foundation
import PlainText

/// Standard error, where everything goes that is no result.
final class Console: RunConsole {
    /// Whether lines can be drawn over: a dumb terminal moves no cursor.
    let isTerminal: Bool
    let style: ConsoleStyle
    private var block = DrawnBlock()

    init() {
        isTerminal = Self.isShown(at: STDERR_FILENO) && Self.environment["TERM"] != "dumb"
        style = Self.style(of: STDERR_FILENO)
    }

    private static let environment = ProcessInfo.processInfo.environment

    /// How results are printed.
    static var resultStyle: ConsoleStyle { style(of: STDOUT_FILENO) }

    /// The width of results, in columns.
    static var resultColumns: Int { min(consoleWidth, size(of: STDOUT_FILENO).columns) }

    /// The lines of a result as they are printed: on a terminal in the characters that it shows,
    /// elsewhere as they are.
    static func result(_ lines: [String]) -> String {
        let text = lines.map { $0 + "\n" }.joined()
        return isShown(at: STDOUT_FILENO) ? characters.shown(text) : text
    }

    private static let characters = TerminalCharacters(environment: environment)

    private static func isShown(at descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    private static func style(of descriptor: Int32) -> ConsoleStyle {
        ConsoleStyle(isTerminal: isShown(at: descriptor), environment: environment)
    }

    /// Writes a sentence; names in it come from other machines, and steer nothing here.
    static func note(_ sentence: String) {
        let line = "legato: \(sentence.harmlessLines)\n"
        write(isShown(at: STDERR_FILENO) ? characters.shown(line) : line)
    }

    func note(_ sentence: String) {
        Self.write(block.erasing(size))
        Self.note(sentence)
    }

    func draw(_ lines: [String]) {
        Self.write(block.drawing(lines.map(Self.characters.shown), size))
    }

    var size: TerminalSize { Self.size(of: STDERR_FILENO) }

    private static func size(of descriptor: Int32) -> TerminalSize {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return .unknown }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    private static func write(_ text: String) {
        Output.write(text, to: STDERR_FILENO)
    }
}

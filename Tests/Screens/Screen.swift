/// A terminal's screen, as far as the tests need one: lines that are wrapped anew when it becomes
/// narrower, as most terminals do, and the few sequences that the live view writes.
package struct Screen {
    package private(set) var columns: Int
    package private(set) var rows: Int
    /// Lines as they were written, each over as many rows as it needs.
    private var written: [[Character]] = [[]]
    private var line = 0
    private var column = 0
    /// The bytes of a character or sequence that is not over.
    private var rest: [UInt8] = []
    /// Sequences that it does not know.
    package private(set) var unknown: [String] = []

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    package mutating func resize(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The lines so far, without blanks at their ends.
    package var lines: [String] {
        written.map { line in
            var line = line[...]
            while line.last == " " { line = line.dropLast() }
            return String(line)
        }
    }

    /// Rows that a line takes.
    private func height(_ line: [Character]) -> Int {
        max(1, (line.count + columns - 1) / columns)
    }

    /// Takes in what a program wrote.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        rest += bytes
        while let (text, count) = Self.next(in: rest) {
            rest.removeFirst(count)
            show(text)
        }
    }

    /// The first whole character or sequence, and its length; nil where more bytes are needed.
    private static func next(in bytes: [UInt8]) -> (text: String, count: Int)? {
        guard let first = bytes.first else { return nil }
        if first == 0x1B {
            guard bytes.count > 2 else { return nil }
            guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) })
            else { return nil }
            return (String(decoding: bytes[...end], as: UTF8.self), end + 1)
        }
        let count = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard bytes.count >= count else { return nil }
        return (String(decoding: bytes.prefix(count), as: UTF8.self), count)
    }

    private mutating func show(_ text: String) {
        switch text {
        case "\n":
            line += 1
            if line == written.count { written.append([]) }
            column = 0
        case "\r": column -= column % columns
        case _ where text.hasPrefix("\u{1b}["): sequence(text)
        default:
            while written[line].count < column { written[line].append(" ") }
            let character = Character(text)
            if column < written[line].count {
                written[line][column] = character
            } else {
                written[line].append(character)
            }
            column += 1
        }
    }

    private mutating func sequence(_ text: String) {
        let number = Int(text.dropFirst(2).dropLast()) ?? 1
        switch text.last {
        case "A": rise(by: number)
        case "K": written[line].removeSubrange(min(column, written[line].count)...)
        case "J":
            written[line].removeSubrange(min(column, written[line].count)...)
            written.removeSubrange((line + 1)...)
        case "m": break
        default: unknown.append(text)
        }
    }

    /// Up by so many rows, no further than the screen's first one.
    private mutating func rise(by number: Int) {
        let above = written[..<line].reduce(0) { $0 + height($1) }
        let all = written.reduce(0) { $0 + height($1) }
        let top = max(0, all - rows)
        var row = max(top, above + column / columns - number)
        line = 0
        while row >= height(written[line]) {
            row -= height(written[line])
            line += 1
        }
        column = row * columns
    }
}

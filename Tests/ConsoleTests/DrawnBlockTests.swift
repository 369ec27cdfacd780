import PlainText
import Randomness
import Screens
import Testing

@testable import Console

/// A block that is drawn over, on a screen.
@Suite struct DrawnBlockTests {
    private func lines(_ count: Int, frame: Int) -> [String] {
        (0..<count).map { "\u{1b}[1mrow \($0)\u{1b}[0m of frame \(frame), and some more text" }
    }

    private func bare(_ lines: [String]) -> [String] {
        lines.map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") }
    }

    /// Frames of all heights, on a terminal that changes its size between them: what stands above
    /// stays, and of the block there is the last frame alone.
    @Test func onlyTheLastFrameIsThere() {
        var random = SplitMix64(seed: 5)
        var screen = Screen(columns: 80, rows: 30)
        var block = DrawnBlock()
        screen.feed(Array("above\n".utf8))
        for frame in 0..<400 {
            let size = TerminalSize(columns: screen.columns, rows: screen.rows)
            let drawn = lines(Int(random.next() % 9), frame: frame)
            screen.feed(Array(block.drawing(drawn, size).utf8))
            let shown = bare(drawn.prefix(size.rows - 1).map { $0.cut(visible: size.columns) })
            let lines = shown.map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }
            #expect(screen.lines == ["above"] + lines + [""], "\(frame)")
            // The block above fits the screen at every width: nothing has scrolled away.
            screen.resize(columns: 10 + Int(random.next() % 190), rows: 60)
        }
        screen.feed(
            Array(block.erasing(TerminalSize(columns: screen.columns, rows: screen.rows)).utf8))
        #expect(screen.lines == ["above", ""] && screen.unknown.isEmpty)
        #expect(block.erasing(.unknown).isEmpty)
    }

    /// Nothing is cleared before it is written again, so that nothing flickers.
    @Test func aFrameClearsNothingThatItWrites() {
        var block = DrawnBlock()
        let size = TerminalSize(columns: 100, rows: 40)
        _ = block.drawing(lines(4, frame: 1), size)
        let text = block.drawing(lines(4, frame: 2), size)
        #expect(text.hasPrefix("\u{1b}[4A\r"))
        #expect(text.components(of: "\u{1b}[J") == 1 && text.hasSuffix("\n\u{1b}[J"))
    }

    /// A block that is higher than its screen is cut: above it nothing can be drawn over.
    @Test func aLowScreenCutsTheBlock() {
        var block = DrawnBlock()
        var screen = Screen(columns: 60, rows: 5)
        for frame in 0..<3 {
            screen.feed(
                Array(
                    block.drawing(lines(20, frame: frame), TerminalSize(columns: 60, rows: 5)).utf8
                ))
        }
        #expect(screen.lines == bare(lines(4, frame: 2)) + [""])
    }

    @Test func escapesTakeNoColumns() {
        let text = "\u{1b}[31mred\u{1b}[0m"
        #expect(text.cut(visible: 2) == "\u{1b}[31mre\u{1b}[0m")
        #expect(text.cut(visible: 3) == text && text.visibleCount == 3)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}

package import Loss
import PlainText

extension Surface {
    /// The surface as a text of at most 80 columns: a map of the share of throughput that is kept
    /// over S and alpha, the smooth goodput at round speeds, and where readers begin to wait.
    ///
    /// - Returns: Lines, without line ends.
    package func lines(style: ConsoleStyle = .plain) -> [String] {
        let throughput =
            "throughput \(Figures.rate(throughput)) tokens/s; a full bar keeps over 7/8 of it, "
            + "a dot nothing"
        return [style.bold(" smooth goodput by reading speed S and weight alpha")]
            + throughput.wrapped(Self.width) + [""] + map + [""] + table + [""]
            + remark.wrapped(Self.width)
    }

    /// Columns of the narrowest terminal.
    private static let width = 80
    /// The weights that are shown, the greatest first.
    private static let alphas = [10, 5, 2, 1, 0.5, 0.2, 0.1]
    /// The speeds that are listed: 1, 2, 5, 10 and so on, as near as a column comes.
    private static let listed = [0, 30, 70, 100, 130, 170, 200, 230, 270, 300]
    /// A mark of the map for so many columns.
    private static let step = 5

    private var map: [String] {
        let bars = Array("▁▂▃▄▅▆▇█")
        let shown = Array(stride(from: 0, to: Self.speeds.count, by: Self.step))
        let rows = Self.alphas.map { alpha in
            let marks = shown.map { column -> Character in
                let share = smoothGoodput(column: column, alpha: alpha) / throughput
                return share > 0 ? bars[min(7, Int(share * 8))] : "·"
            }
            return " \(Self.label(alpha).right(Self.labelWidth)) " + String(marks)
        }
        // A factor of ten is 20 marks.
        let axis = ["1", "10", "100", "1000"].map { $0.left(100 / Self.step) }.joined()
        return [" " + "alpha".right(Self.labelWidth)]
            + rows + [" \("S".right(Self.labelWidth)) " + axis.trimmedEnd]
    }

    private static let labelWidth = 5

    private static func label(_ alpha: Double) -> String {
        alpha < 1 ? Figures.fixed(alpha, 1) : Figures.fixed(alpha, 0)
    }

    private var table: [String] {
        var table = TextTable(
            heading: ["alpha"] + Self.listed.map { Self.figure(Self.speeds[$0]) })
        for alpha in Self.alphas.reversed() {
            table.add(
                [Self.label(alpha)]
                    + Self.listed.map { Self.figure(smoothGoodput(column: $0, alpha: alpha)) })
        }
        return table.lines
    }

    /// A figure of at most five characters.
    private static func figure(_ value: Double) -> String {
        switch value.magnitude {
        case ..<9_994.5: Figures.short(value).cut(5)
        case ..<999_500: Figures.fixed(value / 1e3, 0) + "k"
        case ..<999_500_000: Figures.fixed(value / 1e6, 0) + "M"
        case ..<999_500_000_000: Figures.fixed(value / 1e9, 0) + "G"
        default: value < 0 ? "-big" : "big"
        }
    }

    private var remark: String {
        guard let waits = penalties.firstIndex(where: { $0 > 0 }) else {
            return "no reader waits at any S: smooth goodput is the throughput"
        }
        guard waits > 0 else { return "some reader waits at every S" }
        return "no reader waits below S = \(Figures.short(Self.speeds[waits])) tokens/s: there "
            + "smooth goodput is the throughput, whatever alpha"
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

package import PaperClaims
import PlainText

/// A claim of the paper as a drawing: each row's mean over the seeds with its interval, and beside
/// it the expectation with its own, hollow; an axis a figure.
package struct ClaimPlot: Sendable {
    private let judged: JudgedClaim
    private static let width = 1_040.0
    private static let left = 290.0
    private static let right = 40.0
    private static let rowHeight = 26.0
    /// Above the rows of a figure: its name and the axis' ticks.
    private static let heading = 46.0

    package init(_ judged: JudgedClaim) { self.judged = judged }

    /// The whole file, with a line end.
    package var svg: String {
        let claim = judged.claim
        let verdict = judged.isReproduced ? "reproduced" : "differs"
        var body = [Drawing.text(20, 30, "\(claim.name): \(verdict)", "t")]
        var y = 54.0
        for line in claim.sentence.wrapped(140) {
            body.append(Drawing.text(20, y, line.trimmed, "c g"))
            y += 18
        }
        body.append(
            Drawing.text(
                20, y,
                "a full mark: found, mean of \(claim.seeds) seeds with its 95 % interval; a hollow "
                    + "one: an independent implementation", "g"))
        y += 14
        for rows in groups {
            body += draw(rows, from: y)
            y += Self.heading + Double(rows.count) * Self.rowHeight + 12
        }
        for (relation, holds) in zip(claim.relations, judged.holds) {
            for line in ((holds ? "holds: " : "does not hold: ") + relation.sentence).wrapped(140) {
                y += 18
                body.append(Drawing.text(20, y, line.trimmed, holds ? "g" : "f1"))
            }
        }
        return Drawing.file(body, width: Self.width, height: y + 24)
    }

    /// Positions of rows, those of one figure together.
    private var groups: [[Int]] {
        var groups: [[Int]] = []
        for (index, row) in judged.claim.rows.enumerated() {
            let place = groups.firstIndex { judged.claim.rows[$0[0]].figure == row.figure }
            if let place { groups[place].append(index) } else { groups.append([index]) }
        }
        return groups
    }

    private func draw(_ rows: [Int], from top: Double) -> [String] {
        let all = judged.claim.rows
        let ends = rows.flatMap { index -> [Double] in
            let found = judged.measured[index]
            let expected = all[index].expected.map { [$0.mean - $0.half, $0.mean + $0.half] } ?? []
            return [found.mean - found.half, found.mean + found.half] + expected
        }.filter(\.isFinite)
        let low = min(0, ends.min() ?? 0)
        let high = max(low + 1e-9, ends.max() ?? 1)
        let margin = (high - low) * 0.04
        let axis = PlotAxis(
            low - (low < 0 ? margin : 0)...high + margin,
            pixels: (Self.left, Self.width - Self.right))
        let bottom = top + Self.heading + Double(rows.count) * Self.rowHeight
        var lines = [Drawing.text(20, top + 24, all[rows[0]].figure.rawValue, "c")]
        for tick in axis.ticks(8) {
            let x = axis.place(tick)
            lines.append(
                Drawing.line(
                    "r", from: (x, top + Self.heading - 10), to: (x, bottom),
                    width: tick == 0 ? 1 : 0.5))
            lines.append(
                Drawing.text(x, top + Self.heading - 16, Drawing.number(tick), "g", "middle"))
        }
        for (position, index) in rows.enumerated() {
            let y = top + Self.heading + (Double(position) + 0.5) * Self.rowHeight
            lines.append(Drawing.text(20, y + 4, all[index].label.cut(44), ""))
            if let expected = all[index].expected {
                lines += mark("s1", "h1", expected.mean, expected.half, axis, y + 5)
            }
            let found = judged.measured[index]
            lines += mark("s0", "f0", found.mean, found.half, axis, y - 4)
        }
        return lines
    }

    private func mark(
        _ line: String, _ fill: String, _ mean: Double, _ half: Double, _ axis: PlotAxis,
        _ y: Double
    ) -> [String] {
        guard mean.isFinite else { return [] }
        let x = axis.place(mean)
        let interval = Drawing.line(
            line, from: (axis.place(mean - half), y), to: (axis.place(mean + half), y), width: 4,
            opacity: 0.34)
        return (half > 0 ? [interval] : []) + [
            "<circle class=\"\(fill)\" stroke-width=\"1.5\" cx=\"\(Drawing.n(x))\" "
                + "cy=\"\(Drawing.n(y))\" r=\"4\"/>"
        ]
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}

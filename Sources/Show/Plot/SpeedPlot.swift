import PlainText
package import Sweep

/// Smooth goodput of one GPU over the reading speed: what the best point of each curve serves, a
/// colour a curve.
package struct SpeedPlot: Sendable {
    private let result: SweepResult
    private static let width = 1_040.0
    private static let left = 64.0
    private static let right = 190.0
    private static let top = 92.0
    private static let height = 340.0

    package init(_ result: SweepResult) { self.result = result }

    /// The whole file, with a line end.
    package var svg: String {
        let bests = result.bests
        let bottom = Self.top + Self.height
        var body = [
            Drawing.text(12, 30, "\(result.name): smooth goodput of a GPU by reading speed", "t"),
            Drawing.text(12, 54, "each reading speed at the best point of the sweep", "c g"),
        ]
        let values = bests.flatMap { $0.ofCurves.compactMap(\.self) }
        if let low = bests.first?.speed, let high = bests.last?.speed, let most = values.max(),
            most > 0
        {
            let x = PlotAxis(
                low...high, pixels: (Self.left, Self.width - Self.right),
                isLogarithmic: high / low > 3)
            // Rates start at zero; a sum below it is drawn at the floor, half the height down.
            let floor = max(min(0, values.min() ?? 0), -most / 2)
            let y = PlotAxis(floor...most * 1.05, pixels: (bottom, Self.top))
            body += grid(x, y)
            for index in result.curves.indices { body += draw(index, bests, x, y) }
        }
        return Drawing.file(body, width: Self.width, height: bottom + 56)
    }

    private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
        let end = Self.width - Self.right
        let bottom = Self.top + Self.height
        var lines = [
            Drawing.text(12, Self.top - 12, "tok/s", "g"),
            Drawing.text(end, bottom + 42, "tokens a second that people read", "g", "end"),
        ]
        for tick in y.ticks(5) {
            let place = y.place(tick)
            lines.append(
                Drawing.line(
                    "r", from: (Self.left, place), to: (end, place), width: tick == 0 ? 1 : 0.5))
            lines.append(Drawing.text(Self.left - 8, place + 4, Drawing.number(tick), "g", "end"))
        }
        return lines
            + x.ticks(10).map {
                Drawing.text(x.place($0), bottom + 20, Drawing.number($0), "g", "middle")
            }
    }

    private func draw(
        _ index: Int, _ bests: [SpeedBest], _ x: PlotAxis, _ y: PlotAxis
    ) -> [String] {
        let colour = index % Drawing.colours.count
        let places = bests.compactMap { best in
            best.ofCurves[index].map { value in
                (x: x.place(best.speed), y: y.place(max(y.values.lowerBound, value)))
            }
        }
        guard let last = places.last else { return [] }
        let line = places.map { "\(Drawing.n($0.x)),\(Drawing.n($0.y))" }.joined(separator: " ")
        let name = result.curves[index].settings.map(\.value).joined(separator: ", ")
        return [
            "<polyline class=\"s\(colour)\" fill=\"none\" stroke-width=\"2\" points=\"\(line)\"/>"
        ]
            + places.map {
                "<circle class=\"f\(colour)\" cx=\"\(Drawing.n($0.x))\" "
                    + "cy=\"\(Drawing.n($0.y))\" r=\"4\"/>"
            }
            + [
                Drawing.text(
                    Self.width - Self.right + 14, last.y + 4 + 15 * Double(index),
                    (name.isEmpty ? "best point" : name).cut(28), "f\(colour)")
            ]
    }
}

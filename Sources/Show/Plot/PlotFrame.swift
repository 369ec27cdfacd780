/// The frame that drawings of a sweep share: a title, what is drawn, the axes and their grid.
struct PlotFrame {
    let title: String
    let caption: String
    /// The unit at the top of the axis of values, and the words under the other one.
    let unit: String
    let axisWords: String

    static let width = 1_040.0
    static let left = 64.0
    static let right = 190.0
    static let top = 92.0
    static let bottom = top + 340

    /// Where curves end; their names stand to the right.
    static let end = width - right

    /// The scales of values that begin at zero: a sum below it is drawn where it lies, half the
    /// height down at most; nil without a value above 0.
    static func axes(
        over places: ClosedRange<Double>, values: [Double]
    ) -> (x: PlotAxis, y: PlotAxis)? {
        guard let most = values.max(), most > 0 else { return nil }
        let least = max(min(0, values.min() ?? 0), -most / 2)
        return (
            PlotAxis(
                places, pixels: (left, end),
                isLogarithmic: places.upperBound / places.lowerBound > 3),
            PlotAxis(least...most * 1.05, pixels: (bottom, top))
        )
    }

    /// The whole file, with a line end; without axes the title alone.
    func file(_ axes: (x: PlotAxis, y: PlotAxis)?, _ curves: [String]) -> String {
        let head = [Drawing.text(12, 30, title, "t"), Drawing.text(12, 54, caption, "c g")]
        return Drawing.file(
            head + (axes.map { grid($0.x, $0.y) } ?? []) + curves, width: Self.width,
            height: Self.bottom + 56)
    }

    private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
        var lines = [
            Drawing.text(12, Self.top - 12, unit, "g"),
            Drawing.text(Self.end, Self.bottom + 42, axisWords, "g", "end"),
        ]
        for tick in y.ticks(5) {
            let place = y.place(tick)
            lines.append(
                Drawing.line(
                    "r", from: (Self.left, place), to: (Self.end, place),
                    width: tick == 0 ? 1 : 0.5))
            lines.append(Drawing.text(Self.left - 8, place + 4, Drawing.number(tick), "g", "end"))
        }
        return lines
            + x.ticks(10).map {
                Drawing.text(x.place($0), Self.bottom + 20, Drawing.number($0), "g", "middle")
            }
    }

    /// The pixel of a value, held to the plot.
    static func within(_ y: PlotAxis, _ value: Double) -> Double {
        y.place(min(max(value, y.values.lowerBound), y.values.upperBound))
    }
}

import PlainText
package import Sweep

/// Smooth goodput of one GPU over the reading speed: what the best point of each curve serves, a
/// colour a curve.
package struct SpeedPlot: Sendable {
    private let result: SweepResult

    package init(_ result: SweepResult) { self.result = result }

    /// The whole file, with a line end.
    package var svg: String {
        let bests = result.bests
        let frame = PlotFrame(
            title: "\(result.name): smooth goodput of a GPU by reading speed",
            caption: "each reading speed at the best point of the sweep", unit: "tok/s",
            axisWords: "tokens a second that people read")
        guard let low = bests.first?.speed, let high = bests.last?.speed,
            let axes = PlotFrame.axes(
                over: low...high, values: bests.flatMap { $0.ofCurves.compactMap(\.self) })
        else { return frame.file(nil, []) }
        return frame.file(
            axes, result.curves.indices.flatMap { draw($0, bests, axes.x, axes.y) })
    }

    private func draw(
        _ index: Int, _ bests: [SpeedBest], _ x: PlotAxis, _ y: PlotAxis
    ) -> [String] {
        let colour = SystemMark.colour(index)
        let places = bests.compactMap { best in
            best.ofCurves[index].map { value in
                (x: x.place(best.speed), y: PlotFrame.within(y, value))
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
                    PlotFrame.end + 14, last.y + 4 + 15 * Double(index),
                    (name.isEmpty ? "best point" : name).cut(28), "f\(colour)")
            ]
    }
}

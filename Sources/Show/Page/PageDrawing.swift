import PlainText

/// Pieces of drawings; their colours are the page's.
enum PageDrawing {
    /// - Parameter frame: Left, right, top and bottom of the plot, and the values at its left and
    ///   right, where the script needs them.
    static func svg(
        _ width: Double, _ height: Double, _ label: String, _ pieces: [Markup],
        frame: [Double] = []
    ) -> Markup {
        .tag(
            "svg",
            [
                "viewBox": "0 0 \(n(width)) \(n(height))", "width": n(width), "height": n(height),
                "role": "img", "aria-label": label,
                "data-frame": frame.map(n).joined(separator: " "),
            ], pieces)
    }

    static func text(_ x: Double, _ y: Double, _ text: String, _ kind: String) -> Markup {
        .tag("text", ["class": kind, "x": n(x), "y": n(y)], [Markup(text)])
    }

    static func line(
        _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ kind: String
    ) -> Markup {
        .tag(
            "line",
            ["class": kind, "x1": n(from.x), "y1": n(from.y), "x2": n(to.x), "y2": n(to.y)])
    }

    /// A line through the points, or, where it is closed, the area within.
    static func path(
        _ points: [(Double, Double)], _ kind: String, isClosed: Bool = false
    ) -> Markup {
        let steps = points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(n(point.0)) \(n(point.1))"
        }
        return .tag("path", ["class": kind, "d": steps.joined() + (isClosed ? "Z" : "")])
    }

    /// A line that goes across to each point, then up or down to it.
    static func steps(
        from start: (Double, Double), _ points: [(Double, Double)], _ kind: String
    ) -> Markup {
        .tag(
            "path",
            [
                "class": kind,
                "d": "M\(n(start.0)) \(n(start.1))"
                    + points.map { "H\(n($0.0))V\(n($0.1))" }.joined(),
            ])
    }

    static func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ kind: String
    ) -> Markup {
        .tag(
            "rect",
            ["class": kind, "x": n(x), "y": n(y), "width": n(width), "height": n(height)])
    }

    /// A pixel, without needless digits.
    static func n(_ value: Double) -> String {
        value == value.rounded() ? Figures.fixed(value, 0) : Figures.fixed(value, 1)
    }
}

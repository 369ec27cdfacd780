import PlainText

/// The frame and the pieces of drawings: SVG files of their own, without script and without
/// anything from elsewhere, in light and dark.
enum Drawing {
    private static let colours = SystemMark.colours

    /// The whole file, with a line end.
    ///
    /// - Parameter body: Elements, drawn in this order.
    static func file(_ body: [String], width: Double, height: Double) -> String {
        let size = "\(Int(width))\" height=\"\(Int(height))"
        return
            ([
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size)\" viewBox=\"0 0 "
                    + "\(Int(width)) \(Int(height))\" role=\"img\">", style,
                "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>",
            ] + body + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private static var style: String {
        func rules(
            _ pick: ((light: String, dark: String)) -> String, paper: String, ink: String,
            grey: String,
            rule: String
        ) -> String {
            let systems = colours.enumerated().map { index, pair in
                ".s\(index){stroke:\(pick(pair))}.f\(index){fill:\(pick(pair))}"
                    + ".h\(index){stroke:\(pick(pair));fill:\(paper)}"
            }
            return ".paper{fill:\(paper)}text{fill:\(ink)}.g{fill:\(grey)}.r{stroke:\(rule)}"
                + systems.joined()
        }
        let light = rules(
            { $0.0 }, paper: "#fcfcfb", ink: "#17191d", grey: "#5d646e", rule: "#d8dbe0")
        let dark = rules(
            { $0.1 }, paper: "#131519", ink: "#e9ebee", grey: "#9ba2ac", rule: "#343940")
        return "<style>text{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,Arial,sans-serif;"
            + "font-variant-numeric:tabular-nums}.t{font-size:18px;font-weight:650}"
            + ".c{font-size:13px}\(light)@media(prefers-color-scheme:dark){\(dark)}</style>"
    }

    static func text(
        _ x: Double, _ y: Double, _ text: String, _ classes: String, _ anchor: String = "start"
    ) -> String {
        "<text class=\"\(classes)\" x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\">"
            + "\(escaped(text))</text>"
    }

    static func line(
        _ classes: String, from: (x: Double, y: Double), to: (x: Double, y: Double),
        width: Double, opacity: Double = 1
    ) -> String {
        "<line class=\"\(classes)\" stroke-width=\"\(n(width))\" "
            + (opacity < 1 ? "opacity=\"\(Figures.fixed(opacity, 2))\" " : "")
            + "x1=\"\(n(from.x))\" x2=\"\(n(to.x))\" y1=\"\(n(from.y))\" y2=\"\(n(to.y))\"/>"
    }

    /// A name is data, and never markup.
    private static func escaped(_ text: String) -> String {
        text.harmless.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    /// A tick without needless digits.
    static func number(_ value: Double) -> String {
        value == value.rounded() ? Figures.fixed(value, 0) : Figures.short(value)
    }

    /// A pixel.
    static func n(_ value: Double) -> String { Figures.fixed(value, 1) }
}

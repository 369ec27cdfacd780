import PlainText

/// A piece of HTML or SVG. Text becomes one by being escaped, here and nowhere else, so that a name
/// from elsewhere is never markup.
struct Markup: ExpressibleByStringInterpolation {
    private(set) var source: String

    /// The text as text: escaped, and with a question mark for whatever would turn it around.
    init(_ text: String) { source = Self.escaped(text) }

    init(stringLiteral text: String) { self.init(text) }

    private init(source: String) { self.source = source }

    /// Pieces, one after the other.
    init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

    /// An element with its end tag.
    static func tag(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ children: [Markup] = []
    ) -> Markup {
        Markup(
            source: opening(name, attributes) + children.map(\.source).joined() + "</\(name)>")
    }

    /// An element that has no end tag.
    static func single(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]
    ) -> Markup {
        Markup(source: opening(name, attributes))
    }

    /// A style or script of the page's own; `code` is written in this room, and holds no end tag.
    static func own(_ name: StaticString, _ code: String) -> Markup {
        precondition(!code.contains("</"), "an end tag within code ends it")
        return Markup(source: "<\(name)>\(code)</\(name)>")
    }

    /// Data for the page's script, which no browser reads as markup or script.
    ///
    /// - Parameter json: A JSON document; each `<` in it is escaped, so that nothing ends it.
    static func data(_ id: StaticString, json: String) -> Markup {
        let safe = json.harmlessJSON.replacing("<", with: "\\u003c")
        return Markup(source: "<script type=\"application/json\" id=\"\(id)\">\(safe)</script>")
    }

    /// Bytes for the page's script, as base64.
    static func data(_ id: StaticString, base64: String) -> Markup {
        Markup(source: "<script type=\"text/plain\" id=\"\(id)\">\(base64)</script>")
    }

    private static func opening(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>
    ) -> String {
        "<\(name)" + attributes.map { " \($0)=\"\(escaped($1))\"" }.joined() + ">"
    }

    private static func escaped(_ text: String) -> String {
        text.harmlessLines.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }
}

import JSON
import PlainText

/// A page as one HTML file: a policy in its head lets it ask for nothing, and run what it holds.
enum PageDocument {
    /// - Parameters:
    ///   - title: Data, such as a run's name.
    ///   - styles: The style sheets, in order.
    ///   - body: The content of `main`.
    static func bytes(title: String, styles: [String], _ body: [Markup]) -> [UInt8] {
        let head: [Markup] = [
            .single("meta", ["charset": "utf-8"]),
            .single(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; style-src 'unsafe-inline'; "
                        + "script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
                        + "form-action 'none'",
                ]),
            .single(
                "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .tag("title", [:], ["\(title.cut(80)): legato"]),
        ]
        let page = Markup.tag(
            "html", ["lang": "en"],
            [
                .tag("head", [:], head + styles.map { .own("style", $0) }),
                .tag("body", [:], [.tag("main", [:], body)]),
            ])
        return Array("<!DOCTYPE html>\n\(page.source)\n".utf8)
    }
}

extension JSONValue {
    /// On one line.
    var text: String { String(decoding: serialized, as: UTF8.self) }
}

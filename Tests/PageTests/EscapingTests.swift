import Testing

@testable import Page

@Suite("Markup")
struct EscapingTests {
    static let hostile = [
        "</script><img src=x onerror=alert(1)>", "<!--", "\" onload=\"x", "' x='", "&lt;",
        "a\u{202E}b\u{7}\u{1B}[31m", "]]>", "<svg/onload=x>",
        "\u{2066}\u{200F}line\nline\r\u{2028}\0", "=cmd|' /C calc'!A0",
        String(repeating: "<b>long ", count: 1_300),
    ]

    @Test("Text is never markup, in elements nor in attributes", arguments: hostile)
    func text(_ name: String) {
        let markup = Markup.tag("p", ["title": name], [Markup(name), "\(name)"])
        let inner = markup.source.dropFirst(2).dropLast(4)
        #expect(inner.filter { $0 == "<" }.isEmpty)
        #expect(inner.filter { $0 == ">" }.count == 1)
        #expect(inner.filter { $0 == "\"" }.count == 2)
        #expect(!markup.source.contains { "'\u{202E}\u{7}\u{1B}".contains($0) })
    }
}

import Testing

@testable import PlainText

@Suite struct HarmlessTests {
    /// ESC, CSI of C1, DEL, NUL, direction marks and overrides, isolates, separators, a tag.
    static let steering: [Unicode.Scalar] = [
        "\u{1B}", "\u{9B}", "\u{7F}", "\u{0}", "\u{200E}", "\u{200F}", "\u{202A}", "\u{202E}",
        "\u{2066}", "\u{2069}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{E0001}",
    ]

    @Test(arguments: steering)
    func aSteeringCharacterIsShownHarmlessAndIsNoName(scalar: Unicode.Scalar) {
        let text = "node\(Character(scalar))1"
        #expect(text.harmless == "node?1")
        #expect(text.harmlessLines == "node?1")
        #expect(text.nameDefect?.contains(scalar.codePoint) == true)
        let json = "[\"\(text)\"]".harmlessJSON
        #expect(!json.unicodeScalars.contains(where: \.steersText) && json.hasPrefix("[\"node\\u"))
    }

    @Test(arguments: ["node-1", "Größe 漢字 נתון", "a b", "🙂", "é"])
    func otherTextStaysAsItIs(text: String) {
        #expect(text.harmless == text && text.harmlessLines == text && text.harmlessJSON == text)
        #expect(text.nameDefect == nil)
    }

    @Test func linesStayLines() {
        #expect("a\n\tb\r\u{1B}[2J".harmlessLines == "a\n\tb??[2J")
        #expect("a\nb".harmless == "a?b")
        #expect(
            "{\n  \"a\": \"\u{202E}\u{E0001}\"\r\n}".harmlessJSON
                == "{\n  \"a\": \"\\u202e\\udb40\\udc01\"\r\n}")
        #expect("".nameDefect == "is empty")
        #expect(Unicode.Scalar("\u{1B}").codePoint == "U+001B")
    }
}

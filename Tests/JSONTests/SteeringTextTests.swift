import Testing

@testable import JSON

/// JSON is read on terminals, too: what could steer one is written as an escape, and read back as
/// it was.
@Suite struct SteeringTextTests {
    @Test(arguments: [
        ("\u{1B}[2J", "\"\\u001b[2J\""), ("\u{9B}1m", "\"\\u009b1m\""), ("\u{7F}", "\"\\u007f\""),
        ("a\u{202E}b", "\"a\\u202eb\""), ("\u{2066}é", "\"\\u2066é\""),
        ("\u{E0001}", "\"\\udb40\\udc01\""), ("Größe 漢", "\"Größe 漢\""),
        ("\"\\\n", "\"\\\"\\\\\\n\""),
    ])
    func whatSteersIsEscaped(text: String, written: String) throws {
        let bytes = JSONValue.string(text).serialized
        #expect(String(decoding: bytes, as: UTF8.self) == written)
        #expect(try JSONValue(parsing: bytes) == .string(text))
    }
}

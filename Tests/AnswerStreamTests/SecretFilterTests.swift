import HTTP
import Testing
import TokenLog

@testable import AnswerStream

private let key = "sk-proj-Abc123_def456-GHI789"

private func base64(_ text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var encoded = ""
    let bytes = Array(text.utf8)
    for begin in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[begin..<min(begin + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0..<4 {
            encoded += index > group.count ? "=" : String(digits[bits >> (18 - 6 * index) & 63])
        }
    }
    return encoded
}

private func percent(_ text: String) -> String {
    text.utf8.map { "%" + (String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)).uppercased() }
        .joined()
}

private func hexadecimal(_ text: String) -> String {
    text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

private func unicode(_ text: String) -> String {
    text.utf16.map {
        "\\u" + String(repeating: "0", count: 4 - String($0, radix: 16).count)
            + String($0, radix: 16)
    }.joined()
}

private func html(_ text: String) -> String {
    text.unicodeScalars.map { "&#\($0.value);" }.joined()
}

@Suite("Secrets in a server's words")
struct SecretFilterTests {
    private let filter = SecretFilter(fields: [
        HTTPField(name: "authorization", value: "Bearer \(key)"),
        HTTPField(name: "x-team", value: "hunter2"),
        HTTPField(name: "x-routing", value: "blue/eu-west \"fast\""),
        HTTPField(name: "accept", value: "application/json"),
        HTTPField(name: "x-flag", value: "true"),
        HTTPField(name: "anthropic-version", value: "2023-06-01-beta"),
    ])

    @Test(
        "A key is found in every form in which it is repeated",
        arguments: [
            key, key.uppercased(), key.lowercased(), percent(key), percent(percent(key)),
            unicode(key), html(key), hexadecimal(key), hexadecimal(key).uppercased(),
            base64(key), base64("Bearer \(key)"), base64("user:\(key)"), base64("ab\(key)c"),
            "sk-proj-%41bc123_def456\\u002DGHI789", "\\\"\(unicode(key))\\\"",
            percent(base64(key)), base64(base64(key)), base64("user:" + base64("x:\(key)")),
            hexadecimal(base64(key)), base64(hexadecimal(key)), "https://h/v1?key=\(key)&x=1",
            "/v1/models/\(base64(key))",
        ])
    func forms(_ echo: String) {
        let text = "Incorrect API key provided: \(echo) (see the docs)"
        let shown = filter.redact(text)
        #expect(shown.contains(SecretFilter.mark))
        #expect(shown.hasPrefix("Incorrect API key provided: "))
        for form in [
            key, base64(key), hexadecimal(key), percent(key), base64(base64(key)),
        ] {
            for length in [9, form.count] {
                let part = form.prefix(length).lowercased()
                #expect(!shown.lowercased().contains(part), "\(shown)")
            }
        }
        #expect(!shown.contains("GHI789"))
    }

    @Test("A part of a key that is longer than a few characters is found too, wherever it is cut")
    func parts() {
        for length in 8...key.count {
            let shown = filter.redact("bad key \(key.prefix(length))")
            #expect(shown == "bad key ***")
            #expect(filter.redact("bad key ...\(key.suffix(length))") == "bad key ...***")
        }
        #expect(filter.redact("bad key sk-proj") == "bad key sk-proj")
        #expect(filter.redact("bad key sk-proj***GHI789") == "bad key sk-proj***GHI789")
    }

    @Test(
        "Values that say nothing leave texts as they are, short ones go as words",
        arguments: [
            ("send application/json, true", nil), ("since 2023-06-01-beta", nil),
            ("team hunter2 is unknown", "team *** is unknown"),
            ("team=HUNTER2;", "team=***;"), ("the hunter21 model", nil),
            ("route blue/eu-west \"fast\" is gone", "route *** is gone"),
            ("route blue%2Feu-west%20%22fast%22 is gone", "route *** is gone"),
            ("route blue\\/eu-west \\\"fast\\\" is gone", "route *** is gone"),
            ("route blue/eu is gone", nil), ("Bearer tokens only", nil),
        ] as [(String, String?)])
    func ordinary(_ text: String, _ shown: String?) {
        #expect(filter.redact(text) == shown ?? text)
    }

    @Test("Basic credentials, cookies and the user part of a URL are secrets, each part of them")
    func parties() {
        let filter = SecretFilter(
            fields: [
                HTTPField(name: "authorization", value: "Basic \(base64("alice:wonderland"))"),
                HTTPField(name: "cookie", value: "lang=en; sid=0123456789abcdef"),
            ], urls: ["https://bob:b%20uilder7@h:8000/v1?api-version=2024-10-21&sig=Zm9vYmFyYmF6"])
        let text =
            "alice:wonderland, wonderland, \(base64("alice:wonderland")), 0123456789abcdef, "
            + "b%20uilder7, Zm9vYmFyYmF6, api-version=2024-10-21, lang=en"
        #expect(
            filter.redact(text) == "***, ***, ***, ***, ***, ***, api-version=2024-10-21, lang=en")
    }

    @Test("Without secrets nothing is changed; with them nothing else is, of any length")
    func rest() {
        let text = String(repeating: "max_tokens 4096 is too large: 42 % \\u00e9 &amp; ", count: 40)
        #expect(SecretFilter.none.redact(text) == text)
        #expect(SecretFilter(fields: []).isEmpty)
        #expect(filter.redact(text) == text)
        #expect(filter.redact("") == "")
        let long = String(repeating: "a", count: SecretFilter.textBytes) + key
        #expect(filter.redact(long) == String(repeating: "a", count: SecretFilter.textBytes))
    }

    @Test("Any bytes are taken: nothing traps, and text that holds no secret stays")
    func anything() {
        let pieces = [
            "%", "%4", "\\", "\\u12", "\\ud83d", "\\ud83d\\ude00", "&#", "&#x110000;", "&#;",
            "\u{1F600}", "==", "//", "0x", "", "abc",
        ]
        for a in pieces {
            for b in pieces {
                for c in pieces where !(a + b + c).isEmpty {
                    #expect(filter.redact(a + b + c) == a + b + c)
                }
            }
        }
    }

    @Test("An error's sentence loses its secrets before it is cut")
    func beforeTheCut() {
        for padding in 0..<200 {
            let filler = String(repeating: "x ", count: padding / 2)
            let body = #"{"error": {"message": "\#(filler)\#(key) no"}}"#
            let words = body.utf8.withContiguousStorageIfAvailable {
                ErrorExcerpt.words(UnsafeRawBufferPointer($0), hiding: filter)
            }
            #expect(words.map { !$0.contains("sk-proj-") } == true)
        }
    }

    @Test("What a stream keeps of an error holds no secret: status, event and plain text")
    func stream() throws {
        for (head, body) in [
            ("401 Unauthorized", #"{"error":{"message":"bad key \#(key)","code":"\#(key)"}}"#),
            ("401 Unauthorized", "bad key \(percent(key))\nmore"),
            ("200 OK", "data: {\"error\":{\"message\":\"bad key \(unicode(key))\"}}\n\n"),
        ] {
            var stream = AnswerStream(secrets: filter)
            let type = head.hasPrefix("200") ? "text/event-stream" : "application/json"
            let bytes = Array(
                """
                HTTP/1.1 \(head)\r\ncontent-type: \(type)\r\n\
                content-length: \(body.utf8.count)\r\n\r\n\(body)
                """
                .utf8)
            bytes.withUnsafeBytes { input in
                var input = input
                while stream.next(&input) != nil {}
            }
            let detail = try #require(stream.result?.error?.detail)
            #expect(detail.contains("bad key ***"), "\(detail)")
        }
    }
}

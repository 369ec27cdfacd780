import Testing

@testable import ServingClient

@Suite struct TargetTests {
    @Test(arguments: [
        ("http://localhost:8000", "http://localhost:8000"), ("http://h", "http://h:80"),
        ("HTTP://h:1/", "http://h:1"), ("http://h:1/v1", "http://h:1"),
        ("http://h:1/v1/", "http://h:1"), ("http://h:1/a/b//", "http://h:1/a/b"),
        ("http://h:1/a/v1", "http://h:1/a"), ("http://[::1]:5", "http://[::1]:5"),
        ("https://h", "https://h:443"), ("HTTPS://h:8443/a/v1", "https://h:8443/a"),
        ("https://[::1]", "https://[::1]:443"), ("unix:/run/llm.sock", "unix:/run/llm.sock"),
        ("unix:///run/llm.sock", "unix:/run/llm.sock"), ("unix:/a b.sock", "unix:/a b.sock"),
        ("unix:/run/llm.sock:/", "unix:/run/llm.sock"),
        ("unix:/run/llm.sock:/v1", "unix:/run/llm.sock"),
        ("unix:/run/llm.sock:/api/v1/", "unix:/run/llm.sock:/api"),
    ])
    func targetsAreRead(text: String, plain: String) throws {
        let target = try Target(parsing: text)
        #expect(target.description == plain)
        // The plain form names the same target.
        #expect(try Target(parsing: plain) == target)
    }

    @Test(arguments: [
        ("http://h", "h"), ("http://h:80", "h"), ("http://h:443", "h:443"),
        ("https://h:443", "h"), ("https://h:80", "h:80"), ("https://[::1]:443", "[::1]"),
        ("http://[::1]:8000/a", "[::1]:8000"), ("unix:/run/a.sock:/b", "localhost"),
    ])
    func theHostFieldLeavesTheSchemesOwnPortOut(text: String, host: String) throws {
        #expect(try Target(parsing: text).authority == host)
    }

    @Test func partsAreApart() throws {
        let secure = try Target(parsing: "https://h:1/a")
        #expect(secure.isTLS && secure.place == .network(host: "h", port: 1))
        let socket = try Target(parsing: "unix:/a:b/c.sock:/d")
        #expect(!socket.isTLS && socket.place == .unixSocket(path: "/a:b/c.sock"))
        #expect(socket.prefix == "/d")
    }

    @Test(arguments: [
        "h:8000", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:99999",
        "http://h:", "http://h:8x", "http://me:secret@h", "https://me:secret@h", "http://h/?a",
        "http://h/#a", "http://h?a", "http://h /", "http://[::1", "http://::1", "http://[h]",
        "http://h]", "http://h\u{e9}", "https://", "unix:", "unix:run/a.sock", "unix:/",
        "unix:///", "unix::/a", "unix:/a.sock:/b?c", "unix:/a\nb",
        "unix:/" + String(repeating: "a", count: 107),
    ])
    func badTargetsAreRefusedWithoutTheirSecrets(text: String) throws {
        let error = #expect(throws: TargetError.self) { _ = try Target(parsing: text) }
        let words = try #require(error).description
        #expect(words.contains("write http://HOST:PORT") && !words.contains("secret"))
    }
}

import Testing
import Workload

@testable import ServingClient

@Suite struct TargetTests {
    @Test(arguments: [
        ("http://localhost:8000", "http://localhost:8000"), ("http://h", "http://h:80"),
        ("HTTP://h:1/", "http://h:1"), ("http://h:1/v1", "http://h:1/v1"),
        ("http://h:1/v1/", "http://h:1/v1"), ("http://h:1/a/b//", "http://h:1/a/b"),
        ("http://h:1/a/v1", "http://h:1/a/v1"), ("http://[::1]:5", "http://[::1]:5"),
        ("https://h", "https://h:443"), ("HTTPS://h:8443/a/v1", "https://h:8443/a/v1"),
        ("https://[::1]", "https://[::1]:443"), ("unix:/run/llm.sock", "unix:/run/llm.sock"),
        ("unix:///run/llm.sock", "unix:/run/llm.sock"), ("unix:/a b.sock", "unix:/a b.sock"),
        ("UNIX:/run/llm.sock", "unix:/run/llm.sock"),
        ("unix:/run/llm.sock:/", "unix:/run/llm.sock"),
        ("unix:/run/llm.sock:/v1", "unix:/run/llm.sock:/v1"),
        ("unix:/run/llm.sock:/api/v1/", "unix:/run/llm.sock:/api/v1"),
        // People leave the scheme out.
        ("h:8000", "http://h:8000"), ("127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("[::1]:8000", "http://[::1]:8000"), ("h:8000?a=b", "http://h:8000/?a=b"),
        // The whole URL of an endpoint, and whatever has a query, stays as it is.
        ("http://h:1/v1/chat/completions", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/completions/", "http://h:1/v1/completions/"),
        (
            "https://h/d/x/chat/completions?api-version=1",
            "https://h:443/d/x/chat/completions?api-version=1"
        ),
        ("http://h:1/v1/?a=b", "http://h:1/v1/?a=b"), ("http://h?a", "http://h:80/?a"),
    ])
    func targetsAreRead(text: String, plain: String) throws {
        let target = try Target(parsing: text)
        #expect(target.description == plain)
        // The plain form names the same target.
        #expect(try Target(parsing: plain) == target)
    }

    @Test(arguments: [
        ("http://h", Endpoint.chat, ["/v1/chat/completions", "/chat/completions"]),
        ("http://h/v1", .chat, ["/v1/chat/completions"]),
        ("http://h/v1/", .completions, ["/v1/completions"]),
        ("http://h/api/v3", .chat, ["/api/v3/v1/chat/completions", "/api/v3/chat/completions"]),
        (
            "http://h/v1beta/openai", .completions,
            ["/v1beta/openai/v1/completions", "/v1beta/openai/completions"]
        ),
        ("http://h/api/v3/chat/completions", .chat, ["/api/v3/chat/completions"]),
        ("http://h/x/completions?a=b&c", .completions, ["/x/completions?a=b&c"]),
        ("http://h/invoke?a=b", .chat, ["/invoke?a=b"]),
        ("unix:/a.sock:/x/v1", .chat, ["/x/v1/chat/completions"]),
    ])
    func aPathIsNeverRewritten(text: String, endpoint: Endpoint, paths: [String]) throws {
        #expect(try Target(parsing: text).postPaths(endpoint) == paths)
    }

    @Test(arguments: [
        ("http://h", ["/v1/models", "/models"]), ("http://h/v1", ["/v1/models"]),
        ("http://h/a/chat/completions?v=1", ["/a/models?v=1"]), ("http://h/invoke?v=1", []),
    ])
    func listsOfModelsStandBesideTheEndpoint(text: String, paths: [String]) throws {
        #expect(try Target(parsing: text).modelPaths == paths)
    }

    @Test func aSecretOfTheQueryIsInNoDescription() throws {
        let target = try Target(parsing: "http://h:1/x?api-version=2&code=hunter2&api_key=hunter2")
        #expect(target.description == "http://h:1/x?api-version=2&code=***&api_key=***")
        #expect(target.postPaths(.chat) == ["/x?api-version=2&code=hunter2&api_key=hunter2"])
        let error = #expect(throws: TargetError.self) {
            _ = try Target(parsing: "http://h:x/?key=hunter2")
        }
        #expect(try !#require(error).description.contains("hunter2"))
    }

    @Test(arguments: [
        ("http://h:1", "http://h:1/v1", true), ("http://h:1/", "HTTP://h:1", true),
        ("http://h:1/a", "http://h:1/a/v1", true), ("http://h:1", "http://h:2", false),
        ("http://h:1", "https://h:1", false), ("http://h:1", "http://h:1/v1/completions", false),
        ("http://h:1/a", "http://h:1", false),
    ])
    func serversAreTheSameHoweverTheyAreWritten(one: String, other: String, same: Bool) throws {
        #expect(try Target(parsing: one).isSameServer(as: Target(parsing: other)) == same)
        #expect(try Target(parsing: other).isSameServer(as: Target(parsing: one)) == same)
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
        #expect(secure.isTLS && secure.address == .network(host: "h", port: 1))
        let socket = try Target(parsing: "unix:/a:b/c.sock:/d")
        #expect(!socket.isTLS && socket.address == .unixSocket(path: "/a:b/c.sock"))
        #expect(socket.path == "/d")
    }

    @Test(arguments: [
        "h", "ftp://h", "h:", ":8000", "http:8000", "a:b:8000", "http:/h:1", "h/a:8000", "http://",
        "http://:80", "http://h:0", "http://h:99999",
        "http://h:", "http://h:8x", "http://me:secret@h", "https://me:secret@h", "me:secret@h:80",
        "http://h/#a", "http://h?a#b", "http://h /", "http://[::1", "http://::1", "http://[h]",
        "http://h]", "http://h\u{e9}", "https://", "unix:", "unix:run/a.sock", "unix:/",
        "unix:///", "unix::/a", "unix:/a.sock:/b#c", "unix:/a\nb",
        "http://h/" + String(repeating: "a", count: 2_000),
        "unix:/" + String(repeating: "a", count: 107),
    ])
    func badTargetsAreRefusedWithoutTheirSecrets(text: String) throws {
        let error = #expect(throws: TargetError.self) { _ = try Target(parsing: text) }
        let words = try #require(error).description
        #expect(words.contains("write http://HOST:PORT") && !words.contains("secret"))
    }
}

import Testing

@testable import ServingClient

@Suite struct ProxyEnvironmentTests {
    private func remark(_ environment: [String: String], _ url: String) throws -> String? {
        ProxyEnvironment(environment).remark(on: [try Target(parsing: url)])
    }

    @Test(arguments: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
    func aProxyThatIsNotUsedIsNamed(name: String) throws {
        let words = try remark([name: "http://me:hunter2@p:1"], "http://h:1")
        #expect(words?.contains("\(name) is not used") == true)
        #expect(words?.contains("hunter2") == false)
    }

    @Test func aProxyOfTheOtherSchemeIsNotMeant() throws {
        #expect(try remark(["HTTPS_PROXY": "p"], "http://h") == nil)
        #expect(try remark(["HTTP_PROXY": "p"], "https://h") == nil)
        #expect(try remark(["HTTPS_PROXY": "p"], "https://h") != nil)
        #expect(try remark(["HTTP_PROXY": ""], "http://h") == nil)
        #expect(try remark(["ALL_PROXY": "p"], "unix:/a.sock") == nil)
    }

    @Test(arguments: [
        ("*", "a.b.c", true), ("a.b.c", "a.b.c", true), (".b.c", "a.b.c", true),
        ("b.c", "a.b.c", true), ("*.b.c", "a.b.c", true), ("x, b.c ,y", "a.b.c", true),
        ("b.c:8000", "A.B.C", true), ("b.c", "ab.c", false), ("", "a.b.c", false),
        ("127.0.0.1,localhost", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
    ])
    func exceptionsAreKept(list: String, host: String, isExcepted: Bool) throws {
        let words = try remark(["http_proxy": "p", "NO_PROXY": list], "http://\(host):1")
        #expect((words == nil) == isExcepted)
    }
}

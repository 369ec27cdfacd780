import HTTP
import Testing

@testable import Dashboard

/// Requests, and whether they are answered.
@Suite struct RouteTests {
    private static let names = AnsweredNames(
        host: "127.0.0.1", isLoopback: true, machine: "node7")
    private static let outside = AnsweredNames(
        host: "0.0.0.0", isLoopback: false, machine: "node7")

    private static func request(
        _ path: String, host: String? = "127.0.0.1:8080", method: String = "GET",
        _ fields: (String, String)...
    ) -> HTTPRequest {
        let host = host.map { [HTTPField(name: "host", value: $0)] } ?? []
        return HTTPRequest(
            method: method, path: path,
            headers: host + fields.map { HTTPField(name: $0.0, value: $0.1) })
    }

    private static func status(_ route: DashboardRoute) -> UInt16 {
        if case .refusal(let status, _) = route { return status }
        return 200
    }

    @Test(
        "A name that leads here from elsewhere is turned away",
        arguments: [
            ("127.0.0.1:8080", true), ("localhost:8080", true), ("LOCALHOST:8080", true),
            ("[::1]:8080", true), ("127.0.0.1", true), ("localhost:9000", true),
            ("evil.example:8080", false), ("127.0.0.1.evil.example:8080", false),
            ("localhost.evil.example:8080", false), ("192.168.0.7:8080", false), ("", false),
            (":8080", false), ("127.0.0.1:99999", false), ("node7:8080", false),
        ])
    func hosts(host: String, isAnswered: Bool) {
        let route = DashboardRoute(
            Self.request("/state", host: host), names: Self.names, token: nil)
        #expect(Self.status(route) == (isAnswered ? 200 : 421))
    }

    @Test(
        "Beyond loopback addresses and this machine's names are answered, no others",
        arguments: [
            ("192.168.0.7:8080", true), ("[fe80::1]:8080", true), ("node7:8080", true),
            ("node7.cluster.local:8080", true), ("node70:8080", false),
            ("localhost.evil.example:8080", false), ("0.0.0.0.evil.example:8080", false),
            ("evil.example:8080", false),
            ("1.2.3:8080", false), ("1.2.3.400:8080", false),
        ])
    func hostsOutside(host: String, isAnswered: Bool) {
        let route = DashboardRoute(
            Self.request("/state", host: host), names: Self.outside, token: nil)
        #expect(Self.status(route) == (isAnswered ? 200 : 421))
    }

    @Test("No Host, or two, is none of ours")
    func severalHosts() {
        for request in [
            Self.request("/state", host: nil),
            Self.request("/state", ("host", "evil.example")),
        ] {
            #expect(Self.status(DashboardRoute(request, names: Self.names, token: nil)) == 421)
        }
    }

    @Test("A page of another origin may come to the page and look at nothing")
    func origins() {
        let own = ("origin", "http://127.0.0.1:8080")
        for (path, field, wanted) in [
            ("/state", own, 200), ("/state", ("origin", "http://127.0.0.1:8081"), 403),
            ("/state", ("origin", "https://127.0.0.1:8080"), 403),
            ("/state", ("origin", "null"), 403), ("/", ("origin", "http://evil.example"), 403),
            // Names of one server, and yet two origins.
            ("/state", ("origin", "http://localhost:8080"), 403),
            ("/events", ("sec-fetch-site", "cross-site"), 403),
            ("/metrics", ("sec-fetch-site", "same-site"), 403),
            ("/events", ("sec-fetch-site", "same-origin"), 200),
            ("/state", ("sec-fetch-site", "none"), 200),
            ("/", ("sec-fetch-site", "cross-site"), 200),
        ] as [(String, (String, String), UInt16)] {
            let route = DashboardRoute(Self.request(path, field), names: Self.names, token: nil)
            #expect(Self.status(route) == wanted, "\(path) \(field)")
        }
    }

    @Test("With a token all but the empty page wants it")
    func token() {
        var generator = SystemRandomNumberGenerator()
        let token = ViewerToken(using: &generator)
        let text = String(token.fragment.dropFirst("#token=".count))
        #expect(text.count == 32 && token != ViewerToken(using: &generator))
        for path in ["/events", "/state", "/metrics", "/report.html"] {
            for (field, wanted) in [
                (("authorization", "Bearer \(text)"), 200),
                (("authorization", "Bearer \(text)0"), 401),
                (("authorization", "Bearer \(text.dropLast())"), 401),
                (("authorization", "Bearer \(text.dropLast())x"), 401),
                (("authorization", text), 401), (("cookie", text), 401),
            ] as [((String, String), UInt16)] {
                let route = DashboardRoute(
                    Self.request(path, field), names: Self.names, token: token)
                #expect(Self.status(route) == wanted, "\(path) \(field)")
            }
        }
        let page = DashboardRoute(Self.request("/"), names: Self.names, token: token)
        #expect(page == .page)
        let inAddress = Self.request("/state?token=\(text)")
        #expect(Self.status(DashboardRoute(inAddress, names: Self.names, token: token)) == 401)
    }

    @Test("Paths lead where they say, and GET alone is answered")
    func paths() {
        func route(_ path: String, _ method: String = "GET") -> DashboardRoute {
            DashboardRoute(Self.request(path, method: method), names: Self.names, token: nil)
        }
        #expect(route("/") == .page && route("/?x") == .page && route("/events") == .events)
        #expect(route("/state") == .state && route("/report.html") == .report)
        #expect(route("/metrics") == .metrics(.prometheus))
        #expect(Self.status(route("/../etc/passwd")) == 404)
        #expect(route("/metrics", "HEAD") == .metrics(.prometheus))
        #expect(Self.status(route("/events", "HEAD")) == 405)
        #expect(Self.status(route("/", "POST")) == 405)
    }
}

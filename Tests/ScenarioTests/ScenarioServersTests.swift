import Foundation
import Testing
import Workload

@testable import Scenario

@Suite struct ScenarioServersTests {
    private func scenario(_ top: String = "", classModel: String? = nil) -> String {
        let model = classModel.map { ", model: \($0)" } ?? ""
        return """
            \(top)
            stages: [{ rate: 1/s, requests: 1 }]
            classes: [{ name: a, input: 9 tokens, output: 9 tokens\(model) }]
            """
    }

    @Test(arguments: [
        ("", Endpoint.chat, false), ("endpoint: completions", .completions, true),
        ("servers: [{ url: 'http://h' }]", .chat, false),
        ("servers: [{ url: 'http://h/v1/completions' }]", .completions, true),
        ("servers: [{ url: 'h:80/x/chat/completions?v=1' }]", .chat, true),
        ("endpoint: completions\nservers: [{ url: 'http://h/completions' }]", .completions, true),
        ("endpoint: completions\nrequest: { prompt: tokens }", .completions, true),
    ])
    func `the endpoint is the one that is named`(
        top: String, endpoint: Endpoint, isFixed: Bool
    ) throws {
        let resolved = try ScenarioFile.parse(scenario(top))
        #expect(resolved.endpoint == endpoint && resolved.isEndpointFixed == isFixed)
    }

    @Test(arguments: [
        (
            "endpoint: chat\nservers: [{ url: 'http://h/v1/completions' }]",
            "1:1: `endpoint` is chat"
        ),
        (
            "servers: [{ url: 'http://h/completions' }, { url: 'http://h/chat/completions' }]",
            "1:1: the servers' URLs name both"
        ),
        ("servers: [{ url: 'ftp://h' }]", "is no URL of a server"),
        ("servers: [{ url: 'localhost' }]", "write HOST:PORT"),
        ("servers: [{ url: 'http://h/?api_key=hunter2 x' }]", "api_key=***"),
        ("model: \(String(repeating: "x", count: 513))", "1 to 512 bytes"),
        (
            "servers: [{ url: 'http://h', model: \(String(repeating: "x", count: 513)) }]",
            "512 bytes"
        ),
        ("servers: [{ url: 'http://\(String(repeating: "x", count: 2_000))' }]", "2000 bytes"),
    ])
    func `what cannot be a server is named`(top: String, words: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(scenario(top)) }
        let text = error?.description ?? ""
        #expect(text.contains(words) && !text.contains("hunter2"), "\(text)")
        #expect(error?.diagnostics.count == 1)
    }

    @Test(arguments: ["HTTP://h:1", "h:1", "127.0.0.1:1/v1", "[::1]:1", "UNIX:/a.sock"])
    func `schemes in capitals and none are understood`(url: String) throws {
        #expect(
            try ScenarioFile.parse(scenario("servers: [{ url: '\(url)' }]")).servers[0].url == url)
    }

    @Test func `a class names a model, or a mix`() throws {
        func mix(_ text: String?) throws -> ModelMix? {
            try ScenarioFile.parse(scenario(classModel: text)).workload.classes[0].models
        }
        #expect(try mix(nil) == nil)
        #expect(try mix("adapter-a") == ModelMix("adapter-a"))
        #expect(
            try mix("{ base: 75 %, 'org/x': 25 % }")
                == ModelMix([
                    .init(model: "base", weight: 75), .init(model: "org/x", weight: 25),
                ]))
        // An adapter without a share is not asked for.
        #expect(try mix("{ base: 100 %, x: 0 % }") == ModelMix([.init(model: "base", weight: 100)]))
    }

    @Test func `a plan's summary counts its models`() throws {
        let resolved = try ScenarioFile.parse(
            """
            stages: [{ rate: 9/s, requests: 40 }]
            classes: [{ name: a, input: 9 tokens, output: 9 tokens, turns: 2,
              model: { base: 50 %, x: 50 % } }]
            """)
        let summary = try PlanSummary(resolved, agents: 1)
        #expect(summary.models.map(\.name) == ["base", "x"])
        #expect(summary.models.reduce(0) { $0 + $1.requests } == 40)
        #expect(summary.models.allSatisfy { $0.requests == 2 * $0.sessions && $0.sessions > 0 })
        #expect(summary.text().contains("  models    base "))
    }

    @Test(arguments: [
        ("{ base: 50 %, x: 40 % }", "add up to 90.0 %, not 100 %"), ("{ base: 1 }", "`base`: "),
        ("[a, b]", "`model` is one value"), ("''", "1 to 4096 bytes"),
        ("{ base: 150 %, x: -50 % }", "positive share of `x`"),
        ("{ base: { a: 1 } }", "one value, such as `50 %`"),
    ])
    func `what is no mix is named`(text: String, words: String) {
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(scenario(classModel: text))
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func `options reach servers as fields do`() throws {
        var overrides = ScenarioOverrides()
        overrides.readyTimeout = "10 min"
        overrides.ignoreEOS = false
        overrides.model = "one"
        let changed = try ScenarioFile.parse(
            scenario("request: { prompt: words }", classModel: "{ a: 50 %, b: 50 % }"),
            overrides: overrides)
        #expect(changed.readyTimeoutNs == 600 * second && changed.request.ignoreEOS == false)
        #expect(changed.request.prompt == .words && !changed.request.pinsOutput)
        #expect(changed.model == "one" && changed.workload.classes[0].models == nil)
        #expect(try ScenarioFile.parse(scenario()).readyTimeoutNs == 0)
        overrides.readyTimeout = "soon"
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(scenario(), overrides: overrides)
        }
        #expect(error?.description.hasPrefix("--ready-timeout: ") == true)
    }

    @Test func `a secret of a URL's query is in no manifest`() throws {
        let json = try ScenarioFile.parse(
            scenario("servers: [{ url: 'http://h/x?code=hunter2&v=1' }]")
        ).manifestJSON()
        #expect(json.contains("code=***&v=1") && !json.contains("hunter2"))
    }
}

import EngineModel
import Foundation
import Goodput
import Randomness
import Testing
import Workload

@testable import Scenario

let second: Int64 = 1_000_000_000

/// The shape that the documentation shows.
let chatAndCode = """
    name: chat-and-code
    seed: 42
    servers:
      - url: http://localhost:8000
        model: meta-llama/Llama-3.1-8B-Instruct
    endpoint: chat
    warmup: 30 requests
    stages:
      - { rate: 4/s, duration: 2 min }
      - { rate: 4/s..12/s, duration: 5 min }
      - { concurrency: 64, requests: 500 }
    classes:
      - name: chat
        share: 80 %
        input: lognormal(median 220, p90 900)
        output: lognormal(median 180, p90 600, min 4, max 900)
        turns: 1..5
        think: 8 s
        reader: { speed: 5/s, ttft: 1 s, penalty: linear, alpha: 1 }
      - name: code
        share: 20 %
        input: 100..400 tokens
        output: normal(mean 60, sd 10)
        prefix: 512 tokens
        reader: { preset: robust, speed: 30/s }
    goodput: { ttft: 500 ms, tpot: 50 ms }
    timeouts: { first token: 60 s, between tokens: 30 s }
    """

@Suite struct ScenarioFileTests {
    @Test func `the documented shape is read whole`() throws {
        let scenario = try ScenarioFile.parse(chatAndCode)
        #expect(scenario.name == "chat-and-code" && scenario.seed == 42)
        #expect(scenario.servers.map(\.url) == ["http://localhost:8000"])
        #expect(scenario.endpoint == .chat)
        #expect(scenario.workload.warmup == .requests(30))
        #expect(
            scenario.workload.stages == [
                StageSpec(load: .open(.poisson(rate: 4)), durationNs: 120 * second),
                StageSpec(
                    load: .open(.rate(from: 4, to: 12, spacing: .gamma(burstiness: 1))),
                    durationNs: 300 * second),
                StageSpec(load: .closed(concurrency: 64), requests: 500),
            ])
        let chat = scenario.workload.classes[0]
        #expect(chat.share == 80 && chat.think == .fixed(8))
        #expect(chat.turns.law == .uniform(low: 1, high: 5))
        #expect(
            chat.lengths
                == .independent(
                    input: TokenLength(.lognormal(median: 220, p90: 900)),
                    output: TokenLength(
                        .lognormal(median: 180, p90: 600), minimum: 4, maximum: 900)))
        #expect(scenario.workload.classes[1].prefixTokens == 512)
        #expect(scenario.classScoring[0].readingSpeed == 5)
        #expect(scenario.classScoring[1].penalty == .fraction(tau: 10))
        #expect(scenario.classScoring[1].readingSpeed == 30)
        #expect(
            scenario.classScoring.allSatisfy {
                $0.objectives == Objectives(ttft: 500_000_000, tpot: 50_000_000)
            })
        #expect(scenario.timeouts.firstTokenNs == 60 * second)
        #expect(try WorkloadPlan.make(scenario.workload, seed: 42).requests.count > 500)
    }

    @Test func `the manifest's JSON is the same scenario again`() throws {
        let scenario = try ScenarioFile.parse(chatAndCode)
        let again = try ScenarioFile.parse(scenario.manifestJSON())
        #expect(again.workload == scenario.workload)
        #expect(again.classScoring == scenario.classScoring)
        #expect(again.manifestJSON() == scenario.manifestJSON())
    }

    @Test(arguments: [
        ("stages:\n  - { rat: 4/s }", "2:7: a stage has no field `rat`; did you mean `rate`?"),
        (
            "stages:\n  - { rate: 4, duration: 2 s }",
            "2:13: `rate`: `4` has no unit; write for example `4/s`"
        ),
        (
            "stages:\n  - { rate: 4/s, duration: 2 minits }",
            "unknown unit `minits`; did you mean `min`?"
        ),
        (
            "stages:\n  - { rate: 4/s, concurrency: 3 }",
            "a stage has one of concurrency and rate, not both; for a rate with a bound write "
                + "`max concurrency`"
        ),
        (
            "stages:\n  - { concurrency: 3, max concurrency: 3, requests: 9 }",
            "2:23: `max concurrency` bounds a stage with `rate`, `burst` or `replay`"
        ),
        (
            "stages:\n  - { rate: 4/s, requests: 9, time: s }",
            "`time` belongs to a stage with `replay`"
        ),
        ("stages:\n  - { rate: 4/s }", "2:5: this stage never ends"),
        ("stages:\n  - { duration: 4 s }", "2:5: a stage needs one of rate"),
        ("stages:\n  - { rate: 4/s..8/s, requests: 5 }", "is a ramp and needs a duration"),
        (
            "stages:\n  - { concurrency: 4, requests: 5 }\n  - { rate: 4/s, duration: 1 s }",
            "2:5: this stage is a closed loop before another"
        ),
        ("stages:\n  - { rate: 4/s, duration: 0 s }", "`duration`: `0 s` is not positive"),
        (
            "stages:\n  - { rate: 4/s, duration: 1 s, every: 1 s }",
            "`every` belongs to a stage with `burst`"
        ),
        ("stages: 4/s", "1:9: `stages` is a list"),
        (
            "warmup: 30\nstages:\n  - { rate: 4/s, duration: 1 s }",
            "1:9: `warmup`: `30` has no unit"
        ),
        ("preset: robus", "1:9: `preset`: there is no `robus`; did you mean `robust`?"),
        ("seed: -1", "`-1` must not be negative"),
        ("sed: 1", "1:1: a scenario has no field `sed`; did you mean `seed`?"),
        ("reader: { tau: 1 s }", "`tau` belongs to `exponential` and `fraction`"),
        ("reader: { speed: 0/s }", "`speed`: `0/s` is not positive"),
        ("engine: { gpu: H1000 }", "did you mean `H100`?"),
        (
            "engine: { chunk budget: 16 tokens }",
            "1:1: The engine's `chunk budget` of 16 tokens is below the 256 of `max sequences`"
        ),
        ("engine: { max model length: 1 tokens }", "1:1: The engine's `max model length` is 1"),
        ("engine: { costs: { step: 4 } }", "`step`: `4` has no unit"),
        ("engine: { thoughts: 100 % }", "1:1: The engine's `thoughts` is 1.0, but an answer's end"),
        ("engine: { hidden thoughts: true }", "`hidden thoughts` says how `thoughts` are told"),
        ("engine: { costs: {} }", "`costs` has no term"),
        ("engine: { costs: { sharpness: 30 } }", "`sharpness`: `30` is not from 1 to 20"),
        ("engine: { costs: { steps: 4 ms } }", "did you mean `step`?"),
        ("request: { prompt: tokens }", "needs `endpoint: completions`"),
        ("request: { extra: 4 }", "`extra` is an object"),
        ("servers:\n  - url: localhost", "2:5: `localhost` is no URL of a server"),
        ("servers:\n  - model: m", "a server needs `url`"),
        ("drain: 30 parsecs", "unknown unit `parsecs`; write one of"),
    ])
    func `a mistake is named with its location and its remedy`(text: String, message: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test(arguments: [
        ("input: 200\n    output: 9 tokens", "`200` has no unit; write for example `512 tokens`"),
        ("input: 0 tokens\n    output: 9 tokens", "no whole number of at least 1"),
        ("input: 2.5 tokens\n    output: 9 tokens", "no whole number of at least 1"),
        ("input: lognormal(median 9, p90 4)\n    output: 9 tokens", "needs 0 < median <= p90"),
        ("input: lognormall(median 9, p90 10)\n    output: 9 tokens", "did you mean `lognormal`?"),
        ("input: lognormal(median 9, p9 10)\n    output: 9 tokens", "did you mean `p90`?"),
        ("input: lognormal(median 9)\n    output: 9 tokens", "lacks `p90`"),
        (
            "input: normal(mean 9, sd 3, min 9, max 4)\n    output: 9 tokens",
            "needs 1 <= min <= max"
        ),
        ("input: 9 tokens", "add `output`"),
        ("lengths: no-such-azure.csv", "github.com/Azure/AzurePublicDataset"),
        ("turns: 0..3\n    input: 9 tokens\n    output: 9 tokens\n    think: 4", "`4` has no unit"),
        ("share: 50 %\n    input: 9 tokens\n    output: 9 tokens", "add up to 50.0 %, not 100 %"),
        ("prefix: 9 tokens", "needs lengths"),
    ])
    func `a class's mistake is named`(fields: String, message: String) {
        let text = """
            stages:
              - { rate: 4/s, duration: 1 s }
            classes:
              - name: c
                \(fields)
            """
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test func `all mistakes are reported, in file order`() {
        let text = """
            nam: x
            stages:
              - { rate: 4, duration: 2 }
            classes:
              - nme: c
            seed: x
            """
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        let lines = (error?.diagnostics ?? []).map { each in
            if case .file(let line, _) = each.origin { line } else { 0 }
        }
        #expect(lines.count >= 5 && lines == lines.sorted())
        #expect(Set(lines).isSuperset(of: [1, 3, 5, 6]))
    }

    @Test(arguments: [
        "", "- 1", "a: [", "a: {b", "\"", "&a [*a]", "? [a]\n: b", "a: 1\na: 2", "\u{0}",
        String(repeating: "[", count: 5_000), "stages: &a\n  - &b {rate: *a}",
    ])
    func `what is no scenario is an error`(text: String) {
        #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
    }

    @Test func `a cut or flipped byte never traps`() {
        let bytes = Array(chatAndCode.utf8)
        var random = RandomStream(seed: 1)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            for text in [bytes[..<index], flipped[...]] {
                guard let text = String(validating: text, as: UTF8.self) else { continue }
                _ = try? ScenarioFile.parse(text)
            }
        }
    }

    @Test func `at most twenty mistakes are shown`() {
        let text = (0..<50).map { "field\($0): 1" }.joined(separator: "\n")
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.diagnostics.count == ScenarioError.limit)
    }

    @Test func `secrets are masked and warned of`() throws {
        let text = chatAndCode.replacing(
            "http://localhost:8000",
            with: "http://me:hunter2@host:1\n    headers: { Authorization: Bearer hunter2 }")
        let scenario = try ScenarioFile.parse(text)
        #expect(scenario.servers[0].headers.map(\.value) == ["Bearer hunter2"])
        #expect(scenario.warnings.count == 2)
        #expect(!scenario.warnings.joined().contains("hunter2"))
        #expect(!scenario.manifestJSON().contains("hunter2"))
        #expect(scenario.manifestJSON().contains("http://***@host:1"))
    }

    @Test func `the engine's section becomes its options`() throws {
        let plain = try ScenarioFile.parse(chatAndCode)
        #expect(try plain.engine.options() == EngineOptions())
        let scenario = try ScenarioFile.parse(
            chatAndCode
                + "\nengine: { gpu: a100-80, scheduler: prefill-first, kv cache: 65536 tokens, "
                + "order: shortest-prompt, seed: 3 }"
        )
        let options = try scenario.engine.options()
        #expect(options.gpu == .a100x80 && options.scheduler == .prefillFirst)
        #expect(options.keyValueTokens == 65_536 && options.seed == 3)
        #expect(options.costs == nil && options.order == .shortestPrompt)
    }

    @Test func `an engine's costs are times with units`() throws {
        let scenario = try ScenarioFile.parse(
            chatAndCode
                + "\nengine: { costs: { step: 1.83 ms, sequence: 15 us, token: 0 ns, "
                + "context: 45.5 us, attention: 0.9 ms, sharpness: 1.5, front end: 3 ms } }")
        let costs = try #require(try scenario.engine.options().costs)
        #expect(costs.stepNs == 1_830_000 && costs.sequenceNs == 15_000 && costs.tokenNs == 0)
        #expect(costs.contextNs == 45.5 && costs.attentionNs == 0.9)
        #expect(costs.sharpness == 1.5 && costs.frontEndNs == 3e6 && costs.weightsNs == nil)
    }

    @Test func `extra fields become one canonical object`() throws {
        let text =
            chatAndCode
            + "\nrequest:\n  extra: { top_p: 0.9, a: [1, true, \"2\"], n: { z: \"~\", b: x } }"
        #expect(
            try ScenarioFile.parse(text).request.extraJSON
                == #"{"a":[1,true,"2"],"n":{"b":"x","z":"~"},"top_p":0.9}"#)
    }

    @Test func `servers are asked unless the scenario says no`() throws {
        let short =
            "stages: [{ rate: 1/s, requests: 1 }]\n"
            + "classes: [{ name: a, input: 9 tokens, output: 9 tokens }]\n"
        let plain = try ScenarioFile.parse(short).request
        #expect(plain.probes && plain.pinsOutput && plain.prompt == .automatic)
        let unasked = try ScenarioFile.parse(short + "probe: false").request
        #expect(!unasked.probes && !unasked.pinsOutput)
        let insisting = short + "probe: false\nrequest: { ignore eos: true }"
        #expect(try ScenarioFile.parse(insisting).request.pinsOutput)
        let free = short + "request: { ignore eos: false }"
        #expect(try !ScenarioFile.parse(free).request.pinsOutput)
    }

    @Test(arguments: [
        ("1e400", "too large"), ("~", "write null"), ("True", "write null"), (".inf", "no number"),
        (".NaN", "no number"), ("1_000", "plainly"), ("0x10", "plainly"), ("+5", "plainly"),
        (".5", "plainly"), ("007", "plainly"),
    ])
    func `unquoted extra values that no request can carry are refused where they stand`(
        value: String, words: String
    ) throws {
        let text = """
            stages: [{ rate: 1/s, requests: 1 }]
            classes: [{ name: a, input: 9 tokens, output: 9 tokens }]
            request: { extra: { a: [4, \(value)] } }
            """
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        let said = try #require(error?.description)
        #expect(said.contains("`\(value)`") && said.contains(words), "\(said)")
        #expect(said.contains(":3:28: "), "\(said)")
        let quoted = text.replacing(", \(value)]", with: ", \"\(value)\"]")
        #expect(throws: Never.self) { try ScenarioFile.parse(quoted) }
    }

    @Test(arguments: ["n: 2", "best_of: 4"])
    func `several answers a request are refused`(extra: String) throws {
        let text =
            "stages: [{ rate: 1/s, requests: 1 }]\n"
            + "classes: [{ name: a, input: 9 tokens, output: 9 tokens }]\n"
            + "request: { extra: { \(extra) } }"
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.description.contains("several answers") == true)
        #expect(throws: Never.self) {
            try ScenarioFile.parse(text.replacing("2", with: "1").replacing("4", with: "1"))
        }
    }

    @Test(
        arguments: [
            ("", .kept), ("connections: kept", .kept), ("connections: fresh", .fresh),
            ("connections: 64", .limited(64)), ("connections: 1_000", .limited(1_000)),
        ] as [(String, ConnectionRule)])
    func `connections are kept, fresh or so many`(line: String, rule: ConnectionRule) throws {
        #expect(try ScenarioFile.parse("\(line)\n\(chatAndCode)").connections == rule)
    }

    @Test(arguments: ["0", "-1", "65536", "few", "fresh 3", "1.5", "[1]"])
    func `any other rule of connections is refused by name`(value: String) {
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse("connections: \(value)\n\(chatAndCode)")
        }
        #expect(error?.description.contains("scenario.yaml:1:14") == true, "\(error!)")
        #expect(error?.description.contains("`connections`") == true)
    }

    @Test(
        arguments: [
            ("", second), ("scrape: 1/s", second), ("scrape: off", nil),
            ("scrape: 2/s", second / 2),
            ("scrape: 30/min", 2 * second), ("scrape: 10/s", second / 10),
        ] as [(String, Int64?)])
    func `servers are asked for their metrics at a rate, or not`(
        line: String, interval: Int64?
    ) throws {
        #expect(try ScenarioFile.parse("\(line)\n\(chatAndCode)").scrapeNs == interval)
    }

    @Test(arguments: ["on", "0/s", "-1/s", "20/s", "1/h", "1 s", "1", "[1]"])
    func `any other rate of asking is refused by name`(value: String) {
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse("scrape: \(value)\n\(chatAndCode)")
        }
        #expect(error?.description.contains("scenario.yaml:1:9") == true, "\(error!)")
        #expect(error?.description.contains("`scrape`") == true)
    }
}

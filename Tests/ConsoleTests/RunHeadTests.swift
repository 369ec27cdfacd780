import Goodput
import JSON
import PlainText
import RunRecord
import SampleRuns
import Testing
import TokenLog

@testable import Console
@testable import Results

/// A result pasted into a message can be traced.
@Suite struct RunHeadTests {
    private var result: RunResult {
        var result = SampleRun.result
        result.header.name = "4rps-512x128"
        result.header.epoch.realtime = 1_796_000_000_000_000_000
        result.header.host = ["hostname": "bench-01"]
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: 7, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 1, notNeeded: 0))
        load.words.endpoint = "chat"
        load.words.load = "4/s"
        load.words.lengths = "512 tokens in, 128 out"
        load.words.duration = "2 min"
        load.words.warmup = "30 requests"
        result.header.load = load
        return result
    }

    @Test func theHeadNamesAllThatARunDependsOn() throws {
        let lines = RunHead(try RunSummary(result)).lines
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
        #expect(lines[0].hasPrefix("legato 0.1.0 · 4rps-512x128 · seed"))
        let text = lines.joined(separator: "\n")
        for part in [
            "http://127.0.0.1:8000, http://127.0.0.1:8001", "m\"1", "chat", "4/s",
            "512 tokens in, 128 out", "2 min", "warm-up 30 requests", "on bench-01",
            "2026-11-30 00:53 UTC",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        var plain = result
        plain.header.load = nil
        plain.header.host = .null
        plain.header.epoch.realtime = 0
        plain.header.simulated = "simulated H100"
        let lines = RunHead(try RunSummary(plain)).lines
        #expect(lines.count == 2 && lines[1] == " m\"1", "\(lines)")
        #expect(lines[0].hasSuffix("simulated H100"))
    }

    /// The first screen has words of the field; the rest is behind --verbose.
    @Test func detailsAreBehindVerbose() throws {
        var result = result
        result.header.agents[0].audit = ClientAudit()
        let summary = try RunSummary(result)
        let first = ResultTable(summary, style: .plain).lines
        let all = ResultTable(summary, style: .plain, isVerbose: true).lines
        #expect(all.allSatisfy { $0.count <= consoleWidth })
        for word in ["budget +-", "est +-", "joined", "  odd  ", "queue p99"] {
            #expect(!first.contains { $0.contains(word) }, "\(word)")
            #expect(all.contains { $0.contains(word) }, "\(word)")
        }
    }

    @Test func theSecondAttainmentSaysOfWhat() throws {
        let bounded = try RunSummary(result)
        #expect(
            ResultTable(bounded, style: .plain).lines.contains {
                $0.hasPrefix(" classic") && $0.contains("within its class's bounds")
            })
        var one = result
        for index in one.header.classes.indices {
            one.header.classes[index].parameters.objectives = Objectives(
                ttft: 500_000_000, tpot: 50_000_000)
        }
        #expect(
            ResultTable(try RunSummary(one), style: .plain).lines.contains {
                $0.hasPrefix(" classic") && $0.contains("within TTFT 500 ms, TPOT 50.0 ms")
            })
        for index in one.header.classes.indices {
            one.header.classes[index].parameters.objectives = Objectives()
        }
        let free = ResultTable(try RunSummary(one), style: .plain).lines
        #expect(free.contains { $0.hasPrefix(" answered") && $0.contains("% of all requests") })
        #expect(!free.contains { $0.hasPrefix(" classic") })
    }

    @Test func namesOfElsewhereSteerNothing() throws {
        var result = result
        result.header.name = "a\u{202E}b\u{1B}[31m"
        result.header.agents[0].targets[0].url = "http://x\u{2066}"
        result.header.host = ["hostname": "h\u{9B}1m"]
        let summary = try RunSummary(result)
        let lines = ResultTable(summary, style: .plain, directory: "r\u{200F}").lines
        let steering = lines.joined().unicodeScalars.filter {
            $0.properties.generalCategory == .format || $0.properties.generalCategory == .control
        }
        #expect(steering.isEmpty, "\(lines)")
    }
}

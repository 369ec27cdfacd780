import Foundation
import Testing

/// Whole runs whose agents ask their servers for their metrics.
@Suite("Runs that hear what their servers say of themselves", .serialized)
struct ScrapeRunTests {
    private static let load = [
        "--duration", "2 s", "--request-rate", "20", "--spacing", "even", "--input-len", "10",
        "--output-len", "20", "--no-probe", "--allow-invalid",
    ]

    /// The first server of the first agent, as a summary has it; nil where it was not asked.
    private func server(_ summary: [String: Any]) throws -> [String: Any]? {
        let agents = try #require(summary["agents"] as? [[String: Any]])
        let servers = try #require(agents.first?["server_metrics"])
        return (servers as? [[String: Any]])?.first
    }

    @Test("An embedded engine tells its load, and the folder tells it again, byte for byte")
    func engine() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run").path
            let result = try Program.run(
                ["run", "--scrape", "5/s", "--out", run, "--json"] + Self.load)
            try #require(result.status == 0, "\(result.errors)")
            let server = try #require(try server(result.json()))
            #expect(try #require(server["samples"] as? Int) >= 6, "\(server)")
            #expect((server["failures"] as? [String: Any])?.isEmpty == true)
            #expect(server["stopped"] is NSNull)
            let running = try #require(server["running"] as? [String: Double])
            #expect(try #require(running["max"]) >= 1 && running["mean"]! <= running["max"]!)
            let use = try #require(server["kv_use"] as? [String: Double])
            #expect(try #require(use["max"]) > 0 && use["max"]! <= 1)
            // All but those of the last instants were made between the first sample and the last.
            #expect(try #require(server["generation_tokens"] as? Int) >= 400)
            #expect(server["preemptions"] as? Int == 0)
            for remaps in [[], ["--remap"]] {
                let again = try Program.run(["score", run, "--json", "--allow-invalid"] + remaps)
                #expect(again.text == result.text, "\(remaps) \(again.errors)")
            }
        }
    }

    @Test("A server without metrics is asked three times, and the run is what it is without them")
    func none() throws {
        let small = try SmallServer { request in
            if request.hasPrefix("POST") { return .whole(Self.answer) }
            if request.hasPrefix("GET /metrics ") {
                return .whole(SmallServer.response("404 Not Found", "text/plain", "no"))
            }
            return .whole(SmallServer.models)
        }
        defer { small.close() }
        let result = try Program.run(
            ["run", "--url", small.url, "--scrape", "10/s", "--json"] + Self.load)
        #expect(result.status == 0, "\(result.errors)")
        let summary = result.json()
        let server = try #require(try server(summary))
        #expect(server["failures"] as? [String: Int] == ["http_status": 3])
        let stopped = try #require(server["stopped"] as? [String: Any])
        #expect(stopped["reason"] as? String == "http_status" && stopped["status"] as? Int == 404)
        #expect(server["running"] is NSNull && server["generation_tokens"] is NSNull)
        #expect(small.requests.count { $0.hasPrefix("GET /metrics ") } == 3)
        let outcomes = (summary["totals"] as? [String: Any])?["outcomes"] as? [String: Int]
        #expect(outcomes?["failed"] == 0, "\(outcomes ?? [:])")
        #expect(!result.errors.contains("metrics"), "\(result.errors)")
    }

    @Test("A server whose metrics never come is told by that, and delays nothing")
    func hanging() throws {
        let small = try SmallServer { request in
            if request.hasPrefix("POST") { return .whole(Self.answer) }
            return .whole(request.hasPrefix("GET /metrics ") ? "" : SmallServer.models)
        }
        defer { small.close() }
        let result = try Program.run(["run", "--url", small.url, "--json"] + Self.load)
        #expect(result.status == 0, "\(result.errors)")
        let server = try #require(try server(result.json()))
        let failures = try #require(server["failures"] as? [String: Int])
        #expect(failures.keys.sorted() == ["slow"] && server["samples"] as? Int == 0)
        let totals = try #require(result.json()["totals"] as? [String: Any])
        #expect((totals["outcomes"] as? [String: Int])?["failed"] == 0)
    }

    @Test("Off, no server is asked", arguments: [["--scrape", "off"], []])
    func off(options: [String]) throws {
        let small = try SmallServer { request in
            .whole(request.hasPrefix("POST") ? Self.answer : SmallServer.models)
        }
        defer { small.close() }
        try Program.withFolder { folder in
            let scenario = try Program.scenario(
                """
                scrape: \(options.isEmpty ? "off" : "1/s")
                stages: [{ rate: 20/s, duration: 2 s }]
                classes: [{ name: a, input: 10 tokens, output: 20 tokens }]
                """, in: folder)
            let result = try Program.run(
                ["run", scenario, "--url", small.url, "--json"] + options + Self.load)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try server(result.json()) == nil)
            #expect(!small.requests.contains { $0.contains("/metrics") })
        }
    }

    private static let answer =
        SmallServer.streamHead + (0..<20).map { _ in SmallServer.token("a ") }.joined()
        + SmallServer.chunk(
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n")
        + SmallServer.chunk("data: [DONE]\n\n") + "0\r\n\r\n"
}

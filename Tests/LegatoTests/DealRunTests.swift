import Foundation
import Testing

/// The requests of each agent of a real run.
@Suite("Whose requests are whose", .serialized)
struct DealRunTests {
    private static func scenario(_ deal: String) -> String {
        """
        probe: false
        stages: [{ rate: 100/s, requests: 12 }]
        classes: [{ name: a, input: 10 tokens, output: 3 tokens }]
        deal: \(deal)
        """
    }

    private func coordinator(
        _ deal: String, in folder: URL, _ options: [String] = []
    ) throws -> (Running, port: String) {
        let file = try Program.scenario(Self.scenario(deal), in: folder)
        let leader = try Program.start(
            [
                "run", file, "--agents", "2", "--listen", "127.0.0.1:0", "--out",
                folder.path + "/run", "--allow-invalid",
            ] + options)
        let words = "waiting for agents on 127.0.0.1:"
        try #require(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
        let rest = try #require(leader.errors.components(separatedBy: words).last)
        return (leader, String(rest.prefix { $0.isNumber }))
    }

    private func agent(_ name: String, port: String, in folder: URL) throws -> Running {
        try Program.start([
            "agent", "--coordinator", "127.0.0.1:\(port)", "--embedded-engine", "--name", name,
            "--spool", "\(folder.path)/\(name)",
        ])
    }

    /// The requests of each agent where `names` join one after the other.
    private func requests(_ deal: String, joining names: [String]) throws -> [String: [Int]] {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(deal, in: folder)
            var agents: [Running] = []
            for (number, name) in names.enumerated() {
                agents.append(try agent(name, port: port, in: folder))
                let words = "has joined: \(number + 1) of 2"
                try #require(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
            }
            let result = leader.finish()
            try #require(result.status == 0, "\(result.errors)")
            for agent in agents { #expect(agent.finish().status == 0) }
            let run = folder.appendingPathComponent("run")
            // The journal says the same of whose requests are whose as the run knew.
            let again = try Program.run(["score", run.path, "--remap", "--json"])
            let stored = try Program.run(["score", run.path, "--json"])
            #expect(try tokens(again.json()) == tokens(stored.json()), "\(again.errors)")
            var ids: [String: [Int]] = [:]
            for request in try Program.requests(of: run) {
                let agent = try #require(request["agent"] as? String)
                ids[agent, default: []].append(try #require(request["id"] as? Int))
            }
            return ids.mapValues { $0.sorted() }
        }
    }

    /// The tokens of each agent.
    private func tokens(_ summary: [String: Any]) throws -> [String: Int] {
        var tokens: [String: Int] = [:]
        for agent in try #require(summary["agents"] as? [[String: Any]]) {
            let totals = try #require(agent["totals"] as? [String: Any])
            tokens[try #require(agent["name"] as? String)] = try #require(totals["tokens"] as? Int)
        }
        return tokens
    }

    @Test("Weights go by the order of names, numbers by their value, whoever dials first")
    func weights() throws {
        let deals = try [["node-10", "node-2"], ["node-2", "node-10"]].map {
            try requests("1, 3", joining: $0)
        }
        #expect(deals[0] == deals[1])
        #expect(deals[0]["node-2"]?.count == 3 && deals[0]["node-10"]?.count == 9, "\(deals[0])")
    }

    @Test("In turn, the first by name has the first request, though it dialled last")
    func inTurn() throws {
        let deal = try requests("round robin", joining: ["b", "a"])
        #expect(deal == ["a": [0, 2, 4, 6, 8, 10], "b": [1, 3, 5, 7, 9, 11]])
    }

    @Test("By name: each has its weight, and an agent of another is turned away, on both sides")
    func named() throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator("{ b: 1, a: 2 }", in: folder)
            let stranger = try agent("c", port: port, in: folder).finish(limit: 20)
            let words = "the scenario deals to a, b, and to no agent c"
            #expect(stranger.status == 69 && stranger.errors.contains(words), "\(stranger.errors)")
            #expect(leader.errors.contains(words), "\(leader.errors)")
            let agents = try ["b", "a"].map { try agent($0, port: port, in: folder) }
            #expect(leader.finish().status == 0)
            for agent in agents { #expect(agent.finish().status == 0) }
            let requests = try Program.requests(of: folder.appendingPathComponent("run"))
            #expect(requests.count { $0["agent"] as? String == "a" } == 8)
            #expect(requests.count { $0["agent"] as? String == "b" } == 4)
        }
    }

    @Test("A name of the deal that does not join is named when the patience is over")
    func missing() throws {
        try Program.withFolder { folder in
            let (leader, port) = try coordinator(
                "{ b: 1, a: 2 }", in: folder, ["--patience", "1 s"])
            let there = try agent("b", port: port, in: folder)
            let result = leader.finish(limit: 20)
            #expect(result.status == 69)
            #expect(result.errors.contains("the scenario's `deal` names a:"), "\(result.errors)")
            #expect(there.finish(limit: 20).status == 69)
        }
    }

    @Test("Agents that are started here have known names: the scenario's line is told at once")
    func local() throws {
        try Program.withFolder { folder in
            let file = try Program.scenario(Self.scenario("{ local-1: 1, b: 2 }"), in: folder)
            let result = try Program.run(
                ["run", file, "--local", "2", "--out", folder.path + "/run"], limit: 20)
            #expect(result.status == 65)
            #expect(
                result.errors.contains("\(file):4:21: `deal` names `b`, and the agents"),
                "\(result.errors)")
        }
    }
}

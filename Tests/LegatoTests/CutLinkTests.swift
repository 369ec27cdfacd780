import Foundation
import Testing

/// Real processes over links that break.
@Suite("A link that breaks during a run")
struct CutLinkTests {
    private static func scenario(seconds: Int) -> String {
        """
        name: cut
        seed: 7
        stages:
          - { rate: 40/s, duration: \(seconds) s }
        classes:
          - { name: chat, input: 20 tokens, output: 8 tokens }
        """
    }

    /// The results of a run and of its agent, over a relay that `disturb` breaks from the load's
    /// first second on, and the run's folder.
    private func run(
        seconds: Int, grace: String = "60 s", in folder: URL, hasSecret: Bool = false,
        killing: Bool = false, _ disturb: (Relay) -> Void
    ) throws -> (result: Program.Result, agent: Program.Result, folder: URL) {
        let file = folder.appendingPathComponent("scenario.yaml")
        try Data(Self.scenario(seconds: seconds).utf8).write(to: file)
        let out = folder.appendingPathComponent("run")
        let secret = folder.appendingPathComponent("secret").path
        let security = hasSecret ? ["--token-file", secret] : []
        if hasSecret { _ = try Program.run(["token", "--out", secret]) }
        let leader = try Program.start(
            [
                "run", file.path, "--agents", "1", "--listen", "127.0.0.1:0", "--out", out.path,
                "--grace", grace, "--no-probe", "--tokens", "never", "--allow-invalid",
            ] + security)
        let relay = try #require(Relay(to: try port(of: leader)))
        defer { relay.close() }
        let agent = try Program.start(
            [
                "agent", "--coordinator", "127.0.0.1:\(relay.port)", "--embedded-engine", "--name",
                "node", "--spool", folder.path + "/spool",
            ] + security)
        try #require(leader.isUnderWay(in: out), "\(leader.errors) \(agent.errors)")
        disturb(relay)
        if killing { agent.signal(SIGKILL) }
        let result = leader.finish()
        return (result, agent.finish(), out)
    }

    /// Where a run waits for its agents.
    private func port(of leader: Running) throws -> UInt16 {
        let words = "waiting for agents on 127.0.0.1:"
        try #require(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
        return try #require(
            leader.errors.components(separatedBy: words).last.flatMap {
                UInt16($0.prefix { $0.isNumber })
            })
    }

    private func json(_ file: String, of run: URL) throws -> [String: Any] {
        let data = try Data(contentsOf: run.appendingPathComponent(file))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Everything is there, once, and was sent on time.
    private func checkWhole(
        _ run: (result: Program.Result, agent: Program.Result, folder: URL), requests: Int
    ) throws {
        #expect(run.result.status == 0, "\(run.result.errors)")
        #expect(run.agent.status == 0, "\(run.agent.errors)")
        let manifest = try json("manifest.json", of: run.folder)
        #expect(manifest["complete"] as? Bool == true)
        #expect(manifest["lossless"] as? Bool == true)
        #expect((manifest["gaps"] as? [Any])?.isEmpty == true)
        let records = try Program.requests(of: run.folder)
        #expect(records.count > requests)
        var lateness: [Int] = []
        #expect(Set(records.compactMap { $0["request_id"] as? String }).count == records.count)
        for record in records {
            #expect(record["outcome"] as? String == "completed", "\(record)")
            #expect(record["output_tokens"] as? Int == 8)
            let sent = try #require(record["sent"] as? Int)
            let scheduled = try #require(record["scheduled"] as? Int)
            lateness.append(sent - scheduled)
        }
        lateness.sort()
        // A loaded machine delays a few, a link never does.
        #expect(lateness[lateness.count / 2] < 20_000_000)
        #expect(lateness.last ?? 0 < 2_000_000_000)
    }

    /// A lost agent's part ends when it was there for the last time, whenever it is given up.
    private func checkLost(_ run: URL, within seconds: ClosedRange<Double>) throws {
        let manifest = try json("manifest.json", of: run)
        #expect(manifest["lossless"] as? Bool == false)
        #expect((manifest["gaps"] as? [Any])?.count == 1)
        let away = try #require(absences(of: run).first)
        #expect(away["to"] is NSNull)
        let last = try #require(away["from"] as? Int)
        #expect(seconds.contains(Double(last) / 1e9), "\(last)")
        let records = try Program.requests(of: run)
        #expect(records.contains { $0["outcome"] as? String == "completed" })
        for record in records {
            let finish = try #require(record["finish"] as? Int)
            #expect(finish <= last, "\(record)")
        }
        let totals = try #require(json("summary.json", of: run)["totals"] as? [String: Any])
        #expect(try #require(totals["interval"] as? Int) <= last)
    }

    private func absences(of run: URL) throws -> [[String: Any]] {
        let agents = try #require(
            json("manifest.json", of: run)["agents"] as? [[String: Any]])
        return try #require(agents.first?["away"] as? [[String: Any]])
    }

    @Test("Reset three times, it comes back each time; nothing is missing, nothing twice")
    func reset() throws {
        try Program.withFolder { folder in
            let run = try run(seconds: 5, in: folder) { relay in
                for _ in 0..<3 {
                    relay.reset()
                    usleep(1_000_000)
                }
            }
            try checkWhole(run, requests: 100)
            let away = try absences(of: run.folder)
            #expect(away.count == 3)
            #expect(away.allSatisfy { $0["to"] is Int && $0["reason"] is String })
            #expect(run.result.errors.contains("agent node is away"))
            #expect(run.result.errors.contains("agent node is back"))
            #expect(run.result.text.contains("node was cut off from"), "\(run.result.text)")
            // The server's words came meanwhile, too: once a second, from the start on.
            let agents = try #require(
                json("manifest.json", of: run.folder)["agents"] as? [[String: Any]])
            let server = try #require(
                (agents.first?["server_metrics"] as? [[String: Any]])?.first)
            let kept = try #require(server["kept"] as? [[Any]])
            #expect(server["samples"] as? Int == kept.count && kept.count >= 5, "\(server)")
            let instants = kept.compactMap { $0.first as? Int }
            for (before, next) in zip(instants, instants.dropFirst()) {
                #expect(next - before > 800_000_000 && next - before < 2_500_000_000)
            }
        }
    }

    @Test("Reset before the start, while another is waited for, it comes back and the run begins")
    func beforeTheStart() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("scenario.yaml")
            try Data(Self.scenario(seconds: 2).utf8).write(to: file)
            let out = folder.appendingPathComponent("run")
            let leader = try Program.start([
                "run", file.path, "--agents", "2", "--listen", "127.0.0.1:0", "--out", out.path,
                "--no-probe", "--tokens", "never", "--allow-invalid",
            ])
            let relay = try #require(Relay(to: try port(of: leader)))
            defer { relay.close() }
            func agent(_ name: String) throws -> Running {
                try Program.start([
                    "agent", "--coordinator", "127.0.0.1:\(relay.port)", "--embedded-engine",
                    "--name", name, "--spool", folder.path + "/" + name,
                ])
            }
            let first = try agent("first")
            // Nothing was dealt to it yet: it has nothing but its index.
            try #require(
                leader.wait { $0.errors.contains("has joined: 1 of 2") }, "\(leader.errors)")
            relay.reset()
            try #require(leader.wait { $0.errors.contains("first is back") }, "\(leader.errors)")
            let second = try agent("second")
            let result = leader.finish()
            #expect(result.status == 0, "\(result.errors)")
            for agent in [first, second] { #expect(agent.finish().status == 0) }
            let manifest = try json("manifest.json", of: out)
            #expect(manifest["lossless"] as? Bool == true)
            #expect(
                try Program.requests(of: out).allSatisfy { $0["outcome"] as? String == "completed" }
            )
            #expect(!result.text.contains("cut off"), "\(result.text)")
        }
    }

    @Test("Silent for longer than a link may be, it comes back when the link is healed")
    func silence() throws {
        try Program.withFolder { folder in
            let run = try run(seconds: 18, in: folder) { relay in
                relay.silence()
                // Longer than either side waits for a word.
                usleep(13_000_000)
                relay.heal()
            }
            try checkWhole(run, requests: 500)
            let away = try absences(of: run.folder)
            #expect(away.count == 1)
            #expect((away.first?["reason"] as? String)?.contains("nothing was heard") == true)
            // From its last word on, not from when it was missed.
            let from = try #require(away.first?["from"] as? Int)
            let to = try #require(away.first?["to"] as? Int)
            #expect(to - from > 12_000_000_000, "\(away)")
        }
    }

    @Test("A killed agent is waited for as long as the grace says, and its part is a gap")
    func killed() throws {
        try Program.withFolder { folder in
            let run = try run(seconds: 6, grace: "1 s", in: folder, killing: true) { _ in }
            #expect(run.result.text.contains("partial"), "\(run.result.text)")
            try checkLost(run.folder, within: 0.3...5)
        }
    }

    @Test("Silent for good, its part ends with its last word")
    func silentForGood() throws {
        try Program.withFolder { folder in
            let run = try run(seconds: 6, grace: "1 s", in: folder) { $0.silence() }
            #expect(run.result.text.contains("partial"), "\(run.result.text)")
            try checkLost(run.folder, within: 0.3...5)
        }
    }

    @Test(
        "Bytes that a middlebox corrupts cost the link and nothing else", arguments: [false, true])
    func corrupted(hasSecret: Bool) throws {
        try Program.withFolder { folder in
            let run = try run(seconds: 5, in: folder, hasSecret: hasSecret) { relay in
                for _ in 0..<3 {
                    relay.corrupt()
                    usleep(1_000_000)
                }
            }
            try checkWhole(run, requests: 100)
            #expect(try absences(of: run.folder).count >= 1)
        }
    }
}

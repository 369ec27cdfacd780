import Foundation
import Testing

/// Whole runs with real processes over real sockets.
@Suite("A run, end to end", .serialized)
struct RunTests {
    private static let scenario = """
        name: test
        seed: 7
        warmup: 2 requests
        stages:
          - { rate: 30/s, duration: 1 s }
        classes:
          - { name: short, share: 70 %, input: 20..60 tokens, output: 3..12 tokens }
          - name: talk
            share: 30 %
            input: 10..20 tokens
            output: 2..5 tokens
            turns: 2
            think: 50 ms
        """

    @Test("Raw stamps: every read with the loop's own reading, at the times of the tokens")
    func rawStamps() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let file = try Program.scenario(Self.scenario, in: folder)
            let result = try Program.run(
                ["run", file, "--raw-stamps", "--out", run.path, "--allow-invalid"])
            try #require(result.status == 0, "\(result.errors)")
            for request in try Program.requests(of: run) {
                let reads = try #require(request["reads"] as? [[Int]])
                let tokens = try #require(request["tokens"] as? [Any])
                let times = tokens.map { ($0 as? Int) ?? ($0 as? [Int])?.first ?? -1 }
                #expect(!reads.isEmpty && reads.allSatisfy { $0.count == 2 && $0[1] >= 0 })
                #expect(Set(reads.map { $0[0] }) == Set(times))
                // A callback reads its clock some microseconds after the kernel stamped.
                #expect(
                    reads.contains { $0[1] > 0 } || request["stamp_source"] as? String != "kernel")
            }
            let again = try Program.run(["score", run.path, "--json"])
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            #expect(again.output == stored, "\(again.errors)")
        }
    }

    @Test("Two local agents: every request once, sums agree, and scoring again gives the same")
    func twoAgents() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let file = try Program.scenario(Self.scenario, in: folder)
            let result = try Program.run(
                ["run", file, "--local", "2", "--out", run.path, "--json"])
            try #require(result.status == 0, "\(result.errors)")
            let summary = result.json()
            let requests = try Program.requests(of: run)
            let ids = requests.compactMap { $0["id"] as? Int }
            #expect(Set(ids).count == requests.count && ids.count > 20)
            #expect(ids.sorted() == Array(0..<ids.count))
            #expect(requests.allSatisfy { $0["outcome"] as? String == "completed" })
            #expect(requests.filter { $0["phase"] as? String == "warmup" }.count == 2)
            for request in requests {
                #expect(request["asked_output"] as? Int == request["output_tokens"] as? Int)
                // The probe found the chat template's ten tokens; one word is the least.
                let asked = try #require(request["asked_input"] as? Int)
                #expect(request["prompt_tokens"] as? Int == max(asked, 11))
            }
            let lengths = try #require(summary["lengths"] as? [String: [String: Any]])
            #expect(lengths["output"]?["exact_share"] as? Double == 1)
            let agents = try #require(summary["agents"] as? [[String: Any]])
            #expect(agents.count == 2)
            let tokens = try agents.map { try #require(totals($0)["tokens"] as? Int) }
            #expect(tokens.reduce(0, +) == totals(summary)["tokens"] as? Int)
            let again = try Program.run(["score", run.path, "--json"])
            #expect(again.status == 0, "\(again.errors)")
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            #expect(again.output == stored)
            // The same fits, made again from the journal's probes, map to the same instants.
            let remapped = try Program.run(["score", run.path, "--remap", "--json"])
            #expect(remapped.status == 0 && remapped.output == stored, "\(remapped.errors)")
            let clock = try #require(summary["clock"] as? [String: Any])
            let smooth = try #require(totals(summary)["smooth_goodput"] as? Double)
            let ends = try #require(clock["smooth_goodput"] as? [Double])
            #expect(ends[0] <= smooth && smooth <= ends[1] && ends[1] - ends[0] < smooth / 100)
            // A manifest of another boot has another time axis: the journal's stamps do not belong
            // to it.
            let page = run.appendingPathComponent("manifest.json")
            let kept = try String(contentsOf: page, encoding: .utf8)
            let boot = try String(
                contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            for (text, other, words) in [
                (boot.trimmingCharacters(in: .whitespacesAndNewlines), "x", "timeline is broken"),
                (try #require(summary["run_id"] as? String), "y", "keep a run's files together"),
            ] {
                #expect(kept.contains(text))
                try Data(kept.replacingOccurrences(of: text, with: other).utf8).write(to: page)
                let foreign = try Program.run(["score", run.path, "--remap"])
                #expect(foreign.status == 65 && foreign.errors.contains(words), "\(foreign.errors)")
            }
            try Data(kept.utf8).write(to: page)
            let manifest = try #require(
                JSONSerialization.jsonObject(
                    with: Data(contentsOf: run.appendingPathComponent("manifest.json")))
                    as? [String: Any])
            #expect(manifest["complete"] as? Bool == true)
            #expect(manifest["lossless"] as? Bool == true)
            #expect(manifest["verdict"] as? String == "valid")
            let listed = try #require(manifest["agents"] as? [[String: Any]])
            for agent in listed {
                let clock = try #require(agent["clock"] as? [String: Any])
                #expect(clock["valid"] as? Bool == true && clock["shared"] as? Bool == true)
                #expect(clock["exchanges"] as? Int ?? 0 > 100)
                #expect(clock["min_rtt_ns"] as? Int ?? 0 > 0)
                #expect(clock["boot_id"] as? String != "")
                for name in ["hard", "budget", "est"] {
                    let width = clock["\(name)_half_width_ns"] as? [String: Int] ?? [:]
                    #expect(width["median"] ?? 0 > 0 && width["max"] ?? 0 >= width["median"] ?? 0)
                }
                let bounds = try #require(agent["clock_bounds"] as? [Int])
                #expect(bounds[0] < 0 && bounds[1] > 0 && agent["clock_offset"] as? Int == 0)
                let server = try #require((agent["servers"] as? [[String: Any]])?.first)
                #expect(server["probed"] as? Bool == true)
                let calibration = server["calibration"] as? [String: Double]
                #expect(calibration == ["overhead_tokens": 10, "tokens_per_word": 1])
            }
            #expect((manifest["simulated"] as? String)?.hasPrefix("simulated") == true)
        }
    }

    private func totals(_ part: [String: Any]) -> [String: Any] {
        part["totals"] as? [String: Any] ?? [:]
    }

    @Test("Token ids where the server takes them; without a probe nothing is asked")
    func promptForms() throws {
        try Program.withFolder { folder in
            let file = try Program.scenario(Self.scenario, in: folder)
            for (number, probes) in [true, false].enumerated() {
                let run = folder.appendingPathComponent("run-\(number)")
                let arguments = [
                    "run", file, "--endpoint", "completions", "--out", run.path, "--allow-invalid",
                ]
                let result = try Program.run(arguments + (probes ? [] : ["--no-probe"]))
                try #require(result.status == 0, "\(result.errors)")
                let manifest = try #require(
                    JSONSerialization.jsonObject(
                        with: Data(contentsOf: run.appendingPathComponent("manifest.json")))
                        as? [String: Any])
                let agent = try #require((manifest["agents"] as? [[String: Any]])?.first)
                let server = try #require((agent["servers"] as? [[String: Any]])?.first)
                #expect(server["probed"] as? Bool == probes)
                #expect(server["prompt"] as? String == (probes ? "tokens" : "words"))
                let sends = try #require(server["sends"] as? [String])
                #expect(sends.contains("ignore_eos") == probes)
                for request in try Program.requests(of: run) {
                    #expect(request["prompt_tokens"] as? Int == request["asked_input"] as? Int)
                }
            }
        }
    }

    @Test("Prompts of a file go to several agents, turn by turn")
    func givenPrompts() throws {
        try Program.withFolder { folder in
            let conversations = (1...6).map { number in
                let words = String(repeating: "word ", count: number)
                return """
                    {"conversations": [{"from": "human", "value": "\(words)"},
                     {"from": "gpt", "value": "an answer"}, {"from": "human", "value": "more"},
                     {"from": "gpt", "value": "yes"}]}
                    """
            }
            let prompts = folder.appendingPathComponent("prompts.json")
            try Data("[\(conversations.joined(separator: ","))]".utf8).write(to: prompts)
            let run = folder.appendingPathComponent("run")
            let options = ["run", "--prompts", prompts.path, "--request-rate", "20"]
            let result = try Program.run(
                options + ["--num-prompts", "12", "--local", "2", "--out", run.path])
            try #require(result.status == 0, "\(result.errors)")
            let requests = try Program.requests(of: run)
            #expect(requests.count == 12)
            for request in requests {
                let (session, turn) = (request["session"] as? Int ?? -9, request["turn"] as? Int)
                #expect(request["outcome"] as? String == "completed")
                #expect(request["asked_input"] is NSNull)
                #expect(request["output_tokens"] as? Int == (turn == 0 ? 3 : 1))
                // The engine counts words, and its chat template's tokens: ten for one message,
                // five for each more. The second turn has the recorded answer, two words, before
                // "more".
                #expect(
                    request["prompt_tokens"] as? Int
                        == session + 1 + (turn == 0 ? 10 : 2 + 1 + 20))
            }
            #expect(Set(requests.compactMap { $0["agent"] as? String }).count == 2)
            let bad = try Program.run([
                "run", "--prompts", prompts.path + "x", "--num-prompts", "1",
            ])
            #expect(bad.status == 65)
        }
    }

    @Test("Any number of agents runs the same set")
    func anyNumberOfAgents() throws {
        try Program.withFolder { folder in
            let file = try Program.scenario(Self.scenario, in: folder)
            let sets = try [1, 2, 5].map { agents in
                let run = folder.appendingPathComponent("run-\(agents)")
                let result = try Program.run(
                    ["run", file, "--local", "\(agents)", "--out", run.path, "--allow-invalid"])
                try #require(result.status == 0, "\(result.errors)")
                return try Program.requests(of: run).map { request in
                    let turn = request["turn"] as? Int ?? -1
                    // A first turn's schedule is the plan's, whatever the agents' clocks.
                    let scheduled = turn == 0 ? request["scheduled"] as? Int ?? -1 : 0
                    return [
                        request["session"] as? Int ?? -1, turn, scheduled,
                        request["asked_input"] as? Int ?? -1, request["asked_output"] as? Int ?? -1,
                    ]
                }
            }
            for other in sets.dropFirst() {
                #expect(other.count == sets[0].count)
                for (a, b) in zip(sets[0], other) {
                    // A valid run's clocks are bound to a millisecond, which may move a stamp.
                    #expect(abs(a[2] - b[2]) <= 2_000_000)
                    #expect(a[0...1] == b[0...1] && a[3...] == b[3...])
                }
            }
        }
    }

    @Test("An agent that dies ends its part: named, partial, the others' results stand")
    func killedAgent() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let text = Self.scenario.replacingOccurrences(
                of: "duration: 1 s", with: "duration: 4 s")
            let started = try Program.start(
                ["run", try Program.scenario(text, in: folder), "--local", "2", "--out", run.path])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            let victim = try #require(child(of: started.pid, named: "local-2"))
            kill(victim, SIGKILL)
            let result = started.finish()
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.text.contains("partial"), "\(result.text)")
            let requests = try Program.requests(of: run)
            let lost = requests.filter { $0["agent"] as? String == "local-2" }
            let kept = requests.filter { $0["agent"] as? String == "local-1" }
            #expect(lost.contains { $0["outcome"] as? String == "unfinished" })
            #expect(kept.allSatisfy { $0["outcome"] as? String == "completed" })
            #expect(result.text.contains("local-2") || result.errors.contains("local-2"))
            // Scored again it is still partial; mapped again its stamps lie where they lay.
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            for arguments in [["--json"], ["--remap", "--json"]] {
                let again = try Program.run(["score", run.path] + arguments)
                #expect(again.status == 2 && again.output == stored, "\(again.errors)")
            }
            #expect(try Program.run(["score", run.path, "--allow-invalid"]).status == 0)
        }
    }

    @Test("Local agents end when their coordinator is killed")
    func killedCoordinator() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let text = Self.scenario.replacingOccurrences(
                of: "duration: 1 s", with: "duration: 20 s")
            let started = try Program.start(
                [
                    "run", try Program.scenario(text, in: folder), "--local", "1", "--out",
                    run.path,
                    "--grace", "1 s",
                ])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            let agent = try #require(child(of: started.pid, named: "local-1"))
            started.signal(SIGKILL)
            let isGone = started.wait(limit: 15) { _ in kill(agent, 0) != 0 || isZombie(agent) }
            #expect(isGone, "the agent outlived its coordinator and the grace time")
        }
    }

    @Test("Ctrl-C stops sending, drains, scores what there is, and says partial")
    func interrupted() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let text = Self.scenario.replacingOccurrences(
                of: "duration: 1 s", with: "duration: 30 s")
            let started = try Program.start(
                ["run", try Program.scenario(text, in: folder), "--local", "2", "--out", run.path])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            started.signal(SIGINT)
            let result = started.finish(limit: 40)
            #expect(result.status == 2, "\(result.errors)")
            // A machine that stood still for some milliseconds has worse things to say.
            #expect(result.text.contains("partial") || result.text.contains("not valid"))
            let manifest = try Data(contentsOf: run.appendingPathComponent("manifest.json"))
            let json = try JSONSerialization.jsonObject(with: manifest) as? [String: Any]
            #expect(json?["interrupted"] as? Bool == true)
            #expect(try Program.requests(of: run).count > 5)
        }
    }

    @Test("A server that is not there is named, with 69")
    func noServer() throws {
        try Program.withFolder { folder in
            let result = try Program.run([
                "run", try Program.scenario(Self.scenario, in: folder), "--url",
                "http://127.0.0.1:9",
                "--out", folder.path + "/run",
            ])
            #expect(result.status == 69, "\(result.errors)")
            #expect(result.errors.contains("127.0.0.1:9"), "\(result.errors)")
        }
    }

    @Test("An address that cannot be listened on is named, and nothing is left behind")
    func badAddress() throws {
        try Program.withFolder { folder in
            let file = try Program.scenario(Self.scenario, in: folder)
            let taken = try #require(TakenPort())
            for (listen, word) in [
                ("127.0.0.1:\(taken.port)", "address already in use"),
                ("0.0.0.0:0", "--token-file"),
            ] {
                let out = folder.path + "/run"
                let result = try Program.run([
                    "run", file, "--agents", "1", "--listen", listen, "--out", out,
                ])
                #expect(result.status == 1, "\(result.errors)")
                #expect(result.errors.contains(word), "\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: out))
            }
        }
    }

    @Test("An agent that finds no coordinator says so, with 69, after its patience")
    func noCoordinator() throws {
        try Program.withFolder { folder in
            let result = try Program.run([
                "agent", "--coordinator", "127.0.0.1:9", "--embedded-engine", "--patience",
                "300 ms", "--spool", folder.path + "/spool",
            ])
            #expect(result.status == 69)
            #expect(result.errors.contains("127.0.0.1:9"), "\(result.errors)")
        }
    }

    @Test("An output folder that cannot be made is named before anything is sent")
    func badOutput() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("file")
            try Data("x".utf8).write(to: file)
            let result = try Program.run([
                "run", try Program.scenario(Self.scenario, in: folder), "--out", file.path + "/run",
            ])
            #expect(result.status == 1, "\(result.errors)")
            #expect(result.errors.contains(file.path), "\(result.errors)")
        }
    }

    /// The pid of `parent`'s child whose arguments hold `name`.
    private func child(of parent: Int32, named name: String) -> Int32? {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in entries.compactMap({ Int32($0) }) {
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let tail = stat.split(separator: ")").last?.split(separator: " "),
                tail.count > 1, Int32(tail[1]) == parent,
                let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
                line.split(separator: "\0").contains(Substring(name))
            else { continue }
            return pid
        }
        return nil
    }

    private func isZombie(_ pid: Int32) -> Bool {
        let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return stat?.contains(") Z ") ?? true
    }
}

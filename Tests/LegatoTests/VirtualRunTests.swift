import Foundation
import Testing

/// Runs and sweeps in virtual time, by the program.
@Suite struct VirtualRunTests {
    private static let options = [
        "--virtual", "--request-rate", "8", "--num-prompts", "120", "--input-len", "400",
        "--output-len", "20..120", "--seed", "4",
    ]

    private func bytes(_ folder: URL, _ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    @Test("Equal runs have equal files, which score to what was printed")
    func filesAreARuns() throws {
        try Program.withFolder { folder in
            var printed: [Data] = []
            for name in ["a", "b"] {
                let result = try Program.run(
                    ["run"] + Self.options
                        + ["--local", "2", "--json", "--out", folder.path + "/" + name])
                #expect(result.status == 0, "\(result.errors)")
                printed.append(result.output)
            }
            let (a, b) = (
                folder.appendingPathComponent("a"), folder.appendingPathComponent("b")
            )
            for file in ["requests.jsonl", "summary.json"] {
                #expect(try bytes(a, file) == bytes(b, file))
            }
            #expect(try bytes(a, "summary.json") == printed[0])
            let scored = try Program.run(["score", a.path, "--json"])
            #expect(scored.status == 0 && scored.output == printed[0])
            let json = scored.json()
            #expect(json["verdict"] as? String == "simulated")
            #expect((json["simulated"] as? String)?.hasPrefix("simulated H100") == true)
            let totals = json["totals"] as? [String: Any]
            #expect(totals?["requests"] as? Int == 120)
            // Other readers are scored, too, and there are no clocks to fit.
            let other = try Program.run(["score", a.path, "--reading-speed", "500", "--json"])
            #expect(other.status == 0 && other.output != scored.output)
            #expect(try Program.run(["score", a.path, "--remap"]).status == 1)
        }
    }

    @Test("Repeats are joined, each of a seed of its own")
    func repeats() throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                ["run"] + Self.options + ["--repeat", "3", "--json", "--out", folder.path + "/r"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.json()["runs"] as? Int == 3)
        }
    }

    @Test(
        "What a run without sockets cannot use is refused",
        arguments: [
            ["--url", "http://127.0.0.1:1"], ["--agents", "2", "--listen", "127.0.0.1:0"],
            ["--raw-stamps"], ["--priority", "rr"], ["--tokens", "never"], ["--ca", "x.pem"],
        ])
    func needless(arguments: [String]) throws {
        let result = try Program.run(["run", "--virtual"] + arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains("has no meaning in virtual time"), "\(result.errors)")
    }

    @Test("One plan again and again is one run in virtual time")
    func samePlan() throws {
        let result = try Program.run(["run", "--virtual", "--repeat", "3", "--same-plan"])
        #expect(result.status == 64 && result.errors.contains("makes the same run again"))
    }

    @Test("A bound on connections is refused: there are none")
    func connections() throws {
        let result = try Program.run(["run", "--virtual", "--connections", "3"])
        #expect(result.status == 65 && result.errors.contains("`connections: 3` is about sockets"))
    }

    private func sweep(_ folder: URL, _ more: [String] = []) throws -> Program.Result {
        try Program.run(
            [
                "sweep", "--virtual", "--num-prompts", "120", "--input-len", "1500", "--output-len",
                "60", "--seed", "4", "--json", "--out", folder.path + "/s",
            ] + more)
    }

    private func points(_ folder: URL) throws -> [String: Date] {
        let path = folder.path + "/s/points"
        var points: [String: Date] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            let file = "\(path)/\(name)/manifest.json"
            points[name] =
                try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
        }
        return points
    }

    @Test("A sweep that was cut off goes on: points that are there are not run again")
    func takenUp() throws {
        try Program.withFolder { folder in
            let first = try sweep(
                folder, ["--loads", "2,8,32", "--over", "engine.chunkBudget=512,2048"])
            #expect(first.status == 0, "\(first.errors)")
            let before = try points(folder)
            #expect(before.count == 6)
            // One is gone, another one was being written.
            let names = before.keys.sorted()
            let path = folder.path + "/s/points/"
            try FileManager.default.removeItem(atPath: path + names[1])
            try FileManager.default.moveItem(
                atPath: path + names[4], toPath: path + names[4] + ".partial")
            try FileManager.default.removeItem(atPath: path + names[4] + ".partial/manifest.json")
            let again = try sweep(
                folder, ["--loads", "2,8,32", "--over", "engine.chunkBudget=512,2048"])
            #expect(again.status == 0 && again.output == first.output)
            let after = try points(folder)
            #expect(Set(after.keys) == Set(before.keys))
            for (index, name) in names.enumerated() {
                #expect((after[name] == before[name]) == ![1, 4].contains(index), "\(name)")
            }
            // Another scenario or seed does not mix with it, and leaves it as it is.
            let stored = try bytes(folder, "s/sweep.json")
            let other = try sweep(
                folder,
                [
                    "--loads", "2", "--over", "engine.chunkBudget=512",
                    "--warmup", "3 requests",
                ])
            #expect(other.status == 65)
            #expect(other.errors.contains("is a sweep of another scenario or seed"))
            #expect(try sweep(folder, ["--loads", "2", "--seed", "5"]).status == 65)
            #expect(try bytes(folder, "s/sweep.json") == stored)
        }
    }

    @Test("A killed sweep leaves nothing that its next attempt trips over")
    func killed() throws {
        try Program.withFolder { folder in
            let arguments = [
                "sweep", "--virtual", "--num-prompts", "1500", "--input-len", "1500",
                "--output-len", "100", "--jobs", "1", "--loads", "1,2,3,4", "--json", "--out",
                folder.path + "/s",
            ]
            let running = try Program.start(arguments)
            // Some point is there, and others are not.
            let limit = Date(timeIntervalSinceNow: 60)
            while ((try? points(folder).count) ?? 0) == 0, Date() < limit {
                Thread.sleep(forTimeInterval: 0.02)
            }
            running.signal(SIGKILL)
            _ = running.finish(limit: 60)
            let result = try Program.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try points(folder).count == 4)
        }
    }

    @Test("The greatest load within a bound is found by eight points at most")
    func bound() throws {
        try Program.withFolder { folder in
            let result = try sweep(
                folder,
                [
                    "--num-prompts", "600", "--range", "1..64", "--bound",
                    "ttft.p99 < 400 ms and smooth > 0.9 * throughput",
                ])
            #expect(result.status == 0, "\(result.errors)")
            let curves = result.json()["curves"] as? [[String: Any]]
            let boundary = try #require(curves?.first?["boundary"] as? [String: Any])
            #expect(boundary["outcome"] as? String == "found")
            let points = try #require(curves?.first?["points"] as? [[String: Any]])
            #expect(points.count <= 8)
            let load = try #require(boundary["load"] as? Double)
            for point in points {
                let isMet = try #require(point["bound_met"] as? Bool)
                #expect(isMet == ((point["load"] as? Double ?? 0) <= load))
            }
            // A percentile that few requests stand behind decides nothing.
            let few = try sweep(
                folder, ["--loads", "1", "--range", "1..2"])
            #expect(few.status == 64)
        }
    }

    @Test("A bound's percentile that no request has is no guess")
    func unknown() throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                [
                    "sweep", "--virtual", "--num-prompts", "500", "--output-len", "1", "--range",
                    "1..4", "--bound", "tpot.p99 < 400 ms", "--out", folder.path + "/s",
                ])
            #expect(result.status == 2, "\(result.errors)")
            #expect(
                Self.words(result.text).contains("tpot.p99 takes about 500 requests"),
                "\(result.output)")
        }
    }

    private static func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("A percentile that a point has too few requests for is told before any is run")
    func tooFewRequests() throws {
        try Program.withFolder { folder in
            let sought = [
                (
                    ["--num-prompts", "100", "--range", "1..4", "--bound", "e2e.p99 < 9 s"],
                    "at 1/s"
                ),
                (["--duration", "20", "--range", "5..9", "--bound", "ttft.p99 < 1 s"], "at 5/s"),
                (
                    [
                        "--num-prompts", "40", "--request-rate", "9", "--optimise",
                        "engine.chunkBudget=256..512", "--peak", "ttft.p99",
                    ], "a point has 40;"
                ),
            ]
            for (arguments, words) in sought {
                let result = try Program.run(
                    ["sweep", "--virtual", "--seed", "1", "--out", folder.path + "/s"] + arguments)
                #expect(result.status == 64, "\(result.errors)")
                #expect(result.errors.contains("takes about 500 requests"), "\(result.errors)")
                #expect(result.errors.contains(words), "\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
            }
            // Loads that are named are run all the same.
            let named = try sweep(folder, ["--loads", "2", "--bound", "ttft.p99 < 1 s"])
            #expect(named.status == 0 && named.errors.contains("takes about 500 requests"))
        }
    }

    @Test("A bound that high loads alone meet, and a range of overload, are told as such")
    func oddRanges() throws {
        try Program.withFolder { folder in
            func text(_ more: [String]) throws -> String {
                Self.words(
                    try Program.run(
                        [
                            "sweep", "--virtual", "--num-prompts", "300", "--input-len", "1500",
                            "--output-len", "60", "--seed", "4", "--out",
                            folder.path + "/\(more.count)",
                        ] + more
                    ).text)
            }
            let high = try text(["--bound", "throughput > 600", "--range", "2..16"])
            #expect(high.contains("holds at high loads alone: not at 2/s, and at 16/s"), "\(high)")
            let full = try text(["--loads", "90,120"])
            #expect(full.contains("Every load is overloaded, 90/s too"), "\(full)")
            #expect(full.contains("lower the range."))
        }
    }

    @Test("A damaged point is named with what to do, and a sweep's points are scored a line each")
    func damaged() throws {
        try Program.withFolder { folder in
            let arguments = ["--loads", "2,8.5"]
            let first = try sweep(folder, arguments)
            try #require(first.status == 0, "\(first.errors)")
            let points = folder.path + "/s/points/"
            let names = try FileManager.default.contentsOfDirectory(atPath: points).sorted()
            #expect(names == ["rate-2_seed-4", "rate-8.5_seed-4"])
            let scored = try Program.run(["score", folder.path + "/s", "--json"])
            #expect(scored.status == 0, "\(scored.errors)")
            let list = try JSONSerialization.jsonObject(with: scored.output) as? [[String: Any]]
            #expect(
                list?.compactMap { $0["path"] as? String }.map {
                    ($0 as NSString).lastPathComponent
                }
                    == names)
            // A version of before wrote whole numbers with a fraction: such points are taken up.
            try FileManager.default.moveItem(
                atPath: points + names[0], toPath: points + "rate-2.0_seed-4")
            let again = try sweep(folder, arguments)
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: points).sorted()
                    == ["rate-2.0_seed-4", names[1]])
            for file in ["manifest.json", "requests.jsonl"] {
                let path = points + names[1] + "/" + file
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
                let result = try sweep(folder, arguments)
                #expect(result.status == 65, "\(result.errors)")
                #expect(
                    result.errors.contains("points/\(names[1]): is a damaged point of this sweep")
                        && result.errors.contains("remove this folder"), "\(result.errors)")
                try FileManager.default.removeItem(atPath: points + names[1])
                #expect(try sweep(folder, arguments).status == 0)
            }
            let file = URL(fileURLWithPath: folder.path + "/s/sweep.json")
            try Data("{\"scen".utf8).write(to: file)
            let result = try sweep(folder, arguments)
            #expect(result.status == 65 && result.errors.contains("sweep.json: is damaged; remove"))
            try FileManager.default.removeItem(at: file)
            #expect(try sweep(folder, arguments).status == 0)
        }
    }

    @Test(
        "A wrong value ends with 64 and names the option",
        arguments: [
            ["--range", "4..1"], ["--range", "0..1"], ["--loads", "1,x"], ["--loads", ""],
            ["--peak", "ttft.p99"], ["--bound", "ttft.p99 <"], ["--over", "engine"],
            ["--over", "seed=1,1"], ["--over", "seed=1", "--over", "seed=2"], ["--jobs", "0"],
            ["--cool-down", "3"], ["--over", "stages.1.rate=1/s,2/s"],
            ["--bound", "ttft.p50 < 40"], ["--until", "5%"], ["--request-rate", "3"],
            ["--loads", "1", "--range", "1..2"], ["--axis", "size"], ["--range", "1e300..1e308"],
            ["--loads", "1e308"],
        ])
    func wrongValues(arguments: [String]) throws {
        let result = try Program.run(["sweep", "--virtual"] + arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(arguments[0]), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(
        "A field that there is not is named with what is near it",
        arguments: [
            ("engine.schedular=chunked", "did you mean `scheduler`"),
            ("engine.scheduler=fifo", "there is no `fifo`"),
            ("classes.b.input=5 tokens", "no entry `b`"),
            ("seed.x=3", "has no field `x`"),
            ("engine..gpu=H100", "no place of a field"),
        ])
    func wrongFields(field: String, words: String) throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                [
                    "sweep", "--virtual", "--seed", "1", "--loads", "1", "--num-prompts", "5",
                    "--over", field, "--out", folder.path + "/s",
                ])
            #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test("A scenario of several stages is not swept")
    func stages() throws {
        let result = try Program.run(["sweep", "--virtual", "workloads/quickstart.yaml"])
        #expect(result.status == 65 && result.errors.contains("the scenario has 2"))
    }
}

import Foundation
import Testing

/// Sweeps of a knob of the engine, and what a GPU serves, by the program.
@Suite("Sweeps: knobs and the frontier", .serialized)
struct SweepFrontierTests {
    private static let load = [
        "sweep", "--virtual", "--num-prompts", "150", "--input-len", "1500", "--output-len", "60",
        "--seed", "4", "--json",
    ]

    private func curves(_ result: Program.Result) throws -> [[String: Any]] {
        try #require(result.json()["curves"] as? [[String: Any]], "\(result.errors)")
    }

    private func value(_ point: [String: Any], _ figure: String) -> Double {
        let figures = point["figures"] as? [String: Any]
        return (figures?[figure] as? [String: Any])?["value"] as? Double ?? .nan
    }

    @Test(
        "A field's best value is sought at the scenario's own load; a latency's best is its least")
    func optimised() throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                Self.load + [
                    "--request-rate", "12", "--optimise", "engine.chunkBudget=256..8192", "--peak",
                    "tbt.max", "--out", folder.path + "/s",
                ])
            #expect([0, 2].contains(result.status), "\(result.errors)")
            let json = result.json()
            #expect(json["axis"] as? String == "engine.chunkBudget")
            #expect(json["figure"] as? String == "tbt.max")
            let curve = try curves(result)[0]
            let points = try #require(curve["points"] as? [[String: Any]])
            let values = points.compactMap { $0["load"] as? Double }
            #expect(values.first == 256 && values.last == 8_192)
            #expect(values.allSatisfy { $0 == $0.rounded() } && values.count >= 7)
            // Small chunks keep the worst gap small.
            let least = points.min { value($0, "tbt.max") < value($1, "tbt.max") }
            #expect((least?["load"] as? Double ?? .infinity) < 600)
            let peak = try #require(curve["peak"] as? [String: Any])
            let isFound = peak["outcome"] as? String == "found"
            #expect(isFound || peak["outcome"] as? String == "below the range", "\(peak)")
            if isFound { #expect(peak["load"] as? Double == least?["load"] as? Double) }
            // Each point is a run with that budget.
            let name = try #require(
                FileManager.default.contentsOfDirectory(atPath: folder.path + "/s/points")
                    .first { $0.contains("chunkBudget-256_") })
            let manifest = try JSONSerialization.jsonObject(
                with: Data(
                    contentsOf: folder.appendingPathComponent("s/points/\(name)/manifest.json")))
            let scenario = (manifest as? [String: Any])?["scenario"] as? [String: Any]
            let engine = try #require(scenario?["engine"] as? [String: Any])
            #expect("\(engine)".contains("256 tokens"), "\(engine)")
        }
    }

    @Test("Values of a knob and of a grid are compared request by request, or by seed")
    func differences() throws {
        try Program.withFolder { folder in
            // Far below saturation no budget is better than another.
            let flat = try Program.run(
                Self.load + [
                    "--request-rate", "4", "--optimise", "engine.chunkBudget=512..8192", "--out",
                    folder.path + "/flat",
                ])
            try #require(flat.status == 0, "\(flat.errors)")
            let curve = try curves(flat)[0]
            let peak = curve["peak"] as? [String: Any]
            #expect(peak?["outcome"] as? String == "no difference shown")
            let points = try #require(curve["points"] as? [[String: Any]])
            // The grid of values and nothing more.
            #expect(points.count == 7)
            let compared = points.compactMap { $0["to_best"] as? [String: Any] }
            #expect(compared.count == 6)
            for differences in compared {
                let figures = differences["figures"] as? [String: Any]
                let smooth = try #require(figures?["smooth"] as? [String: Any])
                #expect(smooth["pairing"] as? String == "paired")
                #expect(smooth["shown"] as? Bool == false)
            }
            let text = try Program.run(
                Self.load.filter { $0 != "--json" } + [
                    "--request-rate", "4", "--optimise", "engine.chunkBudget=512..8192", "--out",
                    folder.path + "/flat",
                ]
            ).text
            #expect(text.contains("no difference shown") && text.contains("request by request"))
            #expect(text.contains("no value of engine.chunkBudget in the range shows a difference"))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            // Overloaded, where one run tells nothing of others and three seeds do.
            for (repeats, pairing) in [("1", nil), ("3", "seeds")] as [(String, String?)] {
                let grid = try Program.run(
                    Self.load + [
                        "--loads", "40", "--over", "engine.order=fcfs,shortest-prompt",
                        "--input-len", "100..4000", "--repeat", repeats, "--out",
                        folder.path + "/grid-\(repeats)",
                    ])
                try #require(grid.status == 0, "\(grid.errors)")
                let curves = try curves(grid)
                let first = (curves[0]["points"] as? [[String: Any]])?.first
                #expect(first?["to_first"] is NSNull)
                let second = (curves[1]["points"] as? [[String: Any]])?.first
                let figures =
                    (second?["to_first"] as? [String: Any])?["figures"] as? [String: Any]
                let smooth = try #require(figures?["smooth"] as? [String: Any])
                #expect(smooth["pairing"] as? String == pairing)
                if pairing == nil {
                    let words = smooth["not_compared"] as? String
                    #expect(words?.contains("repeat 3 times") == true, "\(smooth)")
                }
            }
        }
    }

    @Test("What a GPU serves stands beside what a user gets, by the engines or by --gpus")
    func frontier() throws {
        try Program.withFolder { folder in
            let result = try Program.run(
                Self.load + [
                    "--loads", "2,6,12", "--over", "engine.engines=1,2", "--over",
                    "engine.scheduler=chunked,prefill-first", "--price", "3.6", "--out",
                    folder.path + "/s",
                ])
            try #require(result.status == 0, "\(result.errors)")
            let curves = try curves(result)
            #expect(curves.map { $0["gpus"] as? Double } == [1, 1, 2, 2])
            var places: [(user: Double, gpu: Double, isOnFront: Bool)] = []
            for curve in curves {
                let gpus = try #require(curve["gpus"] as? Double)
                for point in try #require(curve["points"] as? [[String: Any]]) {
                    let place = try #require(point["frontier"] as? [String: Any])
                    func real(_ name: String) -> Double { place[name] as? Double ?? .nan }
                    let throughput = value(point, "throughput")
                    #expect(abs(real("tokens_per_gpu") * gpus / throughput - 1) < 1e-9)
                    #expect(abs(real("smooth_per_gpu") * gpus / value(point, "smooth") - 1) < 1e-9)
                    #expect(
                        abs(real("answers_per_gpu") * gpus / value(point, "answered") - 1) < 1e-9)
                    #expect(
                        abs(real("tokens_per_user") * value(point, "tpot.mean") / 1e9 - 1) < 1e-9)
                    // A thousandth of a dollar a second and GPU.
                    let dollars = real("dollars_per_million_tokens")
                    #expect(abs(dollars * throughput / (1_000 * gpus) - 1) < 1e-9)
                    places.append(
                        (
                            real("tokens_per_user"), real("tokens_per_gpu"),
                            place["on_front"] as? Bool == true
                        ))
                }
            }
            for place in places {
                let isBeaten = places.contains {
                    $0.user >= place.user && $0.gpu >= place.gpu
                        && ($0.user, $0.gpu) != (place.user, place.gpu)
                }
                #expect(place.isOnFront == !isBeaten)
            }
            #expect(Set(places.map(\.isOnFront)) == [true, false])
            let table = try Program.run(
                Self.load.filter { $0 != "--json" } + [
                    "--loads", "2", "--gpus", "4", "--out", folder.path + "/t",
                ]
            ).text
            #expect(table.contains("tok/s/GPU") && table.contains("front of 4 GPUs"), "\(table)")
            #expect(table.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test("Each reading speed has its best point, in the same pass; files stay a run's own")
    func readingSpeeds() throws {
        try Program.withFolder { folder in
            let arguments =
                Self.load + [
                    "--loads", "2,12", "--over", "engine.scheduler=chunked,prefill-first",
                    "--speeds", "10,1000", "--gpus", "2", "--out", folder.path + "/s",
                ]
            let result = try Program.run(arguments)
            try #require(result.status == 0, "\(result.errors)")
            let bests = try #require(result.json()["by_reading_speed"] as? [[String: Any]])
            #expect(bests.map { $0["reading_speed"] as? Double } == [10, 1_000])
            let points = try curves(result).flatMap { $0["points"] as? [[String: Any]] ?? [] }
            let folders = points.flatMap { $0["runs"] as? [[String: Any]] ?? [] }
                .compactMap { $0["folder"] as? String }
            #expect(folders.count == 4)
            for best in bests {
                let speed = try #require(best["reading_speed"] as? Double)
                let values = try folders.map { point in
                    let score = try Program.run([
                        "score", "\(folder.path)/s/\(point)", "--reading-speed", "\(speed)",
                        "--json",
                    ])
                    let totals = score.json()["totals"] as? [String: Any]
                    return try #require(totals?["smooth_goodput"] as? Double) / 2
                }
                let most = try #require(values.max())
                #expect(abs((best["smooth_per_gpu"] as? Double ?? .nan) / most - 1) < 1e-9)
                let ofCurves = best["curves"] as? [Double] ?? []
                // Two points a curve, of which prompts first lets the fastest readers wait.
                for (index, value) in ofCurves.enumerated() {
                    let own = max(values[2 * index], values[2 * index + 1])
                    #expect(abs(value / own - 1) < 1e-9, "\(speed): \(ofCurves), \(values)")
                }
                #expect(ofCurves.count == 2)
            }
            let stored = try Data(
                contentsOf: URL(fileURLWithPath: "\(folder.path)/s/\(folders[0])/summary.json"))
            let scored = try Program.run(["score", "\(folder.path)/s/\(folders[0])", "--json"])
            #expect(scored.output == stored && scored.json()["surface"] == nil)
            #expect(FileManager.default.fileExists(atPath: folder.path + "/s/speeds.svg"))
            // Taken up, the same figures are made of the points that are there.
            #expect(try Program.run(arguments).output == result.output)
            let text = try Program.run(arguments.filter { $0 != "--json" }).text
            #expect(text.contains("reading speed") && text.contains("10.0 tok/s"), "\(text)")
        }
    }

    @Test(
        "Options that do not go together are told",
        arguments: [
            (["--optimise", "engine.chunkBudget"], "--optimise is"),
            (["--optimise", "engine.chunkBudget=8..2"], "--optimise is"),
            (["--optimise", "engine.chunkBudget=0..2"], "--optimise is"),
            (["--optimise", "engine.chunkBudget=512..1024", "--loads", "1"], "--loads is about"),
            (["--optimise", "engine.chunkBudget=512..1024", "--bound", "qoe > 0"], "--bound is"),
            (
                [
                    "--optimise", "engine.chunkBudget=512..1024", "--over",
                    "engine.chunkBudget=512,600",
                ], "set engine.chunkBudget both"
            ),
            (["--speeds", "0.5"], "--speeds has"), (["--speeds", ""], "--speeds is empty"),
            (["--gpus", "0"], "--gpus is"), (["--price", "-2"], "--price is"),
            (["--peak", "ttft.p99"], "--peak is"),
        ])
    func badUsage(arguments: [String], words: String) throws {
        let result = try Program.run(["sweep", "--virtual"] + arguments)
        #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    }

    @Test("A knob that there is not is told before anything runs")
    func unknownKnob() throws {
        try Program.withFolder { folder in
            for (field, words) in [
                ("engine.chunkBudgets", "chunk budget"),
                ("engine.scheduler", "write one of chunked"),
            ] {
                let result = try Program.run(
                    Self.load + ["--optimise", "\(field)=4..9", "--out", folder.path + "/s"])
                #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
            }
        }
    }
}

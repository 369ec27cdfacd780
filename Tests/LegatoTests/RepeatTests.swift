import Foundation
import Testing

/// A scenario that is run several times.
@Suite("Repeated runs", .serialized)
struct RepeatTests {
    private static let load = [
        "--request-rate", "40", "--num-prompts", "20", "--input-len", "20", "--output-len", "4",
        "--seed", "11",
    ]

    private static func seeds(_ folder: URL, _ runs: Int) throws -> [Int?] {
        try (1...runs).map { run in
            let manifest = folder.appendingPathComponent("run-\(run)/manifest.json")
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: manifest))
            return (json as? [String: Any])?["seed"] as? Int
        }
    }

    @Test("Each repeat has a folder and a seed of its own; the joined figures stand beside them")
    func joined() throws {
        try Program.withFolder { folder in
            let out = folder.appendingPathComponent("all")
            let result = try Program.run(
                ["run"] + Self.load
                    + ["--repeat", "3", "--out", out.path, "--json", "--allow-invalid"])
            try #require(result.status == 0, "\(result.errors)")
            let json = result.json()
            // On a busy machine a run may not be valid, and is left out.
            let left = Set(
                (json["left_out"] as? [[String: Any]] ?? []).compactMap { $0["run"] as? String })
            let counted = (1...3).filter { !left.contains("run-\($0)") }
            #expect(json["runs"] as? Int == counted.count, "\(json)")
            #expect(counted.count + left.count == 3, "\(json)")
            let stored = try Data(contentsOf: out.appendingPathComponent("joined.json"))
            #expect(stored == result.output)
            #expect(try Self.seeds(out, 3) == [11, 12, 13])
            let smooth = (json["figures"] as? [String: Any])?["smooth_goodput"] as? [String: Any]
            let values = try counted.map { run in
                let path = out.appendingPathComponent("run-\(run)/summary.json")
                let summary =
                    try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any]
                return (summary?["totals"] as? [String: Any])?["smooth_goodput"] as? Double ?? .nan
            }
            if !values.isEmpty {
                let mean = values.reduce(0, +) / Double(values.count)
                let value = try #require(smooth?["value"] as? Double, "\(json)")
                #expect((value - mean).magnitude < 1e-6 * mean)
            }
            // Its folder is read as its runs, of which no option for one run is told.
            let verbose = try Program.run(["score", out.path, "--verbose"])
            #expect(verbose.status == 64 && verbose.errors.contains("--verbose is for one run"))
            let list = try Program.run(["score", out.path, "--allow-invalid"])
            #expect(list.status == 0, "\(list.errors)")
            for run in 1...3 { #expect(list.text.contains("run-\(run)"), "\(list.text)") }
        }
    }

    @Test("One plan for all repeats: the table says that its interval is of this plan alone")
    func onePlan() throws {
        try Program.withFolder { folder in
            let out = folder.appendingPathComponent("all")
            let result = try Program.run(
                ["run"] + Self.load
                    + ["--repeat", "3", "--same-plan", "--out", out.path, "--allow-invalid"])
            try #require(result.status == 0, "\(result.errors)")
            // On a busy machine a run may not be valid, and two have no interval to speak of.
            #expect(
                result.text.contains("All runs had one plan")
                    || result.text.contains("is left out"), "\(result.text)")
            #expect(try Self.seeds(out, 3) == [11, 11, 11])
        }
    }

    @Test("A first repeat that cannot start leaves no folder behind")
    func nothingBehind() throws {
        try Program.withFolder { folder in
            let out = folder.appendingPathComponent("all")
            let result = try Program.run(
                ["run"] + Self.load
                    + ["--repeat", "3", "--url", "http://127.0.0.1:1", "--out", out.path])
            #expect(result.status == 69, "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: out.path))
        }
    }

    @Test(
        "Values that are none end with 64 and a sentence that names the option",
        arguments: [
            (["--repeat", "0"], "--repeat is 0"), (["--repeat", "1001"], "--repeat is 1001"),
            (["--until", "5"], "--until"), (["--until", "0%"], "--until is \"0%\""),
            (["--until", "120 %"], "--until is \"120 %\""), (["--same-plan"], "--same-plan is"),
            (["--until", "5%", "--repeat", "5"], "--until takes 6 runs"),
        ])
    func badValues(arguments: [String], words: String) throws {
        let result = try Program.run(["run"] + arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }
}

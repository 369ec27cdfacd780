import Foundation
import Testing

/// Runs side by side, by the program.
@Suite("Compare", .serialized)
struct CompareTests {
    /// A load of which an engine serves some 98 %, with prompts that take their time.
    private static let scenario = """
        name: pair
        stages:
          - { rate: RATE/s, requests: 900 }
        classes:
          - name: chat
            input: lognormal(median 700, p90 2000, max 4000)
            output: lognormal(median 90, p90 250, max 800)
            context: 8192 tokens
            reader: { speed: 30/s, ttft: 300 ms }
        goodput: { ttft: 300 ms }
        """

    private func run(
        _ name: String, in folder: URL, seed: Int = 1, rate: Double = 8, engine: String = "",
        _ more: [String] = []
    ) throws -> String {
        let file = folder.appendingPathComponent("pair.yaml")
        let text = Self.scenario.replacingOccurrences(of: "RATE", with: "\(rate)") + "\n" + engine
        try text.write(to: file, atomically: true, encoding: .utf8)
        let path = folder.appendingPathComponent(name).path
        let result = try Program.run(
            ["run", file.path, "--virtual", "--seed", "\(seed)", "--out", path] + more)
        #expect(result.status == 0, "\(result.errors)")
        return path
    }

    private func figure(_ result: Program.Result, _ name: String) throws -> [String: Any] {
        let differences = try #require(
            result.json()["differences"] as? [[String: Any]], "\(result.errors)")
        let figures = try #require(differences[0]["figures"] as? [String: Any])
        return try #require(figures[name] as? [String: Any])
    }

    private static let slower = "engine: { costs: { weights: 16 ms } }"

    @Test("The same system shows no difference; a slower one does, and pipelines hear of it")
    func pairs() throws {
        try Program.withFolder { folder in
            let base = try run("base", in: folder)
            let same = try run("same", in: folder)
            let slow = try run("slow", in: folder, engine: Self.slower)
            let equal = try Program.run(["compare", base, same, "--fail-if", "smooth < 0 %"])
            #expect(equal.status == 0, "\(equal.errors)")
            #expect(equal.text.contains("same against base: no difference shown"))
            #expect(equal.text.contains("paired request by request"))
            let arguments = ["compare", base, slow, "--fail-if", "e2e.p50 > 5 %"]
            let other = try Program.run(arguments)
            #expect(other.status == 2, "\(other.text)")
            #expect(other.errors.contains("--fail-if `e2e.p50 > 5 %` holds for slow: +"))
            let json = try Program.run(arguments + ["--json"])
            let ends = try figure(json, "e2e.p50")
            #expect(ends["judgement"] as? String == "worse")
            #expect(ends["pairing"] as? String == "paired")
            #expect(ends["compared"] as? String == "share beyond the base's")
            #expect(try figure(json, "tbt.p99")["judgement"] as? String == "not compared")
            // A condition that nobody can judge lets nothing pass.
            let unknown = try Program.run(["compare", base, slow, "--fail-if", "qoe < -50 %"])
            #expect(unknown.status == 2 && unknown.errors.contains("cannot be judged for slow"))
            let names = try Program.run(["compare", base, slow, same, "--names", "a,b,c"])
            #expect(names.text.contains("3 systems, base a") && names.text.contains("c against a"))
        }
    }

    @Test("Repeats are one system, compared by seed")
    func repeats() throws {
        try Program.withFolder { folder in
            let base = try run("base", in: folder, ["--repeat", "3"])
            let slow = try run("slow", in: folder, engine: Self.slower, ["--repeat", "3"])
            let result = try Program.run(["compare", base, slow, "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let mean = try figure(result, "tbt.p99")
            #expect(
                mean["pairing"] as? String == "seeds" && mean["judgement"] as? String == "worse")
            let table = try Program.run(["compare", base, slow])
            #expect(table.text.contains("3 runs each, paired by seed"))
        }
    }

    @Test("Another reader is scored for all; other plans, readers and scenarios are told")
    func warnings() throws {
        try Program.withFolder { folder in
            let base = try run("base", in: folder)
            let other = try run("other", in: folder, seed: 2, ["--preset", "robust"])
            let result = try Program.run(["compare", base, other])
            #expect(result.text.contains("were scored for other readers of the class chat"))
            #expect(result.text.contains("they differ in preset, seed"), "\(result.text)")
            #expect(result.text.contains("other plans"), "\(result.text)")
            let one = try Program.run(["compare", base, other, "--preset", "default"])
            #expect(!one.text.contains("other readers of the class"), "\(one.text)")
        }
    }

    @Test(
        "What cannot be compared is refused",
        arguments: [
            (["compare", "a"], 64, "name two or more"),
            (["compare", "a", "b", "--names", "x"], 64, "--names has 1 names for 2 paths"),
            (["compare", "a", "b", "--fail-if", "smooth"], 64, "has no < and no >"),
            (["compare", "a", "b", "--floor", "5"], 64, "--floor"),
            (["compare", "/nowhere/a", "/nowhere/b"], 1, "/nowhere/a: cannot be opened"),
        ] as [([String], Int32, String)])
    func refusals(arguments: [String], status: Int32, words: String) throws {
        let result = try Program.run(arguments)
        #expect(result.status == status && result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
    }
}

import Foundation
import Testing

@Suite("legato explain", .serialized)
struct ExplainTests {
    private static let load = [
        "run", "--virtual", "--request-rate", "8", "--num-prompts", "200", "--input-len", "300",
        "--output-len", "10..60", "--seed", "4", "--local", "2",
    ]

    @Test("A word, all words, JSON, and an unknown word")
    func words() throws {
        let ttft = try Program.run(["explain", "ttft", "p99"])
        #expect(ttft.status == 0 && ttft.text.hasPrefix(" TTFT (time to first token)\n"))
        #expect(ttft.text.contains("t_0 - scheduled"))
        let all = try Program.run(["explain"])
        #expect(all.text.contains("Latencies\n") && all.text.contains("smooth goodput, goodput"))
        #expect(try Program.run(["explain", "itl", "--json"]).json()["word"] as? String == "TBT")
        let unknown = try Program.run(["explain", "throughputt"])
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean `throughput`?"))
        let far = try Program.run(["explain", "zzzzzzzzzz"])
        #expect(far.status == 64 && far.errors.contains("lists what there is"))
    }

    @Test("Every place that an entry names is in the summary of a run")
    func places() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            let made = try Program.run(Self.load + ["--out", run])
            try #require(made.status == 0, "\(made.errors)")
            let words = try Program.run(["explain", "--json"])
            let entries = try #require(
                JSONSerialization.jsonObject(with: words.output) as? [[String: Any]])
            var checked = 0
            for file in ["summary.json", "manifest.json"] {
                let data = try Data(contentsOf: URL(fileURLWithPath: run + "/" + file))
                let content = try JSONSerialization.jsonObject(with: data)
                for entry in entries where entry["file"] as? String == file {
                    let member = try #require(entry["member"] as? String)
                    checked += 1
                    let isThere = Self.has(content, member.split(separator: "."))
                    #expect(isThere, "\(file): \(member)")
                }
            }
            #expect(checked > 60)
        }
    }

    /// Whether `value` has the members; null may have any.
    private static func has(_ value: Any, _ path: [Substring]) -> Bool {
        guard let name = path.first else { return true }
        if value is NSNull { return true }
        let isList = name.hasSuffix("[]")
        guard let object = value as? [String: Any],
            let member = object[isList ? String(name.dropLast(2)) : String(name)]
        else { return false }
        let rest = Array(path.dropFirst())
        guard isList else { return has(member, rest) }
        guard let list = member as? [Any], !list.isEmpty else { return false }
        return list.allSatisfy { has($0, rest) }
    }
}

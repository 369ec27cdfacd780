import Foundation
import Testing

/// Loads that no server can serve, against embedded engines over sockets.
@Suite("Sweeps: over-saturation", .serialized)
struct OverSaturationTests {
    /// Long prompts on one A100: some three a second are its most.
    private static let scenario = """
        name: too-much
        seed: 3
        stages:
          - { rate: 1/s, duration: 24 s }
        classes:
          - name: documents
            input: 6000 tokens
            output: 20 tokens
            reader: { speed: 20/s, ttft: 1 s }
        """

    private func sweep(_ folder: URL, _ more: [String] = []) throws -> Program.Result {
        let file = folder.appendingPathComponent("much.yaml")
        try Self.scenario.write(to: file, atomically: true, encoding: .utf8)
        return try Program.run(
            [
                "sweep", file.path, "--loads", "1,30", "--cool-down", "0s", "--no-headroom",
                "--json",
                "--out", folder.path + "/s",
            ] + more)
    }

    private func points(_ result: Program.Result) throws -> [[String: Any]] {
        let curves = try #require(
            result.json()["curves"] as? [[String: Any]], "\(result.errors)")
        return try #require(curves[0]["points"] as? [[String: Any]])
    }

    @Test("A point that its server cannot serve ends early, says so, and is scored the same again")
    func endsEarly() throws {
        try Program.withFolder { folder in
            let result = try sweep(folder)
            #expect(result.errors.contains("over-saturated, and ended:"), "\(result.errors)")
            let points = try points(result)
            #expect(points.map { $0["over_saturated"] as? Bool } == [false, true])
            // A busy machine may send late, too.
            let verdict = try #require(points[1]["verdict"] as? String)
            #expect(["partial", "not valid"].contains(verdict))
            let run = try #require((points[1]["runs"] as? [[String: Any]])?.first)
            let ended = try #require(run["over_saturated"] as? [String: Any])
            let at = try #require(ended["at"] as? Double) / 1e9
            #expect(at >= 10 && at < 20, "\(at) s of 24")
            #expect(try #require(ended["waiting"] as? Int) > 50)
            // Nothing that is over early makes the sweep fail.
            #expect(result.status == 0, "\(result.errors)")
            let path = folder.path + "/s/" + (run["folder"] as? String ?? "")
            let scored = try Program.run(["score", path, "--json"])
            #expect(scored.status == 2, "\(scored.errors)")
            let remapped = try Program.run(["score", path, "--remap", "--json"])
            #expect(remapped.output == scored.output)
            let table = try Program.run(["score", path])
            #expect(table.text.contains("could serve and was ended"), "\(table.text)")

            // Taken up, nothing is run again; whole points are.
            let again = try sweep(folder)
            #expect(!again.errors.contains("over-saturated, and ended:"), "\(again.errors)")
            #expect(again.output == result.output)
        }
    }
}

import Foundation
import Testing

/// Pages of runs, by the program, and in a browser where there is one.
@Suite struct ReportTests {
    private static let scenario = """
        name: a<img src=x onerror=alert(1)>
        seed: 3
        warmup: 5 requests
        stages:
          - { rate: 9/s, duration: 15 s }
        classes:
          - name: </script><img src=x onerror=alert(1)>
            share: 70 %
            input: lognormal(median 420, p90 1600, max 6000)
            output: lognormal(median 90, p90 300, max 600)
            reader: { speed: 12/s, ttft: 1 s }
          - name: code
            share: 30 %
            input: lognormal(median 1800, p90 4500, max 6500)
            output: lognormal(median 90, p90 300, max 600)
            reader: { speed: 30/s, ttft: 300 ms, penalty: fraction, incomplete: void }
        engine: { gpu: A100-80, model: Qwen2.5-14B, scheduler: prefill-first }
        """

    /// A run with its page.
    private func report(_ folder: URL, _ options: [String] = []) throws -> URL {
        let scenario = try Program.scenario(Self.scenario, in: folder)
        let run = folder.appendingPathComponent("run")
        let ran = try Program.run(
            ["run", scenario, "--virtual", "--local", "2", "--out", run.path])
        try #require(ran.status == 0, "\(ran.errors)")
        let reported = try Program.run(["report", run.path] + options)
        #expect(reported.status == 0, "\(reported.errors)")
        return run
    }

    @Test("The page stands in the run's folder, and nothing else there changes")
    func folder() throws {
        try Program.withFolder { folder in
            let run = try report(folder)
            let before = try FolderState(run)
            let page = run.appendingPathComponent("report.html")
            let again = try Program.run(["report", run.path, "--json"])
            #expect(again.json()["report"] as? String == page.path)
            let changed = try FolderState(run).changes(from: before)
            // The folder itself, and its page.
            #expect(changed.allSatisfy { $0.hasPrefix(": ") || $0.hasPrefix("report.html: ") })
            #expect(again.json()["verdict"] as? String == "simulated")
            let bytes = try Data(contentsOf: page)
            #expect(again.json()["bytes"] as? Int == bytes.count)
            #expect(bytes.count < 400_000)
            try FileManager.default.removeItem(at: page)
            let other = folder.appendingPathComponent("other.html")
            let out = try Program.run(["report", run.path, "--out", other.path])
            #expect(out.status == 0 && out.text == other.path + "\n")
            #expect(try Data(contentsOf: other) == bytes)
            #expect(!FileManager.default.fileExists(atPath: page.path))
        }
    }

    @Test("A journal alone, whole or cut off, has a page that says it is partial")
    func rescued() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let ran = try Program.run(
                [
                    "run", "--local", "1", "--request-rate", "20", "--num-prompts", "40",
                    "--input-len", "50", "--output-len", "20", "--out", run.path,
                ])
            try #require(ran.status == 0, "\(ran.errors)")
            let journal = try Data(contentsOf: run.appendingPathComponent("tokens.log"))
            for share in [1, 0.7] {
                let rest = folder.appendingPathComponent("rest-\(share)")
                try FileManager.default.createDirectory(
                    at: rest, withIntermediateDirectories: true)
                let log = rest.appendingPathComponent("tokens.log")
                try journal.prefix(Int(Double(journal.count) * share)).write(to: log)
                let reported = try Program.run(["report", rest.path])
                #expect(reported.status == 0, "\(reported.errors)")
                let html = try String(
                    contentsOf: rest.appendingPathComponent("report.html"), encoding: .utf8)
                #expect(html.contains("class=\"banner\"") == (share < 1))
                #expect(html.contains("id=\"numbers\""))
            }
        }
    }

    @Test("What is no run is one sentence")
    func noRun() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("x.json")
            try Data("{}".utf8).write(to: file)
            let result = try Program.run(["report", file.path])
            #expect(result.status == 65)
            #expect(result.errors.contains("is no run's folder"))
            #expect(try Program.run(["report", folder.path + "/none"]).status != 0)
            #expect(try Program.run(["report", folder.path, "--out", ""]).status == 64)
        }
    }

    @Test("A browser draws it without error, refusal or request, and scores as the program does")
    func browser() throws {
        guard let browser = Browser() else { return }
        try Program.withFolder { folder in
            let run = try report(folder)
            let page = run.appendingPathComponent("report.html")
            for (speed, alpha) in [("", ""), ("22.387", "1.5"), ("100", "2.95")] {
                let isOwn = speed.isEmpty
                let visit = try browser.visit(
                    page, isOwn ? "" : "#S=\(speed)&a=\(alpha)", in: folder)
                #expect(visit.console == [])
                #expect(visit.attribute("data-refused") == "0")
                #expect(visit.attribute("data-loaded") == "0")
                #expect(visit.attribute("data-failed") == nil)
                for drawing in ["class=\"delivered\"", "class=\"outline\"", "<canvas"] {
                    #expect(visit.document.contains(drawing))
                }
                let apart = try #require(visit.attribute("data-apart").flatMap(Double.init))
                #expect(apart < 0.01)
                let options = isOwn ? [] : ["--reading-speed", speed, "--alpha", alpha]
                let scored = try Program.run(["score", run.path, "--json"] + options).json()
                let totals = try #require(scored["totals"] as? [String: Any])
                let told = try #require(totals["smooth_goodput"] as? Double)
                let shown = try #require(visit.attribute("data-smooth").flatMap(Double.init))
                #expect(abs(shown - told) <= 1e-6 * max(1, abs(told)))
            }
        }
    }
}

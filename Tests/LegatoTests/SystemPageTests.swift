import Foundation
import Testing

/// Pages that set systems side by side, by the program, and in a browser where there is one.
@Suite("Pages of sweeps and comparisons") struct SystemPageTests {
    private static let scenario = """
        name: a<img src=x onerror=alert(1)>
        seed: 3
        stages:
          - { rate: 4/s, requests: 60 }
        classes:
          - name: </script><img src=x onerror=alert(1)>
            input: lognormal(median 420, p90 1600, max 6000)
            output: lognormal(median 90, p90 300, max 600)
            reader: { speed: 60/s, ttft: 300 ms }
        engine: { gpu: A100-80, model: Qwen2.5-14B, scheduler: SCHEDULER }
        goodput: { ttft: 500 ms }
        """

    private func scenario(_ scheduler: String, in folder: URL) throws -> String {
        try Program.scenario(
            Self.scenario.replacingOccurrences(of: "SCHEDULER", with: scheduler), in: folder)
    }

    private func sweep(_ folder: URL) throws -> URL {
        let sweep = folder.appendingPathComponent("sweep")
        let ran = try Program.run([
            "sweep", try scenario("chunked", in: folder), "--virtual", "--over",
            "engine.scheduler=prefill-first,chunked", "--loads", "2,20", "--out", sweep.path,
        ])
        try #require(ran.status == 0, "\(ran.errors)")
        return sweep
    }

    @Test("A sweep's page leads to its runs' pages, and a browser draws it without error")
    func sweeps() throws {
        try Program.withFolder { folder in
            let sweep = try sweep(folder)
            let run = "points/engine.scheduler-chunked_rate-2_seed-3"
            let first = try Program.run(["report", "\(sweep.path)/\(run)"])
            #expect(first.status == 0, "\(first.errors)")
            let before = try FolderState(sweep)
            let reported = try Program.run(["report", sweep.path, "--json"])
            #expect(reported.status == 0, "\(reported.errors)")
            #expect(reported.json()["points"] as? Int == 4)
            let page = sweep.appendingPathComponent("report.html")
            #expect(reported.json()["report"] as? String == page.path)
            let changed = try FolderState(sweep).changes(from: before)
            #expect(changed.allSatisfy { $0.hasPrefix(": ") || $0.hasPrefix("report.html: ") })
            let html = try String(contentsOf: page, encoding: .utf8)
            #expect(html.contains("href=\"\(run)/report.html\""))
            #expect(html.contains("href=\"points/engine.scheduler-chunked_rate-20_seed-3/\""))
            // Elsewhere the same runs are led to.
            let other = folder.appendingPathComponent("other.html")
            #expect(try Program.run(["report", sweep.path, "--out", other.path]).status == 0)
            #expect(
                try String(contentsOf: other, encoding: .utf8).contains(
                    "href=\"sweep/\(run)/report.html\""))
            let refused = try Program.run(["report", sweep.path, "--reading-speed", "9"])
            #expect(refused.status == 64 && refused.errors.contains("is a sweep"))
            guard let browser = Browser() else { return }
            let visit = try browser.visit(page, "#at=20&theme=dark", in: folder)
            expectQuiet(visit)
            #expect(visit.document.contains("data-theme=\"dark\""))
            #expect(visit.document.contains("<tr data-load=\"20.0\" class=\"at\""))
            #expect(count("class=\"line s", visit) >= 2 * 5, "a line a system and plot")
            #expect(count("class=\"dashed s", visit) == 2)
            #expect(count("class=\"hair\"", visit) >= 5)
            #expect(count("class=\"tail\"", visit) == 4)
            #expect(count("class=\"front\"", visit) == 1)
        }
    }

    @Test("A damaged sweep.json is one sentence, and so is one of another version")
    func damaged() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("sweep.json")
            for (text, word) in [("{", "line 1"), ("{\"format\": 9}", "format 9")] {
                try Data(text.utf8).write(to: file)
                let result = try Program.run(["report", folder.path])
                #expect(result.status == 65, "\(result.errors)")
                #expect(
                    result.errors.contains("sweep.json")
                        && (result.errors.contains(word) || result.errors.contains(":1:")),
                    "\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder.path + "/report.html"))
            }
        }
    }

    @Test("A comparison's page is drawn without error, and holds a reader in its address")
    func comparisons() throws {
        try Program.withFolder { folder in
            let runs = try ["prefill-first", "chunked"].map { scheduler in
                let run = folder.appendingPathComponent(scheduler)
                let ran = try Program.run([
                    "run", try scenario(scheduler, in: folder), "--virtual", "--request-rate", "20",
                    "--out", run.path,
                ])
                try #require(ran.status == 0, "\(ran.errors)")
                return run.path
            }
            let page = folder.appendingPathComponent("compare.html")
            let names = "<img src=x onerror=alert(1)>,</script>b"
            let compared = try Program.run(
                ["compare"] + runs + ["--names", names, "--html", page.path])
            #expect(compared.status == 0, "\(compared.errors)")
            // The table is what it was.
            #expect(compared.text.contains("finding"))
            #expect(try Program.run(["compare"] + runs + ["--html", ""]).status == 64)
            let nowhere = try Program.run(["compare"] + runs + ["--html", folder.path + "/no/x"])
            #expect(nowhere.status == 1 && nowhere.errors.contains("another file with --html"))
            guard let browser = Browser() else { return }
            let visit = try browser.visit(page, "#S=50&a=1.5", in: folder)
            expectQuiet(visit)
            #expect(visit.document.contains(">S = 50 tokens/s, α = 1.5: "))
            for drawing in ["id=\"plot-differences\"", "class=\"frame\"", "class=\"lost-area\""] {
                #expect(visit.document.contains(drawing), "\(drawing)")
            }
            #expect(count("class=\"line s", visit) >= 2 * 4, "a line a system and latency")
            #expect(count("<img", visit) == 0)
        }
    }

    /// Nothing was refused, loaded, thrown or written on the console.
    private func expectQuiet(_ visit: Browser.Visit) {
        #expect(visit.console == [])
        #expect(visit.attribute("data-refused") == "0")
        #expect(visit.attribute("data-loaded") == "0")
        #expect(visit.attribute("data-failed") == nil)
    }

    private func count(_ text: String, _ visit: Browser.Visit) -> Int {
        visit.document.components(separatedBy: text).count - 1
    }
}

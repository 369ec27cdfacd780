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

    @Test("Keys, copies and files do what the list of keys says")
    func hands() throws {
        guard let browser = Browser() else { return }
        try Program.withFolder { folder in
            let page = try report(folder).appendingPathComponent("report.html")
            let visit = try browser.visit(page, in: folder, acting: Self.hands)
            #expect(visit.console == [])
            #expect(visit.attribute("data-failed") == nil)
            let told = { (name: String) in visit.attribute("data-" + name) ?? "" }
            #expect(told("closer").hasPrefix("#t="))
            #expect(told("whole") == "")
            #expect(told("moved").hasPrefix("#t=") && told("moved") != told("closer"))
            #expect(told("help") == "true" && told("closed") == "false")
            #expect(told("dark") == "dark" && told("light") == "light")
            #expect(told("next") == "readers" && told("raster") == "raster")
            #expect(told("scored") == "true")
            // Readers, timeline, raster by the script; the others are links.
            #expect(told("files") == "text/csv text/csv text/csv application/json")
            #expect(told("charts").split(separator: " ").contains("tricks"))
            #expect(told("charts").split(separator: " ").contains("requests"))
            #expect((Int(told("rows")) ?? 0) > 100)
            #expect(["Copied", "Press Ctrl-C"].contains(told("copied")))
            #expect(told("unlabelled") == "0")
        }
    }

    /// A user's keys and clicks.
    private static let hands = """
        const press = key => dispatchEvent(new KeyboardEvent("keydown", {key}));
        const rest = () => new Promise(done => setTimeout(done, 300));
        press("+"); facts.closer = location.hash;
        press("ArrowRight"); facts.moved = location.hash;
        press("Escape"); facts.whole = location.hash;
        const keys = document.getElementById("keys");
        press("?"); facts.help = keys.open;
        press("?"); facts.closed = keys.open;
        const root = document.documentElement;
        root.dataset.theme = "light";
        press("t"); facts.dark = root.dataset.theme;
        press("t"); facts.light = root.dataset.theme;
        press("j"); facts.next = document.activeElement.id;
        await rest();
        press("r"); facts.raster = document.activeElement.id;
        document.getElementById("speed").value = 50;
        document.getElementById("speed").oninput();
        press("s"); facts.scored = document.getElementById("reset").hidden;
        const kinds = [], make = URL.createObjectURL.bind(URL);
        URL.createObjectURL = blob => {
          kinds.push(blob.type);
          if (blob.type === "application/json") blob.text().then(text => {
            const {charts} = JSON.parse(text);
            facts.charts = Object.keys(charts).join(" ");
            facts.rows = charts.requests.length;
          });
          return make(blob);
        };
        for (const button of document.querySelectorAll("button.csv"))
          if (button.textContent === "CSV") button.click();
        document.querySelector(".tools button:last-child").click();
        document.querySelector(".copy").click();
        await rest();
        facts.files = kinds.join(" ");
        facts.copied = document.querySelector(".copy").textContent;
        facts.unlabelled = [...document.querySelectorAll("svg:not([aria-hidden])")]
          .filter(svg => !svg.getAttribute("aria-label")).length;
        """

    @Test("Above 12 nodes each has a strip, which the lens recolours, at any width")
    func strips() throws {
        guard let browser = Browser() else { return }
        try Program.withFolder { folder in
            let scenario = try Program.scenario(Self.scenario, in: folder)
            let run = folder.appendingPathComponent("run")
            let ran = try Program.run(
                ["run", scenario, "--virtual", "--local", "14", "--out", run.path])
            try #require(ran.status == 0, "\(ran.errors)")
            #expect(try Program.run(["report", run.path]).status == 0)
            let page = run.appendingPathComponent("report.html")
            let acting = """
                facts.strips = [...document.querySelectorAll("#plot-raster text")]
                  .filter(text => text.textContent.endsWith("lost")).length;
                facts.finding = document.querySelector("#raster h2").textContent;
                """
            let own = try browser.visit(page, in: folder, acting: acting)
            #expect(own.console == [] && own.attribute("data-failed") == nil)
            #expect(own.attribute("data-strips") == "14")
            let fast = try browser.visit(
                page, "#S=200&a=1", in: folder, acting: acting, width: 700)
            #expect(fast.console == [] && fast.attribute("data-failed") == nil)
            #expect(fast.attribute("data-strips") == "14")
            #expect(fast.attribute("data-finding")?.contains("would lose more than 1") == true)
            #expect(fast.attribute("data-finding") != own.attribute("data-finding"))
        }
    }

    @Test("The command is in the journal, the manifest and the page, without its secrets")
    func command() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let arguments = [
                "run", "--local", "1", "--request-rate", "20", "--num-prompts", "10",
                "--input-len", "50", "--output-len", "5", "--header", "x-team: s3cret",
                "--out", run.path,
            ]
            let ran = try Program.run(arguments)
            try #require(ran.status == 0, "\(ran.errors)")
            let kept = try command(of: run)
            #expect(kept.first == "legato" && kept.contains("--num-prompts"))
            #expect(kept.contains("x-team: ***"))
            let rest = folder.appendingPathComponent("rest")
            try FileManager.default.createDirectory(at: rest, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: run.appendingPathComponent("tokens.log"),
                to: rest.appendingPathComponent("tokens.log"))
            let rescued = folder.appendingPathComponent("rescued")
            #expect(try Program.run(["score", rest.path, "--out", rescued.path]).status == 0)
            #expect(try command(of: rescued) == kept)
            for each in [run, rest, rescued] {
                let reported = try Program.run(["report", each.path])
                #expect(reported.status == 0, "\(reported.errors)")
                let html = try String(
                    contentsOf: each.appendingPathComponent("report.html"), encoding: .utf8)
                #expect(html.contains("--num-prompts 10") && html.contains("x-team: ***"))
                for file in try FileManager.default.contentsOfDirectory(atPath: each.path) {
                    let path = each.appendingPathComponent(file).path
                    let bytes = FileManager.default.contents(atPath: path) ?? Data()
                    #expect(bytes.range(of: Data("s3cret".utf8)) == nil, "\(file)")
                }
            }
        }
    }

    /// The member `command` of a folder's manifest.
    private func command(of folder: URL) throws -> [String] {
        let bytes = try Data(contentsOf: folder.appendingPathComponent("manifest.json"))
        let manifest = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        return try #require(manifest?["command"] as? [String])
    }

    @Test("A run of failures alone has a page that says why, and draws without error")
    func failuresAlone() throws {
        try Program.withFolder { folder in
            let server = try SmallServer { request in
                guard request.hasPrefix("POST") else { return .whole(SmallServer.models) }
                let error = "{\"error\":{\"message\":\"</script><b>no\\u202eroom\"}}"
                return .whole(SmallServer.response("503 Busy", "application/json", error))
            }
            defer { server.close() }
            let run = folder.appendingPathComponent("run")
            _ = try Program.run(
                [
                    "run", "--url", server.url, "--num-prompts", "6", "--request-rate", "50",
                    "--input-len", "10", "--output-len", "3", "--out", run.path, "--no-probe",
                ])
            let reported = try Program.run(["report", run.path])
            #expect(reported.status == 0, "\(reported.errors)")
            let page = run.appendingPathComponent("report.html")
            let html = try String(contentsOf: page, encoding: .utf8)
            #expect(html.contains("No token came: none of 6 requests was served."))
            #expect(html.contains("6 of 6 requests did not complete"))
            #expect(html.contains("class=\"banner\""))
            #expect(!html.contains("<b>no"))
            #expect(!html.unicodeScalars.contains("\u{202E}"))
            guard let browser = Browser() else { return }
            let visit = try browser.visit(page, in: folder)
            #expect(visit.console == [] && visit.attribute("data-failed") == nil)
        }
    }
}

import ChildPrograms
import Foundation
import Testing

/// The live page, its state and its metrics, by the program, over sockets and in a browser.
@Suite struct DashboardTests {
    /// A run under way with its page.
    private struct Shown {
        let program: Running
        let folder: URL
        let port: UInt16
        /// The whole address that was printed.
        let url: String

        var token: String? {
            url.range(of: "#token=").map { String(url[$0.upperBound...]) }
        }

        func get(_ path: String, _ fields: String...) -> HTTPAsking.Answer? {
            HTTPAsking.get(path, port: port, fields)
        }
    }

    /// Starts a run of `seconds` on embedded engines.
    private func show(
        _ folder: URL, seconds: Int = 6, _ options: [String] = [],
        at address: String = "127.0.0.1:0"
    ) throws -> Shown {
        let run = folder.appendingPathComponent("run")
        let program = try Program.start(
            [
                "run", "--local", "2", "--request-rate", "12", "--duration", "\(seconds)",
                "--input-len", "50", "--output-len", "20..60", "--no-headroom", "--allow-invalid",
                "--dashboard", address, "--out", run.path,
            ] + options)
        try #require(
            program.wait { $0.errors.contains("live page: ") || !$0.isRunning },
            "\(program.errors)")
        let line = program.errors.split(separator: "\n").first { $0.contains("live page: ") }
        let url = try #require(line?.split(separator: " ").last.map(String.init))
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" }
        let port = try #require(authority.split(separator: ":").last.flatMap { UInt16($0) })
        return Shown(program: program, folder: run, port: port, url: url)
    }

    /// Waits until the run's state satisfies `condition`.
    private func wait(
        _ shown: Shown, _ fields: String..., until condition: ([String: Any]) -> Bool
    ) -> Bool {
        shown.program.wait { _ in
            guard let answer = HTTPAsking.get("/state", port: shown.port, fields),
                answer.status == 200,
                let object = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)),
                let state = object as? [String: Any]
            else { return false }
            return condition(state)
        }
    }

    private static func hasTokens(_ state: [String: Any]) -> Bool {
        (state["headline"] as? String)?.hasPrefix("So far ") == true
    }

    @Test("The page follows the run in a browser, without error or foreign request, to its report")
    func browser() throws {
        try Program.withFolder { folder in
            guard let browser = try WatchedBrowser(in: folder) else { return }
            let shown = try show(folder, seconds: 8)
            browser.open(shown.url)
            #expect(
                browser.wait(
                    "document.querySelector('#headline')?.textContent.startsWith('So far')"))
            // A step is drawn when its second is over.
            #expect(browser.wait("document.querySelectorAll('.outline').length === 1"))
            #expect(browser.value("document.querySelectorAll('line.now').length > 0") == "true")
            #expect(browser.value("document.querySelectorAll('#rows tbody tr').length") == "2")
            let first = browser.value("document.querySelector('#rest').textContent")
            #expect(first.contains(" of 0:08") && first.hasSuffix("Nothing here is final."))
            #expect(
                browser.wait("document.querySelector('#rest')?.textContent !== '\(first)'"),
                "nothing moved")
            // The report takes the page's place by itself.
            #expect(browser.wait("document.querySelector('#lens') !== null"))
            #expect(browser.wait("document.querySelectorAll('.delivered').length > 0"))
            #expect(browser.complaints == [])
            let foreign = browser.requests.filter {
                !$0.hasPrefix("http://127.0.0.1:\(shown.port)/") && !$0.hasPrefix("data:")
                    && !$0.hasPrefix("about:") && !$0.hasPrefix("blob:")
            }
            #expect(foreign == [])
            let result = shown.program.finish()
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test("At the end the address gives the report's file, byte for byte")
    func saved() throws {
        try Program.withFolder { folder in
            let shown = try show(folder, seconds: 2)
            #expect(shown.get("/report.html")?.status == 404)
            // A viewer that has not asked for the report is waited for.
            let socket = try #require(LoopbackSocket.connected(to: shown.port))
            defer { close(socket) }
            HTTPAsking.ask("/events", socket, port: shown.port)
            #expect(
                wait(shown) { state in
                    state["phase"] as? String == "ended"
                })
            let page = try #require(shown.get("/"))
            let result = shown.program.finish()
            #expect(result.status == 0, "\(result.errors)")
            let file = try String(
                contentsOf: shown.folder.appendingPathComponent("report.html"), encoding: .utf8)
            #expect(page.body == file && file.contains("id=\"lens\""))
        }
    }

    @Test("A wrong token, name or origin gets nothing of the run")
    func refused() throws {
        try Program.withFolder { folder in
            let shown = try show(folder, ["--dashboard-token"])
            let token = try #require(shown.token)
            #expect(shown.program.errors.ranges(of: token).count == 1, "printed once")
            let right = "Authorization: Bearer \(token)"
            #expect(wait(shown, right, until: Self.hasTokens))
            for path in ["/state", "/events", "/metrics", "/report.html"] {
                #expect(shown.get(path)?.status == 401)
                #expect(shown.get(path, "Authorization: Bearer \(token)0")?.status == 401)
                #expect(shown.get("\(path)?token=\(token)")?.status == 401)
                #expect(shown.get(path, right, "Host: evil.example")?.status == 421)
                #expect(
                    shown.get(path, right, "Host: evil.example:\(shown.port)")?.status == 421)
                #expect(shown.get(path, right, "Origin: http://evil.example")?.status == 403)
            }
            #expect(shown.get("/", "Host: evil.example:\(shown.port)")?.status == 421)
            let page = try #require(shown.get("/"))
            #expect(page.status == 200 && page.head.contains("cache-control: no-store"))
            #expect(!page.body.contains("local-1"), "the page itself holds nothing of the run")
            #expect(
                shown.get(
                    "/state", right, "Origin: http://127.0.0.1:\(shown.port)")?.status == 200)
            #expect(HTTPAsking.get("/", port: shown.port, method: "POST")?.status == 405)
            let result = shown.program.finish()
            #expect(result.status == 0, "\(result.errors)")
            for name in try FileManager.default.contentsOfDirectory(atPath: shown.folder.path) {
                let file = shown.folder.appendingPathComponent(name)
                #expect(try Data(contentsOf: file).range(of: Data(token.utf8)) == nil)
            }
        }
    }

    @Test("A token in the address opens the page in a browser")
    func browserWithToken() throws {
        try Program.withFolder { folder in
            guard let browser = try WatchedBrowser(in: folder) else { return }
            let shown = try show(folder, seconds: 6, ["--dashboard-token"])
            browser.open(shown.url.replacingOccurrences(of: "#token=", with: "#token=0"))
            #expect(
                browser.wait(
                    "document.querySelector('#headline')?.textContent.includes('its token')"))
            #expect(browser.value("document.querySelector('#link').hidden") == "false")
            browser.open("about:blank")
            browser.open(shown.url)
            #expect(
                browser.wait(
                    "document.querySelector('#headline')?.textContent.startsWith('So far')"))
            #expect(browser.wait("document.querySelector('#lens') !== null"))
            // The one refusal that was meant.
            #expect(browser.complaints.count == 1 && browser.complaints[0].contains("401"))
            #expect(shown.program.finish().status == 0)
        }
    }

    @Test("Viewers that never read, and more of them than there is room for, hold up nothing")
    func deaf() throws {
        try Program.withFolder { folder in
            let shown = try show(folder, seconds: 4)
            var sockets: [Int32] = []
            defer { for socket in sockets { close(socket) } }
            for _ in 0..<40 {
                guard let socket = LoopbackSocket.connected(to: shown.port) else { continue }
                sockets.append(socket)
                HTTPAsking.ask("/events", socket, port: shown.port)
            }
            #expect(wait(shown, until: Self.hasTokens))
            #expect(shown.get("/events")?.status == 503)
            let result = shown.program.finish(limit: 60)
            #expect(result.status == 0, "\(result.errors)")
            let summary = try JSONSerialization.jsonObject(
                with: Data(contentsOf: shown.folder.appendingPathComponent("summary.json")))
            let totals = (summary as? [String: Any])?["totals"] as? [String: Any]
            #expect(totals?["requests"] as? Int ?? 0 > 20)
            let requests = try Program.requests(of: shown.folder)
            #expect(requests.allSatisfy { $0["outcome"] as? String == "completed" })
        }
    }

    @Test("A page finds the run again when its link drops")
    func reconnects() throws {
        try Program.withFolder { folder in
            guard let browser = try WatchedBrowser(in: folder) else { return }
            let shown = try show(folder, seconds: 12)
            let relay = try #require(Relay(to: shown.port))
            defer { relay.close() }
            browser.open("http://127.0.0.1:\(relay.port)/")
            #expect(
                browser.wait(
                    "document.querySelector('#headline')?.textContent.startsWith('So far')"))
            relay.reset()
            #expect(browser.wait("!document.querySelector('#link').hidden"))
            #expect(browser.wait("document.querySelector('#link').hidden"))
            let first = browser.value("document.querySelector('#rest').textContent")
            #expect(browser.wait("document.querySelector('#rest')?.textContent !== '\(first)'"))
            #expect(shown.program.finish().status == 0)
        }
    }

    @Test("Metrics are as Prometheus wants them, of the run and of an agent")
    func metrics() throws {
        try Program.withFolder { folder in
            let shown = try show(folder)
            #expect(wait(shown, until: Self.hasTokens))
            let text = try #require(shown.get("/metrics"))
            #expect(text.head.contains("text/plain; version=0.0.4"))
            #expect(text.body.contains("legato_agent_up{agent=\"local-1\"} 1"))
            #expect(text.body.contains("legato_run_phase{phase=\"running\"} 1"))
            let open = try #require(
                shown.get("/metrics", "Accept: application/openmetrics-text;version=1.0.0"))
            #expect(open.head.contains("application/openmetrics-text; version=1.0.0"))
            #expect(open.body.hasSuffix("# EOF\n"))
            if let promtool = Promtool() {
                let (status, words) = try promtool.check(text.body)
                #expect(status == 0 && words == "", "\(words)")
            }
            #expect(shown.program.finish().status == 0)
        }
    }

    @Test("Agents that dial in have metrics of their own, and stand on the page")
    func dialled() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let leader = try Program.start(
                [
                    "run", "--agents", "1", "--listen", "127.0.0.1:0", "--request-rate", "12",
                    "--duration", "6", "--input-len", "50", "--output-len", "20..60",
                    "--no-headroom", "--allow-invalid", "--dashboard", "127.0.0.1:0", "--out",
                    run.path,
                ])
            func port(_ words: String, of program: Running) throws -> UInt16 {
                try #require(program.wait { $0.errors.contains(words) }, "\(program.errors)")
                let rest = program.errors.components(separatedBy: words).last ?? ""
                return try #require(UInt16(rest.prefix { $0.isNumber }))
            }
            let page = try port("live page: http://127.0.0.1:", of: leader)
            let gathering = try #require(HTTPAsking.get("/state", port: page))
            #expect(
                gathering.status == 503 || gathering.body.contains("Waiting for agents: 0 of 1"))
            let link = try port("waiting for agents on 127.0.0.1:", of: leader)
            let agent = try Program.start(
                [
                    "agent", "--coordinator", "127.0.0.1:\(link)", "--embedded-engine", "--name",
                    "node-\"7\"", "--spool", folder.path + "/spool", "--metrics", "127.0.0.1:0",
                ])
            let metrics = try port("metrics at http://127.0.0.1:", of: agent)
            #expect(
                leader.wait { _ in
                    let text = HTTPAsking.get("/metrics", port: metrics)?.body ?? ""
                    return text.contains(
                        #"finished_total{agent="node-\"7\"",outcome="completed"} "#)
                        && !text.contains(#"outcome="completed"} 0"#)
                })
            let own = try #require(HTTPAsking.get("/metrics", port: metrics))
            #expect(own.body.contains(#"legato_agent_connected{agent="node-\"7\""} 1"#))
            #expect(own.body.contains(#"target="embedded engine"}"#))
            #expect(HTTPAsking.get("/state", port: metrics)?.status == 404)
            #expect(
                HTTPAsking.get("/metrics", port: metrics, ["Host: evil.example"])?.status == 421)
            if let promtool = Promtool() {
                let (status, words) = try promtool.check(own.body)
                #expect(status == 0 && words == "", "\(words)")
            }
            #expect(
                leader.wait { _ in
                    let state = HTTPAsking.get("/state", port: page)?.body ?? ""
                    return state.contains(#"node-\"7\""#) && state.contains("simulated ")
                })
            #expect(leader.finish().status == 0)
            #expect(agent.finish().status == 0)
        }
    }

    @Test("Repeats are shown one after the other, and their end names the folder of all")
    func repeats() throws {
        try Program.withFolder { folder in
            let shown = try show(folder, seconds: 2, ["--repeat", "2"])
            let socket = try #require(LoopbackSocket.connected(to: shown.port))
            defer { close(socket) }
            HTTPAsking.ask("/events", socket, port: shown.port)
            var text = ""
            while case let part = LoopbackSocket.read(socket), !part.isEmpty {
                text += String(decoding: part, as: UTF8.self)
            }
            let result = shown.program.finish()
            #expect(result.status == 0, "\(result.errors)")
            let last = text.components(separatedBy: "data: ").last ?? ""
            #expect(last.contains("2 runs, ") && last.contains(shown.folder.path))
            // Each repeat has a plan of its own.
            #expect(Set(text.matches(of: /"seed [0-9]+"/).map { String($0.output) }).count == 2)
        }
    }

    @Test("A bad address is one sentence with its documented exit code")
    func badAddresses() throws {
        for (options, words) in [
            (["--dashboard", "nonsense"], "HOST:PORT"),
            (["--dashboard", "0.0.0.0:0"], "--dashboard-token"),
            (["--dashboard", "192.0.2.1:0"], "--dashboard-token"),
            (["--dashboard-token"], "--dashboard HOST:PORT"),
            (["--dashboard", "127.0.0.1:0", "--virtual"], "legato report"),
        ] {
            let result = try Program.run(["run", "--num-prompts", "1"] + options)
            #expect(result.status == 64, "\(options) \(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        let taken = try #require(TakenPort())
        let result = try Program.run(
            ["run", "--num-prompts", "1", "--dashboard", "127.0.0.1:\(taken.port)"])
        #expect(result.status == 1)
        #expect(result.errors.contains("choose another one"))
        let agent = try Program.run(
            [
                "agent", "--coordinator", "127.0.0.1:1", "--embedded-engine", "--metrics",
                "127.0.0.1:\(taken.port)",
            ])
        #expect(agent.status == 1 && agent.errors.contains("choose another one"))
        let bad = try Program.run(
            [
                "agent", "--coordinator", "127.0.0.1:1", "--embedded-engine", "--metrics", "x",
            ])
        #expect(bad.status == 64 && bad.errors.contains("HOST:PORT"))
    }
}

import Foundation
import TargetFixtures
import Testing
import TimeBase

/// How runs end: by Ctrl-C, by their drain time, with their coordinator.
@Suite("How a run ends", .serialized)
struct EndTests {
    private static let load = """
        name: ends
        stages:
          - { rate: 30/s, duration: 30 s }
        classes:
          - { name: all, input: 20 tokens, output: 20 tokens }
        """

    private func errorClass(_ request: [String: Any]) -> String? {
        (request["error"] as? [String: Any])?["kind"] as? String
    }

    @Test(
        "Ctrl-C on a terminal drains as a signal to the coordinator does: nothing in flight is cut",
        .enabled(if: Terminal.launcher != nil))
    func terminal() throws {
        try Program.withFolder { folder in
            let opened = Terminal()
            let terminal = try #require(opened)
            defer { terminal.close() }
            let run = folder.appendingPathComponent("run")
            let started = try Program.start(
                [
                    "run", try Program.scenario(Self.load, in: folder), "--local", "2", "--out",
                    run.path,
                ],
                under: Terminal.launcher ?? [], input: terminal.input)
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            terminal.interrupt()
            let result = started.finish(limit: 40)
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.text.contains("partial"))
            let requests = try Program.requests(of: run)
            #expect(requests.count > 5)
            let outcomes = Set(requests.compactMap { $0["outcome"] as? String })
            #expect(outcomes == ["completed"], "\(result.errors)")
        }
    }

    @Test(
        "Two Ctrl-C in a row end with 75, whatever the run is at",
        .enabled(if: Terminal.launcher != nil),
        arguments: ["signals", "gathering", "running"])
    func twice(at phase: String) throws {
        try Program.withFolder { folder in
            let opened = Terminal()
            let terminal = try #require(opened)
            defer { terminal.close() }
            let run = folder.appendingPathComponent("run")
            let agents =
                phase == "gathering"
                ? ["--agents", "1", "--listen", "127.0.0.1:0"] : ["--local", "2"]
            let started = try Program.start(
                ["run", try Program.scenario(Self.load, in: folder), "--out", run.path] + agents,
                under: Terminal.launcher ?? [], input: terminal.input)
            switch phase {
            case "signals":
                // As early as they are caught at all.
                #expect(started.wait { hasThread("signals", below: $0.pid) }, "\(started.errors)")
            case "gathering":
                #expect(started.wait { $0.errors.contains("waiting for agents") })
            default: try #require(started.isUnderWay(in: run), "\(started.errors)")
            }
            terminal.interrupt()
            usleep(20_000)
            terminal.interrupt()
            let result = started.finish(limit: 20)
            #expect(result.status == 75, "\(result.errors)")
            #expect(result.errors.contains("interrupted"), "\(result.errors)")
            let isLeft = FileManager.default.fileExists(atPath: run.path)
            #expect(isLeft == (phase == "running"))
            if phase == "running" {
                #expect(try !Program.requests(of: run).isEmpty)
                #expect(result.seconds < 20)
            }
        }
    }

    @Test("Killed, a coordinator takes its agents along, at once and not after the grace time")
    func killed() throws {
        let server = try SmallServer { request in
            guard request.hasPrefix("POST") else { return .whole(SmallServer.models) }
            return .endless(
                SmallServer.streamHead, piece: SmallServer.token("a"), every: .milliseconds(10))
        }
        defer { server.close() }
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let started = try Program.start([
                "run", try Program.scenario(Self.load + "\nprobe: false", in: folder), "--local",
                "2", "--out",
                run.path, "--url", server.url,
            ])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            let agents = children(of: started.pid)
            #expect(agents.count == 2)
            started.signal(SIGKILL)
            let areGone = started.wait(limit: 5) { _ in agents.allSatisfy { !isRunning($0) } }
            #expect(areGone, "agents outlived their coordinator: \(started.errors)")
            let count = server.requests.count
            usleep(300_000)
            #expect(server.requests.count == count)
        }
    }

    @Test(
        "After the last stage requests in flight have the drain time, are cut then, and counted",
        arguments: [
            "rate: 10/s, duration: 1 s", "rate: 10/s, requests: 10",
            "concurrency: 3, duration: 1 s",
        ])
    func drain(stage: String) throws {
        let server = try SmallServer { request in
            guard request.hasPrefix("POST") else { return .whole(SmallServer.models) }
            return .endless(
                SmallServer.streamHead, piece: SmallServer.token("a"), every: .milliseconds(20))
        }
        defer { server.close() }
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let text = """
                name: drain
                probe: false
                drain: 1 s
                stages:
                  - { \(stage) }
                classes:
                  - { name: all, input: 20 tokens, output: 20 tokens }
                """
            let result = try Program.run(
                [
                    "run", try Program.scenario(text, in: folder), "--out", run.path, "--url",
                    server.url,
                    "--allow-invalid",
                ], limit: 40)
            #expect(result.status == 0, "\(result.errors)")
            let requests = try Program.requests(of: run)
            #expect(!requests.isEmpty)
            for request in requests {
                #expect(request["outcome"] as? String == "unfinished")
                #expect(errorClass(request) == "drain")
            }
            let words = "\(requests.count) requests were still in flight and cut"
            #expect(result.errors.contains(words), "\(result.errors)")
            // The reserve of a closed loop is missed by nobody.
            #expect(!result.errors.contains("never sent"))
        }
    }

    /// Processes that `parent`, or the program that it launched, has started.
    private func children(of parent: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { parentOf($0) == parent }
    }

    private func parentOf(_ pid: Int32) -> Int32? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let tail = stat.split(separator: ")").last?.split(separator: " "), tail.count > 1
        else { return nil }
        return Int32(tail[1])
    }

    private func isRunning(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return false
        }
        return !stat.contains(") Z ")
    }

    /// Whether the process, or a child of it, has a thread of this name.
    private func hasThread(_ name: String, below pid: Int32) -> Bool {
        ([pid] + children(of: pid)).contains { pid in
            let tasks =
                (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
            return tasks.contains { task in
                let path = "/proc/\(pid)/task/\(task)/comm"
                return (try? String(contentsOfFile: path, encoding: .utf8)) == name + "\n"
            }
        }
    }
}

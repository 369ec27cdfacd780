import Foundation
import Testing

@Suite("A terminal that goes away")
struct HangUpTests {
    private static let scenario = """
        name: hangup
        stages: [{ rate: 40/s, duration: 30 s }]
        classes: [{ name: a, input: 20 tokens, output: 10 tokens }]
        """

    /// A terminal of no program: its slave's name, and the master, which keeps it until it is
    /// closed.
    private struct Terminal {
        let master: Int32
        let name: String

        init?() {
            master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            // TIOCSPTLCK unlocks the other side, TIOCGPTN is its number; the importer has neither.
            var (locked, number): (Int32, UInt32) = (0, 0)
            guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0,
                ioctl(master, 0x8004_5430, &number) == 0
            else { return nil }
            name = "/dev/pts/\(number)"
        }
    }

    @Test("SIGHUP drains a run and scores it, with nowhere left to write to")
    func run() throws {
        try Program.withFolder { folder in
            let terminal = try #require(Terminal())
            let file = folder.appendingPathComponent("hangup.yaml")
            try Data(Self.scenario.utf8).write(to: file)
            let run = folder.appendingPathComponent("run")
            let started = try Program.start(
                ["run", file.path, "--out", run.path, "--drain", "2"],
                under: ["/bin/sh", "-c", "exec \"$@\" 2>\(terminal.name) >\(terminal.name)", "sh"])
            try #require(started.isUnderWay(in: run))
            close(terminal.master)
            started.signal(SIGHUP)
            let result = started.finish(limit: 40)
            // The result cannot be printed any more, which is an error; the run's folder has it.
            #expect(result.status == 1, "\(result.status)")
            let summary = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            #expect(String(decoding: summary, as: UTF8.self).contains("partial"))
        }
    }

    @Test("SIGHUP ends an engine in good order, and one under nohup does not hear it")
    func engine() throws {
        let plain = try Program.start(["engine", "--port", "0"])
        let steady = try Program.start(["engine", "--port", "0"], under: ["/usr/bin/nohup"])
        for engine in [plain, steady] {
            try #require(engine.wait { $0.output.contains("listening on http://") })
            engine.signal(SIGHUP)
        }
        let ended = plain.finish(limit: 20)
        #expect(ended.status == 0 && ended.errors.contains("requests answered"), "\(ended.errors)")
        #expect(hangUp("SigIgn", of: steady.pid) && steady.isRunning)
        steady.signal(SIGTERM)
        #expect(steady.finish(limit: 20).status == 0)
    }

    @Test("SIGHUP ends an agent as SIGTERM does")
    func agent() throws {
        try Program.withFolder { folder in
            let ends = try [SIGTERM, SIGHUP].map { signal in
                let agent = try Program.start([
                    "agent", "--coordinator", "127.0.0.1:9", "--url", "http://127.0.0.1:9",
                    "--name", "hung-up-\(signal)", "--spool", folder.path + "/\(signal)",
                    "--patience", "5m",
                ])
                try #require(agent.wait { hangUp("SigCgt", of: $0.pid) }, "\(agent.errors)")
                agent.signal(signal)
                return agent.finish(limit: 20)
            }
            #expect(ends[0].status == ends[1].status, "\(ends.map(\.errors))")
            #expect(ends.allSatisfy { $0.seconds < 20 })
        }
    }

    /// Whether a mask of signals in `/proc` (those caught, those ignored) holds SIGHUP.
    private func hangUp(_ mask: String, of pid: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(mask + ":") }
        let bits = line?.split(whereSeparator: \.isWhitespace).last.flatMap {
            UInt64($0, radix: 16)
        }
        return (bits ?? 0) & 1 << UInt64(SIGHUP - 1) != 0
    }

    @Test("A path that takes no folder names --out")
    func out() throws {
        let result = try Program.start(
            ["run", "--num-prompts", "1"],
            under: ["/bin/sh", "-c", "cd /proc && exec \"$@\"", "sh"]
        ).finish(limit: 30)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("--out"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
}

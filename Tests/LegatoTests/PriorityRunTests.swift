import ChildPrograms
import Foundation
import Glibc
import Testing

/// Runs whose agents may or may not run before their node's other work.
@Suite("The priority of a run's clients", .serialized)
struct PriorityRunTests {
    /// A command that takes the right to real-time priority from the one that follows it, and
    /// leaves these limits; util-linux has both programs.
    private static func without(_ limits: [String]) -> [String] {
        ["/usr/bin/setpriv", "--bounding-set", "-sys_nice", "/usr/bin/prlimit"] + limits
    }

    /// Whether this process has the right to real-time priority, and may take it away.
    private static let canChoose =
        ChildProgram.works(
            "/usr/bin/setpriv", "--bounding-set", "-sys_nice", "/usr/bin/prlimit", "true")
        && ChildProgram.works("/usr/bin/chrt", "-r", "1", "true")
    /// Whether it may allow a program what it has no right to itself.
    private static let canAllow =
        canChoose && ChildProgram.works("/usr/bin/prlimit", "--rtprio=0:1", "true")

    private static let load = [
        "run", "--num-prompts", "12", "--request-rate", "24", "--input-len", "8", "--output-len",
        "5", "--allow-invalid",
    ]

    /// The audit's `priority` of the only agent of a run's folder.
    private func priority(of run: URL) throws -> [String: String?] {
        let data = try Data(contentsOf: run.appendingPathComponent("manifest.json"))
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let agent = try #require((manifest["agents"] as? [[String: Any]])?.first)
        let audit = try #require(agent["audit"] as? [String: Any])
        return try #require(audit["priority"] as? [String: Any]).mapValues { $0 as? String }
    }

    private static let cases: [(launcher: [String], options: [String], expected: [String?])] = [
        ([], [], ["rr", "rr", nil]),
        ([], ["--priority", "nice"], ["nice", "nice", nil]),
        ([], ["--priority", "normal"], ["normal", "normal", nil]),
        (without(["--rtprio=0", "--nice=0"]), [], ["rr", "normal", "not_permitted"]),
        (
            without(["--rtprio=0", "--nice=0"]), ["--priority", "nice"],
            ["nice", "normal", "not_permitted"]
        ),
        (
            without(["--rtprio=0", "--nice=0"]), ["--priority", "normal"],
            ["normal", "normal", nil]
        ),
        // The kernel would end the process at its first busy moment.
        (["/usr/bin/prlimit", "--rttime=20000:20000"], [], ["rr", "nice", "unguarded"]),
    ]

    @Test(
        "What was wanted, what was got and why not stand in manifest and table",
        .enabled(if: canChoose, "needs setpriv, prlimit and the right to SCHED_RR"),
        arguments: cases.indices)
    func wantedAndGot(index: Int) throws { try expect(Self.cases[index]) }

    @Test(
        "Limits allow it, and the hard one is what counts: LimitRTPRIO=1, `ulimit -r 1`",
        .enabled(if: canAllow, "this process may not raise limits (CAP_SYS_RESOURCE)"),
        arguments: [
            (["--rtprio=0:1", "--nice=0"], ["rr", "rr", nil]),
            (["--rtprio=0", "--nice=0:30"], ["rr", "nice", "not_permitted"]),
        ] as [([String], [String?])])
    func allowedByLimits(limits: [String], expected: [String?]) throws {
        try expect((Self.without(limits), [], expected))
    }

    private func expect(
        _ each: (launcher: [String], options: [String], expected: [String?])
    ) throws {
        let (launcher, options, expected) = each
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.start(
                Self.load + options + ["--verbose", "--out", run.path], under: launcher
            ).finish()
            try #require(result.status == 0, "\(result.errors)")
            let priority = try priority(of: run)
            #expect(["wanted", "got", "refused"].map { priority[$0] ?? nil } == expected)
            let header = try #require(
                result.text.split(separator: "\n").first { $0.hasPrefix(" client") })
            #expect(header.hasSuffix("  priority"))
            let words = result.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
            let isRefused = expected[2] != nil
            #expect(words.contains("refused the priority") == isRefused, "\(words)")
            if expected[2] == "not_permitted" {
                #expect(words.contains("`setcap cap_sys_nice+ep`"))
            }
            #expect(
                words.contains("LimitRTPRIO=1")
                    == (isRefused && expected[0] == "rr" && launcher.count > 2), "\(words)")
        }
    }

    @Test(
        "Only the thread that stamps and sends has it, and only while there is a load",
        .enabled(if: canChoose, "needs setpriv, prlimit and the right to SCHED_RR"))
    func onlyTheLoadsThread() throws {
        try Program.withFolder { folder in
            let run = try Program.start([
                "run", "--duration", "4 s", "--request-rate", "20", "--input-len", "8",
                "--output-len", "5", "--allow-invalid", "--out",
                folder.appendingPathComponent("run").path,
            ])
            var policies: [String: Set<Int32>] = [:]
            #expect(
                run.wait(limit: 30) { run in
                    policies = Self.policies(ofChildrenOf: run.pid)
                    return policies["load"]?.contains(SCHED_RR) ?? false
                }, "\(policies)")
            #expect(policies["load"] == [SCHED_RR])
            for name in ["link", "clock", "engine"] {
                #expect(policies[name] == [SCHED_OTHER], "\(name)")
            }
            #expect(policies.filter { $0.value.contains(SCHED_RR) }.count == 1, "\(policies)")
            // The coordinator and all of its threads are normal ones.
            for id in Self.threads(of: run.pid) {
                #expect(sched_getscheduler(id) & 0xFF == SCHED_OTHER)
            }
            #expect(run.finish().status == 0)
        }
    }

    private static func threads(of process: pid_t) -> [pid_t] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        return (names ?? []).compactMap { pid_t($0) }
    }

    /// The scheduling policies of the threads of a process's children, by the threads' names.
    private static func policies(ofChildrenOf parent: pid_t) -> [String: Set<Int32>] {
        var policies: [String: Set<Int32>] = [:]
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in all.compactMap({ pid_t($0) }) where Self.parent(of: process) == parent {
            for thread in threads(of: process) {
                let path = "/proc/\(process)/task/\(thread)/comm"
                guard let name = try? String(contentsOfFile: path, encoding: .utf8) else {
                    continue
                }
                let policy = sched_getscheduler(thread) & 0xFF
                policies[name.trimmingCharacters(in: .newlines), default: []].insert(policy)
            }
        }
        return policies
    }

    private static func parent(of process: pid_t) -> pid_t? {
        // `pid (name) state ppid ...`, and a name may hold anything.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[end...].split(separator: " ")
        return fields.count > 2 ? pid_t(fields[2]) : nil
    }

    private static func text(_ file: String) throws -> String {
        try String(
            contentsOf: Program.root.appendingPathComponent("cluster/\(file)"), encoding: .utf8)
    }

    @Test("The systemd unit allows it, and its twin in the batch file starts every agent")
    func clusterFiles() throws {
        let unit = try Self.text("legato-agent.service").split(separator: "\n")
        #expect(unit.contains("LimitRTPRIO=1"))
        #expect(
            try Self.text("legato-agents.sbatch").contains(#"bash -c "$rtprio" "$legato" agent "#))
    }

    @Test(
        "The batch file's line raises the limit where it may, and starts the agent where not",
        .enabled(if: ChildProgram.works("/usr/bin/prlimit", "true"), "needs prlimit"),
        arguments: [("0:0", "0"), ("0:1", "1"), ("0:99", "1")])
    func batchLimit(limit: String, expected: String) throws {
        // Without the right to raise limits there is nothing to see but the first.
        guard limit == "0:0" || Self.canAllow else { return }
        let line = try #require(
            try Self.text("legato-agents.sbatch").split(separator: "\n")
                .first { $0.hasPrefix("rtprio='") })
        let script = String(line.dropFirst("rtprio='".count).dropLast())
        let (status, words) = try ChildProgram.run(
            "/usr/bin/prlimit",
            [
                "--rtprio=\(limit)", "/usr/bin/setpriv", "--bounding-set", "-sys_resource", "bash",
                "-c", script, "/bin/bash", "-c", "ulimit -S -r",
            ])
        #expect(words.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
        #expect(status == 0)
    }

    @Test("Agents that dial in have a priority of their own, and an unknown one is bad usage")
    func badUsage() throws {
        for (arguments, word) in [
            (
                ["run", "--agents", "1", "--listen", "127.0.0.1:0", "--priority", "rr"],
                "legato agent"
            ),
            (["run", "--priority", "high"], "rr"), (["agent", "--priority", "fifo"], "rr"),
            (["bench", "clock", "--load", "2"], "--load belongs to"),
            (["bench", "fidelity", "--load", "0"], "1 to 1024"),
        ] {
            let result = try Program.run(arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.errors.contains(word), "\(result.errors)")
        }
    }
}

import ChildPrograms
import Foundation
import Testing

private let unshare = "/usr/bin/unshare"

/// Root, and a kernel and a container that allow them.
private let areAllowed: Bool = {
    guard getuid() == 0, FileManager.default.isExecutableFile(atPath: unshare) else {
        return false
    }
    return ChildProgram.works(unshare, "-T", "--fork", "--monotonic", "5", "true")
}()

/// Agents whose clocks have other offsets than the coordinator's, on one host.
@Suite("A run under time namespaces", .serialized, .enabled(if: areAllowed))
struct TimeNamespaceTests {
    private static let scenario = """
        name: namespaces
        seed: 7
        stages:
          - rate: 20 /s
            duration: 1 s
        classes:
          - {name: chat, input: 20 tokens, output: 8 tokens}
        """

    @Test("The offsets are found, the agents start together, and the clocks are bound")
    func offsets() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("scenario.yaml")
            try Data(Self.scenario.utf8).write(to: file)
            let run = folder.appendingPathComponent("run")
            let leader = try Program.start([
                "run", file.path, "--agents", "2", "--listen", "127.0.0.1:0", "--out", run.path,
            ])
            let words = "waiting for agents on "
            try #require(leader.wait { $0.errors.contains(words) }, "\(leader.errors)")
            let address = try #require(
                leader.errors.components(separatedBy: words).last?
                    .split(whereSeparator: \.isWhitespace).first)
            let agents = try [0, 5_000].map { seconds in
                try Program.start(
                    [
                        "agent", "--coordinator", "\(address)", "--embedded-engine", "--name",
                        "ahead-\(seconds)", "--spool", folder.path + "/spool-\(seconds)",
                    ],
                    under: seconds == 0
                        ? []
                        : [
                            unshare, "-T", "--fork", "--monotonic", "\(seconds)",
                            "--boottime", "\(seconds)",
                        ])
            }
            let result = leader.finish()
            for agent in agents { #expect(agent.finish().status == 0, "\(agent.errors)") }
            try #require([0, 2].contains(result.status), "\(result.errors)")
            let manifest = try #require(
                JSONSerialization.jsonObject(
                    with: Data(contentsOf: run.appendingPathComponent("manifest.json")))
                    as? [String: Any])
            let listed = try #require(manifest["agents"] as? [[String: Any]])
            #expect(listed.count == 2)
            for agent in listed { try check(agent) }
        }
    }

    private func check(_ agent: [String: Any]) throws {
        let isAhead = agent["name"] as? String == "ahead-5000"
        // Coordinator minus agent: known to the round trip of a loopback under load.
        let offset = try #require(agent["clock_offset"] as? Double)
        #expect(abs(offset + (isAhead ? 5e12 : 0)) < 1e6, "\(offset)")
        let start = try #require(agent["start"] as? [String: Any])
        let intended = try #require(start["intended_raw_ns"] as? Int64)
        let achieved = try #require(start["achieved_raw_ns"] as? Int64)
        let error = try #require(start["error_ns"] as? Int64)
        let ends = try #require(start["error_bounds_ns"] as? [Int64])
        // A timer is never early, and late by what a busy machine takes.
        #expect((0..<1_000_000_000).contains(achieved - intended))
        #expect(abs(error - (achieved - intended)) < 1_000_000, "\(start)")
        #expect(ends[0] <= error && error <= ends[1] && ends[1] - ends[0] < 2_000_000, "\(ends)")
    }
}

import Foundation
import Testing

@Suite("legato runs", .serialized)
struct RunsCommandTests {
    private static let files = FileManager.default

    /// A store with a run of each kind, all of them an hour and a half old.
    private static func withStore(_ body: (String) throws -> Void) throws {
        try Program.withFolder { folder in
            let store = folder.path + "/store"
            try files.createDirectory(atPath: store, withIntermediateDirectories: false)
            let load = [
                "--virtual", "--num-prompts", "40", "--input-len", "200", "--output-len", "20",
                "--seed", "4",
            ]
            for arguments in [
                ["run", "--request-rate", "4", "--out", store + "/a"] + load,
                ["run", "--request-rate", "9", "--out", store + "/b"] + load,
                ["run", "--request-rate", "4", "--repeat", "2", "--out", store + "/rep"] + load,
                [
                    "sweep", Program.root.path + "/workloads/steady.yaml", "--virtual", "--loads",
                    "2,4", "--num-prompts", "40", "--out", store + "/sw",
                ],
            ] {
                let made = try Program.run(arguments)
                try #require([0, 2].contains(made.status), "\(made.errors)")
            }
            try age(store)
            try body(store)
        }
    }

    /// Puts the last write of every file an hour and a half back.
    private static func age(_ folder: String) throws {
        for name in try files.subpathsOfDirectory(atPath: folder) {
            try files.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -5_400)],
                ofItemAtPath: folder + "/" + name)
        }
    }

    private static func list(_ arguments: [String]) throws -> [[String: Any]] {
        let result = try Program.run(["runs"] + arguments + ["--json"])
        #expect(result.status == 0, "\(result.errors)")
        let list = try JSONSerialization.jsonObject(with: result.output) as? [[String: Any]]
        return try #require(list)
    }

    private static func names(_ list: [[String: Any]]) -> Set<String> {
        Set(list.compactMap { $0["folder"] as? String })
    }

    @Test("A line a folder with its summary's figures; a broken one is a line with its problem")
    func lists() throws {
        try Self.withStore { store in
            let list = try Self.list([store])
            #expect(Self.names(list) == ["a", "b", "rep", "sw"])
            let began = list.compactMap { $0["began"] as? Int }
            #expect(began == began.sorted(by: >))
            let a = try #require(list.first { $0["folder"] as? String == "a" })
            let data = try Data(contentsOf: URL(fileURLWithPath: store + "/a/summary.json"))
            let summary = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let totals = summary?["totals"] as? [String: Any]
            #expect(a["smooth_goodput"] as? Double == totals?["smooth_goodput"] as? Double)
            #expect(a["verdict"] as? String == "simulated")
            #expect(a["bytes"] as? Int ?? 0 > 10_000)
            let sweep = list.first { $0["folder"] as? String == "sw" }
            #expect(sweep?["kind"] as? String == "sweep" && sweep?["runs"] as? Int == 2)
            let repeats = list.first { $0["folder"] as? String == "rep" }
            #expect(repeats?["kind"] as? String == "repeats" && repeats?["runs"] as? Int == 2)
            #expect(Self.names(try Self.list([store, "--server", "simulated"])).count == 4)
            #expect(Self.names(try Self.list([store, "--name", "rep"])) == ["rep"])
            #expect(Self.names(try Self.list([store, "--smooth", ">1e9"])).isEmpty)
            #expect(Self.names(try Self.list([store, "--since", "1h"])).count == 4)
            #expect(Self.names(try Self.list([store, "--before", "2026-01-01"])).isEmpty)

            try Data("{".utf8).write(to: URL(fileURLWithPath: store + "/b/summary.json"))
            try Self.files.createDirectory(
                atPath: store + "/notes", withIntermediateDirectories: false)
            try Self.files.createSymbolicLink(
                atPath: store + "/link", withDestinationPath: store + "/a")
            let damaged = try Self.list([store, "--verdict", "damaged"])
            #expect(Self.names(damaged) == ["b", "notes"])
            let text = try Program.run(["runs", store])
            #expect(text.status == 0 && text.text.contains("summary.json:1:"), "\(text.text)")
            #expect(text.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            #expect(!text.text.contains("link"))
        }
    }

    @Test("Pruning shows first, keeps the newest, and leaves what is not a run's")
    func prunes() throws {
        try Self.withStore { store in
            let before = try FolderState(URL(fileURLWithPath: store))
            let shown = try Program.run(["runs", store, "--prune", "--keep", "1"])
            #expect(shown.status == 0 && shown.errors.contains("--yes removes 3 folders"))
            #expect(try FolderState(URL(fileURLWithPath: store)) == before)
            let all = try Program.run(["runs", store, "--prune"])
            #expect(all.status == 64 && all.errors.contains("every run"))

            let link = store + "/a/elsewhere"
            let target = store + "/../precious"
            try Self.files.createDirectory(atPath: target, withIntermediateDirectories: false)
            try Data("x".utf8).write(to: URL(fileURLWithPath: target + "/manifest.json"))
            try Self.files.createSymbolicLink(atPath: link, withDestinationPath: target)
            try Self.files.createSymbolicLink(
                atPath: store + "/link", withDestinationPath: target)
            let left = try Program.run(["runs", store, "--prune", "--keep", "0", "--yes"])
            #expect(left.status == 1 && left.errors.contains("a is left: it holds elsewhere"))
            #expect(left.errors.contains("removed 3 folders"))
            #expect(Set(try Self.files.contentsOfDirectory(atPath: store)) == ["a", "link"])
            #expect(Self.files.fileExists(atPath: target + "/manifest.json"))

            try Self.files.removeItem(atPath: link)
            let last = try Program.run(["runs", store, "--prune", "--keep", "0", "--yes"])
            #expect(last.status == 0, "\(last.errors)")
            #expect(try Self.files.contentsOfDirectory(atPath: store) == ["link"])
        }
    }

    @Test("A run without an end is under way while it is written to, and never removed then")
    func underWay() throws {
        try Self.withStore { store in
            let journal = store + "/a/tokens.log"
            try Data("LGTJ".utf8).write(to: URL(fileURLWithPath: journal))
            for name in ["manifest.json", "summary.json", "requests.jsonl"] {
                try Self.files.removeItem(atPath: store + "/a/" + name)
            }
            #expect(Self.names(try Self.list([store, "--verdict", "under way"])) == ["a"])
            let arguments = ["runs", store, "--prune", "--name", "a", "--keep", "0", "--yes"]
            let left = try Program.run(arguments + ["--verdict", "under way"])
            #expect(left.status == 1 && left.errors.contains("may still be written"))
            #expect(Self.files.fileExists(atPath: journal))
            try Self.age(store)
            #expect(Self.names(try Self.list([store, "--verdict", "unfinished"])) == ["a"])
            let removed = try Program.run(arguments + ["--verdict", "unfinished"])
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(!Self.files.fileExists(atPath: store + "/a"))
            let itself = try Program.run(["runs", store + "/b"])
            #expect(itself.status == 65 && itself.errors.contains("run's folder itself"))
        }
    }
}

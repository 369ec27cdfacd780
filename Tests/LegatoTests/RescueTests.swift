import ChildPrograms
import Foundation
import Journal
import Testing

/// `legato score RUN --out DIR`: a run's folder, written anew from its journal.
@Suite("A run's folder from its journal", .serialized)
struct RescueTests {
    private static let load = [
        "run", "--request-rate", "40", "--num-prompts", "40", "--output-len", "8", "--input-len",
        "20", "--allow-invalid",
    ]
    private static let files = ["manifest.json", "requests.jsonl", "summary.json", "tokens.log"]

    /// Makes a run of two agents; hands on the scratch folder and the run's.
    private func withRun(
        _ options: [String] = [], _ body: (_ folder: URL, _ run: URL) throws -> Void
    ) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(
                Self.load + ["--local", "2", "--out", run.path] + options)
            try #require(result.status == 0, "\(result.errors)")
            try body(folder, run)
        }
    }

    private func bytes(_ name: String, of run: URL) throws -> Data {
        try Data(contentsOf: run.appendingPathComponent(name))
    }

    /// Writes `run` into `out`, and holds what it says against a score without `--out` and against
    /// scores of what was written; the run is left as it is.
    @discardableResult
    private func write(
        _ run: URL, to out: URL, sameAs options: [String] = ["--remap"], _ words: String = ""
    ) throws -> Program.Result {
        let before = try FolderState(run)
        let written = try Program.run(["score", run.path, "--json", "--out", out.path])
        #expect([0, 2].contains(written.status), "\(words): \(written.errors)")
        #expect(try FolderState(run).changes(from: before).isEmpty, "\(words)")
        let scored = try Program.run(["score", run.path, "--json"] + options)
        #expect(written.output == scored.output && written.status == scored.status, "\(words)")
        #expect(try bytes("summary.json", of: out) == written.output, "\(words)")
        let names = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
        #expect(names == Self.files, "\(words)")
        for options in [[], ["--remap"]] {
            let again = try Program.run(["score", out.path, "--json"] + options)
            #expect(again.output == written.output, "\(words) \(options): \(again.errors)")
            #expect(again.status == written.status, "\(words) \(options)")
        }
        return written
    }

    private func expectSame(_ names: [String], _ a: URL, _ b: URL, _ words: String = "") throws {
        for name in names {
            #expect(try bytes(name, of: a) == bytes(name, of: b), "\(words) \(name)")
        }
    }

    @Test("A run that ended is written to the same bytes", arguments: [[], ["--tokens", "never"]])
    func finished(options: [String]) throws {
        try withRun(options) { folder, run in
            let out = folder.appendingPathComponent("new/out")
            try write(run, to: out)
            try expectSame(Self.files, out, run)
            for (path, mode) in [("", 0o40700)] + Self.files.map({ ("/" + $0, 0o100600) }) {
                var status = stat()
                #expect(lstat(out.path + path, &status) == 0 && Int(status.st_mode) == mode)
            }
            // The table ends with the new folder.
            let empty = folder.appendingPathComponent("empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
            let table = try Program.run([
                "score", run.path + "/tokens.log", "--out", empty.path + "/", "--allow-invalid",
            ])
            #expect(table.status == 0 && table.text.contains("/empty"), "\(table.errors)")
            try expectSame(Self.files, empty, run)
        }
    }

    @Test("Files that are damaged or missing beside a whole journal are made anew")
    func otherFilesDamaged() throws {
        try withRun { folder, run in
            let kept = folder.appendingPathComponent("kept")
            try FileManager.default.copyItem(at: run, to: kept)
            let requests = try bytes("requests.jsonl", of: run)
            for (name, content) in [
                ("requests.jsonl", requests.prefix(requests.count / 2)),
                ("requests.jsonl", Data("{".utf8)), ("requests.jsonl", nil),
                ("summary.json", nil), ("summary.json", Data()),
            ] {
                let file = run.appendingPathComponent(name)
                try content?.write(to: file)
                if content == nil { try FileManager.default.removeItem(at: file) }
                let out = folder.appendingPathComponent("out")
                let result = try Program.run([
                    "score", run.path, "--out", out.path, "--allow-invalid",
                ])
                #expect(result.status == 0, "\(result.errors)")
                try expectSame(Self.files, out, kept, name)
                try FileManager.default.removeItem(at: out)
                try bytes(name, of: kept).write(to: file)
            }
        }
    }

    @Test("Options of another reader: the summary is for that one, the rest for the run's own")
    func otherReader() throws {
        try withRun { folder, run in
            let out = folder.appendingPathComponent("out")
            let reader = ["--preset", "robust", "--percentiles", "25", "--json", "--allow-invalid"]
            let result = try Program.run(["score", run.path, "--out", out.path] + reader)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try bytes("summary.json", of: out) == result.output)
            #expect(try Program.run(["score", run.path] + reader).output == result.output)
            #expect(try Program.run(["score", out.path] + reader).output == result.output)
            try expectSame(Self.files.filter { $0 != "summary.json" }, out, run)
            #expect(
                try Program.run(["score", out.path, "--json"]).output
                    == bytes("summary.json", of: run))
        }
    }

    @Test("A run whose coordinator was killed: written twice it is the same, torn ends aside")
    func killedCoordinator() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let started = try Program.start([
                "run", "--request-rate", "40", "--duration", "20 s", "--output-len", "8",
                "--input-len", "20", "--local", "2", "--out", run.path, "--grace", "1 s",
            ])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            // A run that goes on is written as far as it has come, and goes on.
            let early = folder.appendingPathComponent("early")
            let underWay = try Program.run(["score", run.path, "--json", "--out", early.path])
            #expect(underWay.status == 2 && started.isRunning, "\(underWay.errors)")
            for options in [[], ["--remap"]] {
                let again = try Program.run(["score", early.path, "--json"] + options)
                #expect(again.output == underWay.output, "\(again.errors)")
            }
            started.signal(SIGKILL)
            _ = started.finish()
            // The journal alone: agents may still write into their part of the folder.
            let dead = folder.appendingPathComponent("dead")
            try FileManager.default.createDirectory(at: dead, withIntermediateDirectories: false)
            try bytes("tokens.log", of: run).write(to: dead.appendingPathComponent("tokens.log"))
            let outs = ["a", "b", "c"].map { folder.appendingPathComponent($0) }
            for out in outs.dropLast() {
                let written = try write(dead, to: out, sameAs: [])
                #expect(written.status == 2 && written.json()["verdict"] as? String != "valid")
            }
            try expectSame(Self.files, outs[0], outs[1])
            // Killed within a write, it leaves a part of an entry; no result has it.
            let journal = try bytes("tokens.log", of: outs[0])
            var scanner = SegmentScanner()
            scanner.append(journal)
            var last = 0..<0
            while scanner.next() != nil { last = scanner.range }
            let torn = journal + journal[last].dropLast()
            try torn.write(to: dead.appendingPathComponent("tokens.log"))
            try write(dead, to: outs[2], sameAs: [])
            try expectSame(Self.files, outs[2], outs[0])
        }
    }

    @Test("A damaged journal: what is whole is written, and the damage is told again")
    func damagedJournal() throws {
        try withRun { folder, run in
            let whole = try bytes("tokens.log", of: run)
            var flipped = whole
            flipped[whole.count / 2] ^= 4
            for (index, damaged) in [
                flipped, whole.prefix(whole.count * 2 / 3), whole + Data(count: 4_096),
            ].enumerated() {
                try damaged.write(to: run.appendingPathComponent("tokens.log"))
                let out = folder.appendingPathComponent("out-\(index)")
                let written = try write(run, to: out, "damage \(index)")
                #expect(written.json()["journal_damage"] != nil, "damage \(index)")
                #expect(written.status == 2)
                try expectSame(["tokens.log"], out, run)
            }
        }
    }

    @Test("What cannot be written, and where nothing can be written to: a sentence, and no folder")
    func refused() throws {
        try withRun { folder, run in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let vector = path("vector.json")
            try Data(#"{"parameters": {}, "requests": []}"#.utf8).write(
                to: URL(fileURLWithPath: vector))
            let former = Program.root.appendingPathComponent(
                "Tests/LegatoTests/RunOfBatchFormat1"
            ).path
            let foreign = path("foreign")
            try FileManager.default.createDirectory(
                atPath: foreign, withIntermediateDirectories: false)
            try Data("notes\n".utf8).write(to: URL(fileURLWithPath: foreign + "/tokens.log"))
            let full = path("full")
            try FileManager.default.copyItem(atPath: foreign, toPath: full)
            try FileManager.default.createSymbolicLink(
                atPath: path("link"), withDestinationPath: foreign)
            let mixed = path("mixed")
            try FileManager.default.copyItem(atPath: former, toPath: mixed)
            try FileManager.default.removeItem(atPath: mixed + "/tokens.log")
            try FileManager.default.copyItem(
                atPath: run.path + "/tokens.log", toPath: mixed + "/tokens.log")
            let cut = path("cut")
            try FileManager.default.copyItem(atPath: run.path, toPath: cut)
            try Data("{".utf8).write(to: URL(fileURLWithPath: cut + "/manifest.json"))
            let out = path("out")
            let before = try FolderState(folder)
            for (source, out, status, words) in [
                (vector, out, Int32(65), "vector.json: is no run's folder"),
                (path("none"), out, 1, "none: cannot be read: No such file"),
                (foreign, out, 65, "foreign/tokens.log: is damaged from byte 0"),
                (former, out, 65, "too little of its run for files to be made from it"),
                (mixed, out, 65, "and the manifest is of run "),
                (cut, out, 65, "manifest.json:1: column 2: "),
                (cut, out, 65, "; to go by tokens.log alone, copy that into a folder of its own"),
                (run.path, full, 1, "full: exists and is not empty"),
                (run.path, run.path, 1, "run: lies in the run's own folder"),
                (run.path, run.path + "/new/out", 1, "out: lies in the run's own folder"),
                (run.path, vector, 1, "vector.json: cannot be opened: Not a directory"),
                (run.path, path("link"), 1, "link: cannot be opened: Not a directory"),
                (run.path, vector + "/out", 1, "is a file where a folder is wanted"),
            ] {
                let result = try Program.run(["score", source, "--out", out])
                #expect(result.status == status && result.output.isEmpty, "\(words)")
                #expect(result.errors.contains(words), "\(result.errors)")
                #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            }
            let several = try Program.run(["score", run.path, run.path, "--out", out])
            #expect(several.status == 64 && several.errors.contains("takes one run"))
            #expect(try FolderState(folder).changes(from: before).isEmpty)
        }
    }

    /// Whether a file system of one's own may be mounted here.
    private static let canMount = ChildProgram.works(
        "/usr/bin/unshare", "-m", "/bin/sh", "-c", "mount -t tmpfs none /mnt")

    @Test("A disk that fills leaves a sentence and nothing else", .enabled(if: canMount))
    func fullDisk() throws {
        try withRun { folder, run in
            let disk = folder.appendingPathComponent("disk").path
            try FileManager.default.createDirectory(
                atPath: disk, withIntermediateDirectories: false)
            // The disk is gone with its namespace: what it holds is told by a list of names.
            let script = """
                mount -t tmpfs -o size="$2k" none "$1" && disk=$1 && shift 2 && "$@"
                code=$?; ls -A "$disk" "$disk/out" 2>&1; exit $code
                """
            var named: Set<String> = []
            var isWhole = false
            for size in stride(from: 4, to: 4_000, by: 8) where !isWhole {
                for out in [disk + "/out", disk] {
                    let result = try Program.start(
                        ["score", run.path, "--allow-invalid", "--json", "--out", out],
                        under: [
                            "/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", disk,
                            "\(size)",
                        ]
                    ).finish()
                    guard result.status != 0 else {
                        isWhole = true
                        continue
                    }
                    #expect(result.status == 1, "\(size): \(result.errors)")
                    #expect(result.errors.hasSuffix("device; free space on its disk\n"), "\(size)")
                    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
                    let left = Self.files.filter { result.text.contains($0) }
                    #expect(left.isEmpty && !result.text.contains(".new"), "\(result.text)")
                    named.formUnion(Self.files.filter { result.errors.contains($0) })
                }
            }
            #expect(isWhole && named.contains("tokens.log"))
            #expect(named.contains("requests.jsonl") && named.contains("manifest.json"))
        }
    }
}

import ChildPrograms
import Foundation
import Journal
import Testing

/// Reading never writes, creates, cuts, syncs or locks; a damaged journal is scored as far as it
/// goes.
@Suite("Reading a run's folder", .serialized)
struct ReadingTests {
    private static let load = [
        "run", "--request-rate", "40", "--num-prompts", "60", "--output-len", "12", "--input-len",
        "20",
    ]

    /// The verdict on a run before anything is damaged: a busy machine may have spoilt it.
    private struct Whole {
        var verdict: String
        /// The exit code of a score.
        var status: Int32

        /// The verdict once a part is missing.
        var damaged: String { verdict == "valid" ? "partial" : verdict }
    }

    /// Makes one run and hands its folder on.
    private func withRun(
        _ options: [String] = [],
        _ body: (_ folder: URL, _ run: URL, _ whole: Whole) throws -> Void
    ) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(
                Self.load + ["--out", run.path, "--allow-invalid"] + options)
            try #require(result.status == 0, "\(result.errors)")
            let score = try Program.run(["score", run.path, "--json"])
            let verdict = try #require(score.json()["verdict"] as? String)
            try #require(score.status == (verdict == "valid" ? 0 : 2), "\(score.errors)")
            try body(folder, run, Whole(verdict: verdict, status: score.status))
        }
    }

    /// The byte that `json` names, which is `expected` where that is known.
    private func offset(
        in json: [String: Any], expected: Int?, _ name: String
    ) throws -> Int {
        let damage = try #require(json["journal_damage"] as? [String: Any], "\(name)")
        let offset = try #require(damage["offset"] as? Int)
        #expect(expected == nil || offset == expected, "\(name): \(damage)")
        #expect(damage["bytes"] as? Int ?? 0 >= offset, "\(name)")
        return offset
    }

    /// The arguments of each reading command.
    private static func commands(_ run: URL) -> [[String]] {
        [
            ["score", run.path], ["score", run.path, "--json", "--preset", "robust"],
            ["score", run.path, "--remap"], ["score", run.path + "/tokens.log", "--remap"],
            ["score", run.path, run.path, "--remap"], ["clock", run.path],
            ["clock", run.path, "--json"],
        ]
    }

    /// A way in which a journal is damaged; `byte` is a byte that lies within an entry of tokens.
    enum Damage: String, CaseIterable {
        case flippedBit, cutInAnEntry, cutBetweenEntries, zerosAtTheEnd, holeOfZeros, header, empty
        case foreignFile, garbageAtTheEnd, repeatedEntry, missingEntry

        /// The damaged bytes, and the byte from which on they are no good; nil for a byte that
        /// depends on more.
        func applied(to journal: Data, _ entries: [Range<Int>]) -> (bytes: Data, from: Int?) {
            var bytes = journal
            let middle = entries[entries.count / 2]
            switch self {
            case .flippedBit:
                bytes[middle.lowerBound + 20] ^= 4
                return (bytes, middle.lowerBound)
            case .cutInAnEntry: return (bytes.prefix(middle.lowerBound + 20), middle.lowerBound)
            case .cutBetweenEntries: return (bytes.prefix(middle.lowerBound), middle.lowerBound)
            case .zerosAtTheEnd: return (bytes + Data(count: 4_096), journal.count)
            case .holeOfZeros:
                bytes.replaceSubrange(middle, with: Data(count: middle.count))
                return (bytes, middle.lowerBound)
            case .header:
                bytes[9] ^= 1
                return (bytes, 0)
            case .empty: return (Data(), 0)
            case .foreignFile: return (Data("notes of mine\n".utf8), 0)
            case .garbageAtTheEnd: return (bytes + Data("garbage".utf8), journal.count)
            case .repeatedEntry:
                // Whole by its checksum: what it says cannot be.
                bytes.insert(contentsOf: journal[middle], at: middle.upperBound)
                return (bytes, middle.upperBound)
            case .missingEntry:
                bytes.removeSubrange(middle)
                return (bytes, nil)
            }
        }

        /// Whether the start of the run is lost, without which nothing can be placed in time.
        var losesStart: Bool { self == .empty || self == .foreignFile }

        /// Whether nothing is lost and nothing is in doubt.
        var isHarmless: Bool { self == .repeatedEntry }

        /// Whether records of requests are lost.
        var losesRecords: Bool {
            [.flippedBit, .cutInAnEntry, .cutBetweenEntries, .holeOfZeros, .missingEntry]
                .contains(self)
        }

        /// Whether good entries lie behind it.
        var isInTheMiddle: Bool { [.flippedBit, .holeOfZeros, .header].contains(self) }

        /// Whether the journal ends where the coordinator's would that died.
        var isCut: Bool { self == .cutInAnEntry || self == .cutBetweenEntries }
    }

    /// Where the entries with tokens lie.
    private func tokenEntries(_ journal: Data) throws -> [Range<Int>] {
        var scanner = SegmentScanner()
        scanner.append(journal)
        var ranges: [Range<Int>] = []
        while let entry = scanner.next() {
            if case .batch(let batch) = entry, batch.records > 0 { ranges.append(scanner.range) }
        }
        try #require(ranges.count > 4 && scanner.tail.damage == nil)
        return ranges
    }

    private func totals(_ result: Program.Result) -> [String: Any] {
        result.json()["totals"] as? [String: Any] ?? [:]
    }

    @Test("Nothing in the folder changes, whatever is read and however the journal is damaged")
    func nothingChanges() throws {
        try withRun { _, run, base in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            let entries = try tokenEntries(whole)
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            for damage in [nil] + Damage.allCases.map(Optional.some) {
                let bytes = damage?.applied(to: whole, entries).bytes ?? whole
                try bytes.write(to: journal)
                let before = try FolderState(run)
                for command in Self.commands(run) {
                    let result = try Program.run(command)
                    let changes = try FolderState(run).changes(from: before)
                    let name = damage?.rawValue ?? "whole"
                    #expect(changes.isEmpty, "\(name) \(command): \(changes)")
                    #expect(
                        [0, 2, 65].contains(result.status), "\(command): \(result.errors)")
                    let status = command[0] == "clock" ? 0 : base.status
                    if damage == nil { #expect(result.status == status, "\(result.errors)") }
                    // Token times are in requests.jsonl, so a plain score needs no journal.
                    if command == ["score", run.path] { #expect(result.status == status) }
                }
                let again = try Program.run(["score", run.path, "--json"])
                #expect(again.output == stored)
            }
            try FileManager.default.removeItem(at: journal)
            let before = try FolderState(run)
            for command in Self.commands(run) where command != ["score", run.path] {
                let result = try Program.run(command)
                #expect(try FolderState(run).changes(from: before).isEmpty, "\(command)")
                guard !command.contains("--json") || command[0] == "clock" else { continue }
                #expect(result.status == 1, "\(command)")
                #expect(result.errors.contains("tokens.log: cannot be read: No such file"))
                #expect(result.errors.split(separator: "\n").count <= 2)
            }
        }
    }

    /// Checks a score of a run of 60 requests whose times all come from a damaged journal.
    ///
    /// - Parameters:
    ///   - from: The byte from which on it is no good, where that is known.
    ///   - all: Tokens of the run.
    private func check(
        _ result: Program.Result, _ damage: Damage, from: Int?, verdict: String, all: Int
    ) throws {
        #expect(result.status == 2, "\(damage): \(result.errors)")
        let summary = result.json()
        #expect(summary["verdict"] as? String == verdict, "\(damage)")
        _ = try offset(in: summary, expected: from, damage.rawValue)
        let found = summary["journal_damage"] as? [String: Any] ?? [:]
        let lost = try #require(found["requests"] as? Int)
        let tokens = try #require(totals(result)["tokens"] as? Int)
        let outcomes = totals(result)["outcomes"] as? [String: Int] ?? [:]
        let behind = try #require(found["found_behind"] as? Int)
        #expect(damage.isInTheMiddle == (behind > 0), "\(damage): \(behind)")
        #expect(tokens > 0 && damage.losesRecords == (tokens < all), "\(damage): \(tokens)")
        // Records behind a cut are not known, as of a run whose coordinator died.
        guard !damage.isCut else { return }
        #expect(damage.losesRecords == (lost > 0) && lost < 60, "\(damage): \(lost)")
        #expect(outcomes["unfinished"] == lost && outcomes.values.reduce(0, +) == 60, "\(damage)")
        #expect((found["agents"] as? [String])?.isEmpty == !damage.losesRecords, "\(damage)")
    }

    /// Checks that the start of the run is lost, and that one sentence says so.
    private func checkStartIsLost(_ result: Program.Result, _ damage: Damage) {
        #expect(result.status == 65 && result.output.isEmpty, "\(damage): \(result.errors)")
        #expect(result.errors.contains("tokens.log: is damaged from byte 0 of "), "\(damage)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(damage)")
    }

    @Test("Remapped by a damaged journal: as far as it goes, the byte is named, partial")
    func remappedAsFarAsItGoes() throws {
        try withRun { _, run, base in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            let entries = try tokenEntries(whole)
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            let all = try #require(
                totals(try Program.run(["score", run.path, "--json"]))["tokens"] as? Int)
            for damage in Damage.allCases {
                let (bytes, from) = damage.applied(to: whole, entries)
                try bytes.write(to: journal)
                let result = try Program.run(["score", run.path, "--remap", "--json"])
                if damage.losesStart {
                    checkStartIsLost(result, damage)
                    continue
                }
                if damage.isHarmless {
                    #expect(result.output == stored, "\(damage): \(result.errors)")
                    continue
                }
                try check(result, damage, from: from, verdict: base.damaged, all: all)
                let byte = try offset(in: result.json(), expected: from, damage.rawValue)
                let table = try Program.run(["score", run.path, "--remap", "--allow-invalid"])
                #expect(table.status == 0)
                let words = table.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(words.contains("tokens.log is damaged from byte \(byte) "), "\(words)")
                #expect(words.contains(" \(base.damaged) "), "\(words)")
            }
        }
    }

    @Test("Token times that only the journal has: those before the damage count, others do not")
    func withoutTokenTimes() throws {
        try withRun(["--tokens", "never", "--local", "2"]) { _, run, base in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            let entries = try tokenEntries(whole)
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            // Without token times in requests.jsonl the journal has them, to the same bytes.
            for path in [run.path, run.path + "/tokens.log"] {
                let again = try Program.run(["score", path, "--json"])
                #expect(again.output == stored, "\(again.errors)")
            }
            let all = try #require(
                totals(try Program.run(["score", run.path, "--json"]))["tokens"] as? Int)
            for damage in Damage.allCases {
                let (bytes, from) = damage.applied(to: whole, entries)
                try bytes.write(to: journal)
                let before = try FolderState(run)
                let result = try Program.run(["score", run.path, "--json"])
                #expect(try FolderState(run).changes(from: before).isEmpty, "\(damage)")
                if damage.losesStart {
                    checkStartIsLost(result, damage)
                } else if damage.isHarmless {
                    #expect(result.output == stored, "\(damage): \(result.errors)")
                } else {
                    try check(result, damage, from: from, verdict: base.damaged, all: all)
                }
            }
        }
    }

    @Test("A clock is fitted from what is left of a damaged journal, and the damage is named")
    func clockOfADamagedJournal() throws {
        // Before the damage there must be probes enough for a fit.
        try withRun(["--lead", "2 s"]) { _, run, _ in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            let entries = try tokenEntries(whole)
            #expect(try Program.run(["clock", run.path]).status == 0)
            for damage in Damage.allCases {
                let (bytes, from) = damage.applied(to: whole, entries)
                try bytes.write(to: journal)
                let result = try Program.run(["clock", run.path, "--json"])
                if damage.losesStart {
                    checkStartIsLost(result, damage)
                    continue
                }
                guard !damage.isHarmless else {
                    #expect(result.status == 0, "\(damage): \(result.errors)")
                    continue
                }
                #expect(result.status == 2, "\(damage): \(result.errors)")
                let json = result.json()
                #expect(json["valid"] as? Bool == false)
                let byte = try offset(in: json, expected: from, damage.rawValue)
                let table = try Program.run(["clock", run.path]).text
                #expect(table.contains("is damaged from byte \(byte) "), "\(table)")
            }
        }
    }

    @Test("A journal cut between two entries is noticed in runs of before, too")
    func oldManifest() throws {
        try withRun { _, run, base in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            let entries = try tokenEntries(whole)
            let page = run.appendingPathComponent("manifest.json")
            var manifest = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: page)) as? [String: Any])
            manifest["files"] = nil
            manifest["percentiles"] = nil
            try JSONSerialization.data(withJSONObject: manifest).write(to: page)
            #expect(try Program.run(["score", run.path, "--remap"]).status == base.status)
            try whole.prefix(entries[entries.count / 2].lowerBound).write(to: journal)
            let result = try Program.run(["score", run.path, "--remap", "--json"])
            #expect(result.status == 2)
            #expect(result.json()["verdict"] as? String == base.damaged)
            // A line that stands there twice needs no manifest to be seen.
            let lines = run.appendingPathComponent("requests.jsonl")
            let text = try String(contentsOf: lines, encoding: .utf8)
            let first = try #require(text.split(separator: "\n").first)
            try Data("\(text)\(first)\n".utf8).write(to: lines)
            let twice = try Program.run(["score", run.path])
            #expect(twice.status == 65, "\(twice.errors)")
            #expect(twice.errors.contains("stands in line 1 already"), "\(twice.errors)")
        }
    }

    @Test("Archives of other modes, behind a link and on a read-only file system are read")
    func archives() throws {
        try withRun { folder, run, base in
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            let link = folder.appendingPathComponent("latest")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: run)
            chmod(run.path, 0o755)
            for name in try FileManager.default.contentsOfDirectory(atPath: run.path) {
                chmod(run.appendingPathComponent(name).path, 0o444)
            }
            // Root owns what nobody else may take; a user cannot give files away at all.
            let isRoot = geteuid() == 0
            if isRoot {
                for name in ["", "/manifest.json", "/requests.jsonl", "/tokens.log"] {
                    chown(run.path + name, 65_534, 65_534)
                }
            }
            chmod(run.path, 0o555)
            defer { chmod(run.path, 0o755) }
            let before = try FolderState(run)
            for path in [run.path, link.path, link.path + "/"] {
                for options in [["--json"], ["--remap", "--json"]] {
                    let result = try Program.run(["score", path] + options)
                    #expect(result.status == base.status, "\(result.errors)")
                    #expect(result.output == stored)
                }
                #expect(try Program.run(["clock", path]).status == 0)
            }
            #expect(try FolderState(run).changes(from: before).isEmpty)
            guard isRoot, Self.canMount else { return }
            let script = """
                mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"
                """
            for options in [["--remap", "--json"], ["--json"]] {
                let result = try Program.start(
                    ["score", run.path] + options,
                    under: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", run.path]
                ).finish()
                #expect(result.status == base.status, "\(result.errors)")
                #expect(result.output == stored)
            }
            // A journal that is not there cannot be made there, and is not tried to be.
            try FileManager.default.removeItem(at: run.appendingPathComponent("tokens.log"))
            let missing = try Program.start(
                ["score", run.path, "--remap"],
                under: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", run.path]
            ).finish()
            #expect(missing.status == 1 && missing.output.isEmpty)
            #expect(missing.errors.contains("tokens.log: cannot be read: No such file"))
            #expect(missing.errors.split(separator: "\n").count == 1, "\(missing.errors)")
        }
    }

    /// Whether a mount of one's own may be made here.
    private static let canMount = ChildProgram.works(
        "/usr/bin/unshare", "-m", "/bin/sh", "-c", "mount --bind /tmp /tmp")

    @Test("A run that is under way is read while it writes, and ends as if nobody had")
    func underWay() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let started = try Program.start([
                "run", "--request-rate", "40", "--duration", "6 s", "--output-len", "12",
                "--input-len", "20", "--out", run.path, "--allow-invalid",
            ])
            try #require(started.isUnderWay(in: run), "\(started.errors)")
            var reads = 0
            var exchanges: [Int] = []
            while started.isRunning, reads < 6 {
                let clock = try Program.run(["clock", run.path, "--json"])
                if clock.status == 0 {
                    exchanges.append(clock.json()["exchanges"] as? Int ?? 0)
                } else {
                    // A second's probes are not in the journal yet.
                    #expect(clock.status == 65, "\(clock.errors)")
                    #expect(!clock.errors.contains("damaged"), "\(clock.errors)")
                }
                // Without a manifest it is scored as far as the journal goes, as after a crash.
                let score = try Program.run(["score", run.path, "--remap"])
                if started.isRunning {
                    #expect(score.status == 2, "\(score.errors)")
                    #expect(!(score.text + score.errors).contains("damaged"), "\(score.text)")
                }
                reads += 1
            }
            #expect(exchanges == exchanges.sorted(), "a journal only grows")
            let result = started.finish()
            #expect(result.status == 0, "\(result.errors)")
            let remapped = try Program.run(["score", run.path, "--remap", "--json"])
            let stored = try Data(contentsOf: run.appendingPathComponent("summary.json"))
            #expect(remapped.output == stored, "\(remapped.errors)")
        }
    }
}

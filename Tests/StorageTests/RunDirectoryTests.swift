import Console
import Foundation
import Glibc
import Goodput
import JSON
import Results
import SampleRuns
import Scratch
import Testing

@testable import Storage

@Suite struct RunDirectoryTests {
    /// The sample as it is written: with the verdict that its requests lead to.
    private func judged() throws -> RunResult {
        var result = SampleRun.result
        result.header.validity = try RunSummary(result).header.validity
        return result
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func aRunIsReadBackAndScoresTheSameBytes() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(
            under: "\(scratch.path)/a/runs", name: "chat and code/é", utc: 1_795_349_098)
        #expect(directory.path == "\(scratch.path)/a/runs/2026-11-22T1204-chat-and-code--")
        let summary = try directory.write(SampleRun.result)
        #expect(mode(directory.path) == 0o700)
        for name in ["manifest.json", "summary.json", "requests.jsonl"] {
            #expect(mode("\(directory.path)/\(name)") == 0o600)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.count == 3)

        let again = try RunDirectory(opening: directory.path)
        let result = try again.result(again.manifest())
        #expect(try result == judged())
        let rescored = try RunSummary(result, overrides: ScoringOverrides())
        #expect(rescored == summary)
        #expect(try Array(rescored.json.utf8) == again.read("summary.json"))
    }

    @Test func aSecondRunOfTheSameMinuteGetsANameOfItsOwn() throws {
        let scratch = ScratchFolder()
        let first = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        let second = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        #expect(first.path == "\(scratch.path)/1970-01-01T0000-x")
        #expect(second.path == "\(scratch.path)/1970-01-01T0000-x-2")
    }

    @Test func tokensMayBeLeftToTheJournal() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result, tokens: .never)
        let result = try directory.result(directory.manifest())
        #expect(result.requests.allSatisfy { $0.tokens == nil })
        // All of its times are in the journal then, and there is none.
        let refused = #expect(throws: FileProblem.self) {
            try StoredScore(path: directory.path, overrides: ScoringOverrides())
        }
        #expect(refused?.path.hasSuffix("/tokens.log") == true)
    }

    @Test func requestsAreTheSameInMemoryAndPassByPass() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        let summary = try directory.write(SampleRun.result)
        for keepsRequests in [true, false] {
            let run = try StoredRun(path: directory.path, keepsRequests: keepsRequests)
            #expect(run.folder == directory.path && run.verdict == summary.header.validity.verdict)
            var requests: [MeasuredRequest] = []
            for _ in 1...2 {
                requests = []
                try run.requests.forEach(withTokens: true) { requests.append($0) }
            }
            #expect(requests == SampleRun.requests)
            #expect(try run.summary() == summary)
            // A pass that can be shared has all of them in memory.
            #expect((run.requests.shared != nil) == keepsRequests)
        }
    }

    /// Lines with and without token times are of two runs, or of an edit, which the manifest's
    /// checksum tells; without one all times are the journal's.
    @Test func aFileOfBothKindsIsRefused() throws {
        let scratch = ScratchFolder()
        let folders = try [TokensInRequests.always, .never].map { tokens in
            let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
            try directory.write(SampleRun.result, tokens: tokens)
            return directory.path
        }
        let lines = try folders.map { folder in
            try RunDirectory(reading: folder).read(RunFileName.requests)
                .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        for (first, rest) in [(0, 1), (1, 0)] {
            let mixed = lines[first].prefix(2) + lines[rest].dropFirst(2)
            let folder = try RunDirectory(opening: folders[0])
            try folder.write(
                Array(mixed.joined(separator: [UInt8(ascii: "\n")])), to: RunFileName.requests)
            let problem = #expect(throws: FileProblem.self) { try StoredRun(path: folders[0]) }
            #expect(problem?.kind == .content)
            #expect(problem?.problem.contains("was changed after the run wrote it") == true)
        }
    }

    @Test func damageIsNamedByFileAndLine() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        var lines = try directory.read("requests.jsonl")
        let second = try #require(lines.firstIndex(of: UInt8(ascii: "\n")))
        lines[second + 1] = UInt8(ascii: "x")
        try directory.write(lines, to: "requests.jsonl")
        let error = #expect(throws: FileProblem.self) { try directory.result(directory.manifest()) }
        #expect(error?.line == 2)
        #expect(error?.path == "\(directory.path)/requests.jsonl")
    }

    /// The lines of the sample run's file, and what is wrong with it.
    @Test(
        arguments: [
            // Cut at a line end: every line that is left is a good one.
            ([0, 1, 2, 3, 4], "ends after line 5 with 5 of the 8 requests", nil),
            ([0, 1, 2, 3, 4, 5, 6], "request 7 is missing", nil),
            ([], "ends after line 0 with 0 of the 8", nil),
            ([0, 1, 3, 4, 5, 6, 7], "request 2 is missing", nil),
            ([0, 1, 2, 3, 3, 4, 5, 6, 7], "request 3 stands in line 4 already", 5),
            ([0, 1, 2, 3, 4, 5, 6, 7, 0], "request 0 stands in line 1 already", 9),
            ([0, 1, 2, 2, 4, 5, 6, 7], "request 2 stands in line 3 already", 4),
            // The same lines, but not as the run wrote them.
            ([1, 0, 2, 3, 4, 5, 6, 7], "was changed after the run wrote it", nil),
        ] as [([Int], String, Int?)])
    func requestsThatAreNotThoseOfTheRunAreNoticed(
        order: [Int], words: String, line: Int?
    ) throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        let lines = try directory.read("requests.jsonl").split(separator: UInt8(ascii: "\n"))
        let changed = order.flatMap { Array(lines[$0]) + [UInt8(ascii: "\n")] }
        try directory.write(changed, to: "requests.jsonl")
        let error = #expect(throws: FileProblem.self) {
            try directory.result(directory.manifest())
        }
        #expect(error?.kind == .content && error?.line == line)
        #expect(error?.path == "\(directory.path)/requests.jsonl")
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    @Test func aValueThatWasChangedIsNoticed() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        let text = String(decoding: try directory.read("requests.jsonl"), as: UTF8.self)
        let changed = text.replacing("\"output_tokens\":23", with: "\"output_tokens\":24")
        #expect(changed != text)
        try directory.write(Array(changed.utf8), to: "requests.jsonl")
        let error = #expect(throws: FileProblem.self) {
            try directory.result(directory.manifest())
        }
        #expect(error?.problem.contains("was changed after the run wrote it") == true)
        // A request of another run, with an id that this one does not have.
        try directory.write(
            Array(text.replacing("\"id\":7,", with: "\"id\":70,").utf8), to: "requests.jsonl")
        let foreign = #expect(throws: FileProblem.self) {
            try directory.result(directory.manifest())
        }
        #expect(foreign?.line == 8)
        #expect(foreign?.problem.contains("request 70 is none of those") == true)
    }

    @Test func aRunOfBeforeIsReadWithoutWhatItsManifestLacks() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        let summary = try directory.write(SampleRun.result)
        let json = try JSONValue(parsing: directory.read("manifest.json"))
        let old = (json.members ?? []).filter { !["files", "percentiles"].contains($0.name) }
        #expect(old.count == (json.members ?? []).count - 2)
        try directory.write(Array(JSONValue.object(old).indented.utf8), to: "manifest.json")
        let result = try directory.result(directory.manifest())
        #expect(try result == judged())
        #expect(try RunSummary(result, overrides: ScoringOverrides()) == summary)
    }

    @Test func percentilesOfARunAreKeptAndMadeAgain() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        var sample = SampleRun.result
        sample.header.percentiles = try PercentileRanks(parsing: "50,95,99.9")
        let summary = try directory.write(sample)
        let result = try directory.result(directory.manifest())
        #expect(result.header.percentiles == sample.header.percentiles)
        let again = try RunSummary(result, overrides: ScoringOverrides())
        #expect(again.json == summary.json)
        let ttft = try JSONValue(parsing: Array(again.json.utf8))["totals"]?["ttft"]
        #expect(ttft?.members?.map(\.name) == ["p50", "p95", "p999", "mean", "max", "count"])
        let table = ResultTable(again, style: .plain).lines.joined(separator: "\n")
        #expect(table.contains(" p50") && table.contains(" p95") && table.contains(" p99.9"))
        // The standard ones are asked for on top, and give what a run without any gives.
        var overrides = ScoringOverrides()
        overrides.percentiles = .standard
        let standard = try RunSummary(result, overrides: overrides)
        #expect(
            standard.json == (try RunSummary(SampleRun.result, overrides: overrides)).json)
    }

    @Test func anAgentThatTheManifestLacksIsRefused() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        var header = SampleRun.header
        header.agents.removeLast()
        try directory.write(Array(header.json.indented.utf8), to: "manifest.json")
        let error = #expect(throws: FileProblem.self) { try directory.result(directory.manifest()) }
        #expect(error?.description.contains("node-02") == true)
    }

    @Test func linksAreNotFollowed() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        symlink(directory.path, "\(scratch.path)/link")
        let error = #expect(throws: FileProblem.self) {
            _ = try RunDirectory(opening: "\(scratch.path)/link")
        }
        #expect(error?.kind == .system)
        // A folder that is only read may be named by a link.
        #expect(try RunDirectory(reading: "\(scratch.path)/link").byteCount(of: "x") == nil)
        // A link in a file's place is replaced, not written through.
        symlink("\(scratch.path)/elsewhere", "\(directory.path)/summary.json")
        symlink("\(scratch.path)/elsewhere", "\(directory.path)/.summary.json.new")
        #expect(throws: FileProblem.self) { try directory.read("summary.json") }
        try directory.write([1], to: "summary.json")
        #expect(try directory.read("summary.json") == [1])
        #expect(access("\(scratch.path)/elsewhere", F_OK) != 0)
    }

    @Test func whatTheSystemRefusesIsSaidWithARemedy() throws {
        let missing = #expect(throws: FileProblem.self) {
            _ = try RunDirectory(opening: "/nowhere/run")
        }
        #expect(
            missing?.description.contains("/nowhere/run: cannot be opened: No such file") == true)
        let scratch = ScratchFolder()
        try Data().write(to: URL(fileURLWithPath: "\(scratch.path)/file"))
        let file = #expect(throws: FileProblem.self) {
            _ = try RunDirectory.create(under: "\(scratch.path)/file", name: "x", utc: 0)
        }
        #expect(file?.description.contains("choose another --out") == true)
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        let absent = #expect(throws: FileProblem.self) {
            try directory.result(directory.manifest())
        }
        #expect(absent?.path == "\(directory.path)/manifest.json")
    }

    @Test(arguments: [EROFS, EACCES, EPERM, EEXIST, ENOSPC, EDQUOT, ENOENT, ENAMETOOLONG])
    func aFolderThatCannotBeMadeNamesTheOption(code: Int32) {
        let problem = FileProblem.cannotMake("runs/x", code)
        #expect(problem.description.hasPrefix("runs/x: cannot be made: "))
        #expect(problem.description.hasSuffix("with --out"), "\(problem)")
    }

    @Test
    func aFullDiskIsNamed() throws {
        let problem = FileProblem.system("x", "cannot be written", ENOSPC, remedy: "check the disk")
        #expect(
            problem.description == "x: cannot be written: No space left on device; "
                + "free space on its disk")
    }

    @Test func aFileThatIsNotCommittedLeavesNothing() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        do {
            var file = try directory.newFile("requests.jsonl")
            try file.append(Array(repeating: 1, count: 1 << 20)[...])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }
}

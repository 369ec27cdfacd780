import Foundation
import Glibc
import Goodput
import JSON
import Testing

@testable import Report

/// A folder of its own for a test, removed with it.
final class ScratchFolder {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("legato-\(UUID().uuidString)").path
        mkdir(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

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
        let result = try again.result()
        #expect(try result == judged())
        let rescored = try again.summarise(result, overrides: ScoringOverrides())
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
        let refused = #expect(throws: FileProblem.self) { try directory.result() }
        #expect(refused?.line == 1)
        #expect(refused?.description.contains("tokens.log") == true)
        let result = try directory.result { id in SampleRun.requests[Int(id)].tokens ?? [] }
        #expect(try result == judged())
    }

    @Test func damageIsNamedByFileAndLine() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        var lines = try directory.read("requests.jsonl")
        let second = try #require(lines.firstIndex(of: UInt8(ascii: "\n")))
        lines[second + 1] = UInt8(ascii: "x")
        try directory.write(lines, to: "requests.jsonl")
        let error = #expect(throws: FileProblem.self) { try directory.result() }
        #expect(error?.line == 2)
        #expect(error?.path == "\(directory.path)/requests.jsonl")
    }

    @Test func anAgentThatTheManifestLacksIsRefused() throws {
        let scratch = ScratchFolder()
        let directory = try RunDirectory.create(under: scratch.path, name: "x", utc: 0)
        try directory.write(SampleRun.result)
        var header = SampleRun.header
        header.agents.removeLast()
        try directory.write(Array(header.json.indented.utf8), to: "manifest.json")
        let error = #expect(throws: FileProblem.self) { try directory.result() }
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
        let absent = #expect(throws: FileProblem.self) { try directory.result() }
        #expect(absent?.path == "\(directory.path)/manifest.json")
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

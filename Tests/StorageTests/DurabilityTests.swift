import Bytes
import Foundation
import Journal
import Scratch
import Testing

@testable import Storage

/// The steps of ``DurabilityTests``' helper processes; none in the tests' own process.
private enum Steps {
    static let variable = "LEGATO_DURABILITY_STEPS"
    static let brokenVariable = "LEGATO_DURABILITY_BROKEN"
    static let folder = ProcessInfo.processInfo.environment[variable]
    static let brokenFolder = ProcessInfo.processInfo.environment[brokenVariable]
    static let run = RunID(high: 1, low: 2)

    /// Replaces a file as a whole.
    static func replace(in folder: PrivateFolder) throws {
        try folder.replace("state", with: [1, 2, 3])
    }

    /// Writes three batches into segments that are full with one, and makes the last durable.
    static func spool(below path: String) throws {
        let spool = try open(path)
        for number in 1...3 as ClosedRange<UInt64> { try spool.append(batch(number)) }
        try spool.sync()
    }

    /// Takes up what another process has left.
    static func recover(below path: String) throws { _ = try open(path) }

    /// Begins a journal, and writes and syncs an entry.
    static func journal(in folder: PrivateFolder) throws {
        let file = try begin(in: folder)
        _ = try file.append(.fact([7]))
        try file.sync()
    }

    /// Begins a journal.
    static func begin(in folder: PrivateFolder) throws -> SegmentFile {
        let header = SegmentHeader(
            clock: ClockName(host: "host", bootID: "boot"), runID: run, agent: nil, incarnation: 0,
            segment: 0, generation: 1)
        return try SegmentFile(beginning: header, in: folder, name: "tokens.log")
    }

    /// Makes the folder of a run, and puts a file of it in its place.
    static func result(at path: String) throws {
        let directory = try RunDirectory.create(at: path)
        try directory.write([1, 2, 3], to: "summary.json")
    }

    static func open(_ path: String) throws -> SpoolFolder {
        try SpoolFolder(
            of: run, below: path,
            agent: AgentIdentityFile(identity: AgentIdentity(high: 3, low: 4), incarnation: 1),
            clock: ClockName(host: "host", bootID: "boot"), segmentByteLimit: 1)
    }

    static func batch(_ number: UInt64) -> JournalBatch {
        JournalBatch(agentIndex: 0, incarnation: 1, number: number, records: 1, payload: [7])
    }
}

@Suite("The helper processes of the durability tests")
struct DurabilityHelper {
    @Test(
        "Steps whose calls are witnessed",
        .enabled(if: Steps.folder != nil, "DurabilityTests runs it in a process of its own"))
    func steps() throws {
        let path = try #require(Steps.folder)
        func folder(_ name: String) throws -> PrivateFolder {
            try PrivateFolder(path: path + "/" + name)
        }
        try Steps.replace(in: folder("replace"))
        try Steps.journal(in: folder("journal"))
        try Steps.result(at: path + "/result/run")
        _ = try folder("spool")
        try Steps.spool(below: path + "/spool")
        try Steps.recover(below: path + "/spool")
    }

    @Test(
        "Writers whose first sync fails",
        .enabled(if: Steps.brokenFolder != nil, "DurabilityTests runs it in a process of its own"))
    func broken() async throws {
        let path = try #require(Steps.brokenFolder)
        let journal = JournalWriter(try Steps.begin(in: PrivateFolder(path: path + "/journal")))
        for _ in 0..<2 {
            journal.append(.fact([7]))
            let result = await withCheckedContinuation { done in
                journal.sync { done.resume(returning: $0) }
            }
            #expect(throws: StorageError.self) { try result.get() }
        }
        let spool = SpoolWriter(try Steps.open(path + "/spool"))
        for number in 1...2 as ClosedRange<UInt64> {
            spool.append(Steps.batch(number))
            let result = await withCheckedContinuation { done in
                spool.sync { done.resume(returning: $0) }
            }
            #expect(throws: StorageError.self) { try result.get() }
        }
    }
}

/// Only the order of the system calls shows whether a power cut can take what was said to be safe.
@Suite(
    "What is safe when the power goes",
    .enabled(if: CallWitness.isPossible, "calls are witnessed with a C compiler: there is no cc"))
struct DurabilityTests {
    /// The calls of all steps; one process does for all tests.
    private static let calls = Result {
        let scratch = ScratchFolder()
        return try withExtendedLifetime(scratch) {
            try CallWitness().calls(
                ofTest: "DurabilityHelper", variable: Steps.variable, folder: scratch.path)
        }
    }

    /// The kernel says once that a page was lost, and forgets it: a second sync that succeeds
    /// covers nothing of what was written before the first.
    @Test("A sync that failed is not tried again, and nothing after it is called safe")
    func brokenSync() throws {
        let scratch = ScratchFolder()
        let calls = try withExtendedLifetime(scratch) {
            try CallWitness().calls(
                ofTest: "DurabilityHelper", variable: Steps.brokenVariable, folder: scratch.path,
                breaks: true)
        }
        for file in ["/journal/tokens.log", "/spool/run-\(Steps.run)/segment-00000000"] {
            #expect(calls.count { $0 == "sync " + file } == 1, "\(calls)")
        }
    }

    /// Those below a folder, without its name; a call that is made several times in a row once.
    private func calls(below folder: String) throws -> [String] {
        var calls: [String] = []
        for call in try Self.calls.get() {
            let parts = call.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[1].hasPrefix("/\(folder)") else { continue }
            let name = parts[1].dropFirst(folder.count + 1).drop { $0 == "/" }
            let line = "\(parts[0]) \(name.isEmpty ? "." : name)"
            if calls.last != line { calls.append(line) }
        }
        return calls
    }

    @Test(
        "A file is written aside and synced before it takes its name, and the folder after it")
    func replacing() throws {
        for (folder, name) in [("replace", "state"), ("result/run", "summary.json")] {
            let aside = ".\(name).new"
            #expect(
                try calls(below: folder).filter { $0 != "remove \(aside)" }
                    == ["write \(aside)", "sync \(aside)", "rename \(name)", "sync ."])
        }
    }

    @Test(
        "A segment is synced before the next one is begun, whose name is safe before its batches")
    func rollOver() throws {
        let run = "spool/run-\(Steps.run)"
        let (first, second, third) = ("segment-00000000", "segment-00000001", "segment-00000002")
        #expect(
            try calls(below: run)
                == [
                    "write \(first)", "sync .", "write \(first)", "sync \(first)",
                    "write \(second)", "sync .", "write \(second)", "sync \(second)",
                    "write \(third)", "sync .", "write \(third)", "sync \(third)",
                    // Taken up again: what a killed process had not synced counts from here.
                    "sync \(first)", "sync \(second)", "sync \(third)",
                ])
    }

    @Test(
        "A journal's name is as safe as what it holds, and that of its folder")
    func names() throws {
        #expect(
            try calls(below: "journal")
                == [
                    "write tokens.log", "sync .", "write tokens.log", "sync tokens.log",
                ])
        let all = try Self.calls.get()
        for (folder, first) in [
            ("/spool", "write /spool/run-\(Steps.run)/segment-00000000"),
            ("/result", "write /result/run/.summary.json.new"),
        ] {
            let made = try #require(all.firstIndex(of: "sync " + folder), "\(all)")
            #expect(try made < #require(all.firstIndex(of: first)))
        }
    }
}

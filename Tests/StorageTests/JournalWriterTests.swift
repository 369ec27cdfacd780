import Bytes
import Journal
import Scratch
import Storage
import Testing

@Suite struct JournalWriterTests {
    private let scratch = ScratchFolder()
    private let header = SegmentHeader(
        clock: ClockName(host: "host", bootID: "boot"), runID: RunID(high: 1, low: 2), agent: nil,
        incarnation: 0, segment: 0, generation: 1)

    @Test func entriesAreThereAfterTheSync() async throws {
        let folder = try PrivateFolder(path: scratch.path)
        let writer = JournalWriter(
            try SegmentFile(beginning: header, in: folder, name: "tokens.log"))
        let entries = (0..<200).map { JournalEntry.fact(Array("{\"n\":\($0)}".utf8)) }
        for entry in entries { writer.append(entry) }
        let result = await withCheckedContinuation { done in
            writer.sync { done.resume(returning: $0) }
        }
        #expect(throws: Never.self) { try result.get() }

        var found: [JournalEntry] = []
        var ranges: [Range<Int>] = []
        let opened = try SegmentFile(recovering: "tokens.log", in: folder) {
            found.append($0)
            ranges.append($1)
        }
        let file = try #require(opened)
        #expect(file.header == header)
        #expect(file.cut == nil)
        #expect(found == entries)
        #expect(ranges.last?.upperBound == file.byteCount)
        #expect(try file.entry(at: ranges[17]) == entries[17])
    }

    @Test func aJournalIsNotBegunOverAnother() throws {
        let folder = try PrivateFolder(path: scratch.path)
        _ = try SegmentFile(beginning: header, in: folder, name: "tokens.log")
        let error = #expect(throws: StorageError.self) {
            try SegmentFile(beginning: header, in: folder, name: "tokens.log")
        }
        #expect(error?.description.contains("bytes already") == true)
    }

    @Test func anotherKindOfFileIsLeftAlone() throws {
        let folder = try PrivateFolder(path: scratch.path)
        try folder.replace("tokens.log", with: Array("notes of mine".utf8))
        let error = #expect(throws: StorageError.self) {
            try SegmentFile(recovering: "tokens.log", in: folder) { _, _ in }
        }
        #expect(error?.description.contains("no segment of this format") == true)
        #expect(throws: StorageError.self) {
            try SegmentFile(beginning: header, in: folder, name: "tokens.log")
        }
    }
}

import Bytes
import FormerSegments
import Glibc
import Journal
import Scratch
import Testing

@testable import Storage

@Suite("A segment that is read where it lies") struct StoredSegmentTests {
    private let scratch = ScratchFolder()
    private static let header = SegmentHeader(
        clock: ClockName(host: "host", bootID: "boot"), runID: RunID(high: 1, low: 2), agent: nil,
        incarnation: 0, segment: 0, generation: 1)
    private static let entries = (0..<50).map {
        JournalEntry.fact(Array("{\"number\":\($0)}".utf8))
    }
    private static let bytes = header.encoded() + entries.flatMap { $0.encoded() }
    /// Where the header and each entry end.
    private static let ends = entries.reduce(into: [header.encoded().count]) { ends, entry in
        ends.append(ends[ends.count - 1] + entry.encoded().count)
    }

    private var path: String { scratch.path + "/tokens.log" }

    private func write(_ bytes: [UInt8]) throws {
        try PrivateFolder(path: scratch.path).replace("tokens.log", with: bytes)
    }

    private func status() throws -> stat {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status
    }

    /// Reads the segment; checks that entries lie where they do and that the file stays as it is.
    private func read() throws -> (StoredSegment, [JournalEntry]) {
        let before = try status()
        var found: [JournalEntry] = []
        let segment = try StoredSegment(reading: path) { entry, range in
            let index = Self.ends.firstIndex(of: range.lowerBound) ?? 0
            #expect(range.upperBound == Self.ends[index + 1] && entry == Self.entries[index])
            found.append(entry)
        }
        let after = try status()
        #expect(before.st_ino == after.st_ino && before.st_size == after.st_size)
        #expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
        #expect(before.st_ctim.tv_nsec == after.st_ctim.tv_nsec)
        return (segment, found)
    }

    @Test("A whole one comes back, with the range of every entry")
    func whole() throws {
        try write(Self.bytes)
        let (segment, found) = try read()
        #expect(segment.header == Self.header && found == Self.entries)
        #expect(segment.damageCount == 0 && segment.incomplete == nil)
        #expect(segment.goodByteCount == Self.bytes.count)
        #expect(segment.byteCount == Self.bytes.count)
    }

    @Test("A damaged one is read past its damage, whatever bit it is, and never cut")
    func flipped() throws {
        for byte in stride(from: 0, to: Self.bytes.count, by: 37) {
            var damaged = Self.bytes
            damaged[byte] ^= 1 << UInt8(byte % 8)
            try write(damaged)
            let (segment, found) = try read()
            let begin = Self.ends.last { $0 <= byte } ?? 0
            let end = Self.ends.first { $0 > byte }
            #expect(segment.goodByteCount == begin)
            #expect(segment.damages.map(\.begin) == [begin] && segment.damageCount == 1)
            #expect(segment.damages[0].resumed == (end == damaged.count ? nil : end))
            #expect(segment.byteCount == damaged.count && segment.incomplete == nil)
            #expect(found.count == Self.entries.count - (begin == 0 ? 0 : 1))
        }
    }

    @Test("A short one is read up to its last whole entry", arguments: [0, 1, 11, 40, 300, 1_000])
    func short(_ count: Int) throws {
        try write(Array(Self.bytes.prefix(count)))
        let (segment, found) = try read()
        #expect(segment.goodByteCount == Self.ends.last { $0 <= count } ?? 0)
        #expect(segment.byteCount == count)
        #expect(found.count == max(0, Self.ends.filter { $0 <= count }.count - 1))
        #expect(segment.damageCount == 0 && segment.incomplete == segment.goodByteCount)
    }

    @Test("Damage over several pieces is one, and what follows is read")
    func longDamage() throws {
        let rubbish = [UInt8](repeating: 7, count: 3 << 20)
        let middle = Self.ends[20]
        try write(Array(Self.bytes[..<middle]) + rubbish + Self.bytes[middle...])
        var found: [JournalEntry] = []
        let segment = try StoredSegment(reading: path) { entry, _ in found.append(entry) }
        #expect(found == Self.entries && segment.damageCount == 1)
        #expect(segment.damages[0].begin == middle)
        #expect(segment.damages[0].resumed == middle + rubbish.count)
    }

    @Test("Damage that ends the reading early does not shorten the file's length")
    func endedEarly() throws {
        let entries = [JournalEntry.note("{}")]
        let bytes = FormerSegment.bytes(Self.header, entries)
        let zeros = [UInt8](repeating: 0, count: 3 << 20)
        try write(bytes + [UInt8](repeating: 255, count: 20) + zeros)
        var found: [JournalEntry] = []
        let segment = try StoredSegment(reading: path) { entry, _ in found.append(entry) }
        #expect(found == entries && segment.header?.version == 2)
        #expect(segment.goodByteCount == bytes.count && segment.damageCount == 1)
        #expect(segment.byteCount == bytes.count + 20 + zeros.count)
    }

    @Test("Zeros behind the last entry are damage")
    func longTail() throws {
        let zeros = [UInt8](repeating: 0, count: 3 << 20)
        try write(Self.bytes + zeros)
        let (segment, found) = try read()
        #expect(found == Self.entries && segment.goodByteCount == Self.bytes.count)
        #expect(segment.byteCount == Self.bytes.count + zeros.count)
    }

    @Test("Nothing is made where there is none, and what is no file is refused at once")
    func noFile() throws {
        func refusal() -> StorageError? {
            do throws(StorageError) {
                _ = try StoredSegment(reading: path) { _, _ in }
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal()?.code == ENOENT)
        #expect(access(path, F_OK) != 0)
        try #require(mkfifo(path, 0o600) == 0)
        #expect(refusal()?.description.contains("is a named pipe") == true)
        unlink(path)
        try #require(symlink("elsewhere", path) == 0)
        #expect(refusal()?.description.contains("is a symbolic link") == true)
    }

    @Test("A folder that others may enter, and a file that they may read, is read all the same")
    func foreignModes() throws {
        try write(Self.bytes)
        chmod(scratch.path, 0o755)
        chmod(path, 0o444)
        let (segment, found) = try read()
        #expect(segment.damageCount == 0 && found == Self.entries)
    }
}

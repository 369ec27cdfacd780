import Bytes
import FormerSegments
import Journal
import Testing

@Suite("Segments of format 2") struct FormerFormatTests {
    private static let entries: [JournalEntry] = SegmentTests.entries.map { entry in
        guard case .fact(let json) = entry else { return entry }
        return .note(String(decoding: json, as: UTF8.self))
    }

    private func scan(
        _ bytes: [UInt8], _ course: SegmentScanner.Course = .pastDamage
    ) -> (SegmentScanner, [JournalEntry]) {
        var scanner = SegmentScanner(course)
        var found: [JournalEntry] = []
        scanner.append(bytes)
        scanner.finish()
        while let entry = scanner.next() { found.append(entry) }
        return (scanner, found)
    }

    @Test("They come back, their notes with them, and the header says what they are")
    func whole() {
        let bytes = FormerSegment.bytes(SegmentTests.header, Self.entries)
        for course in [SegmentScanner.Course.toDamage, .pastDamage] {
            let (scanner, found) = scan(bytes, course)
            #expect(found == Self.entries && scanner.damageCount == 0)
            #expect(scanner.header?.version == 2 && SegmentTests.header.version == 3)
            #expect(scanner.header?.encoded() == FormerSegment.header(SegmentTests.header))
            #expect(scanner.tail.damage == nil && scanner.incomplete == nil)
        }
    }

    @Test("They end at their damage: nothing in them says where an entry begins")
    func damaged() throws {
        let header = FormerSegment.header(SegmentTests.header)
        let bytes = FormerSegment.bytes(SegmentTests.header, Self.entries)
        let first = header.count + FormerSegment.entry(Self.entries[0]).count
        var damaged = bytes
        damaged[first + 12] ^= 1
        let (scanner, found) = scan(damaged)
        #expect(found == [Self.entries[0]])
        let damage = try #require(scanner.damages.first)
        #expect(damage.begin == first && damage.resumed == nil && scanner.damageCount == 1)
        #expect(scanner.hasEnded && scanner.tail.goodByteCount == first)
    }

    @Test("A last entry that is cut off is incomplete and no damage")
    func cut() {
        let bytes = FormerSegment.bytes(SegmentTests.header, Self.entries)
        let (scanner, found) = scan(Array(bytes.dropLast()))
        #expect(found == Array(Self.entries.dropLast()) && scanner.damageCount == 0)
        #expect(
            scanner.incomplete
                == bytes.count - FormerSegment.entry(Self.entries[Self.entries.count - 1]).count)
    }

    @Test("Facts are not of format 2, and entries of one format are damage in the other")
    func mixed() {
        let header = FormerSegment.header(SegmentTests.header)
        var fact = FormerSegment.entry(.fact([1]))
        #expect(scan(header + fact).0.damages.first?.error.field == "entry kind")
        fact = JournalEntry.fact([1]).encoded()
        #expect(scan(header + fact).0.damages.first?.error.field == "entry length")
        let note = FormerSegment.entry(.note("{}"))
        #expect(
            scan(SegmentTests.header.encoded() + note).0.damages.first?.error.field
                == "entry marker")
    }
}

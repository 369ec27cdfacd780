import Bytes
import FormerSegments
import Journal
import Results
import Scratch
import Storage
import Testing

@Suite("The journal of a run's folder") struct JournalFileTests {
    private let scratch = ScratchFolder()
    private static let header = SegmentHeader(
        clock: ClockName(host: "host", bootID: "boot"), runID: RunID(high: 1, low: 2), agent: nil,
        incarnation: 0, segment: 0, generation: 1)
    private static let facts = (0..<3).map { JournalEntry.fact([UInt8($0)]) }
    private static let notes = (0..<3).map { JournalEntry.note("\($0)") }

    private func read(
        _ bytes: [UInt8], isOver: Bool, of expected: Int? = nil
    ) throws -> (JournalReading, Int) {
        try PrivateFolder(path: scratch.path).replace("tokens.log", with: bytes)
        let file = JournalFile(
            path: scratch.path + "/tokens.log", isOver: isOver, expectedByteCount: expected)
        var count = 0
        let reading = try file.read { _, _ in count += 1 }
        return (reading, count)
    }

    @Test("An entry that the end cuts off is damage once the run is over, in either format")
    func cutOff() throws {
        for (bytes, last, version) in [
            (
                Self.header.encoded() + Self.facts.flatMap { $0.encoded() },
                Self.facts[2].encoded().count, 3
            ),
            (
                FormerSegment.bytes(Self.header, Self.notes),
                FormerSegment.entry(Self.notes[2]).count, 2
            ),
        ] {
            let cut = Array(bytes.dropLast())
            let (growing, found) = try read(cut, isOver: false)
            #expect(growing.incomplete == bytes.count - last)
            #expect(growing.damages.isEmpty && found == 2)
            #expect(growing.header?.version == UInt16(version))
            let damage = JournalDamage.Stretch(
                offset: bytes.count - last, end: nil, problem: "the file ends there")
            let (over, _) = try read(cut, isOver: true)
            #expect(over.incomplete == nil && over.damages == [damage])
            #expect(over.byteCount == cut.count)
            let (short, _) = try read(cut, isOver: true, of: bytes.count)
            #expect(short.damages == [damage] && short.byteCount == bytes.count)
            let (whole, all) = try read(bytes, isOver: true, of: bytes.count)
            #expect(whole.damages.isEmpty && whole.incomplete == nil && all == 3)
        }
    }

    @Test("What is missing at the end is one stretch, and damage ahead of it another")
    func short() throws {
        let bytes = Self.header.encoded() + Self.facts.flatMap { $0.encoded() }
        var damaged = bytes
        let first = Self.header.encoded().count
        damaged[first + 15] ^= 1
        damaged.removeLast(Self.facts[2].encoded().count)
        let (reading, found) = try read(damaged, isOver: true, of: bytes.count)
        #expect(found == 1)
        #expect(reading.damages.map(\.offset) == [first, damaged.count])
    }
}

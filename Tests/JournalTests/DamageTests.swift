import Bytes
import Randomness
import Testing

@testable import Journal

/// A segment that is read past its damage, against what is known to have been done to it.
@Suite("A damaged segment") struct DamageTests {
    /// The findings of a scan.
    private struct Findings: Equatable {
        var header: SegmentHeader?
        var entries: [JournalEntry] = []
        var ranges: [Range<Int>] = []
        var damages: [SegmentDamage] = []
        var damageCount = 0
        var incomplete: Int?
        var goodByteCount = 0

        init(_ bytes: [UInt8], piece: Int = .max) {
            var scanner = SegmentScanner(.pastDamage)
            var rest = bytes[...]
            while !rest.isEmpty {
                scanner.append(rest.prefix(piece))
                rest = rest.dropFirst(piece)
                take(&scanner)
            }
            scanner.finish()
            take(&scanner)
            header = scanner.header
            damages = scanner.damages
            damageCount = scanner.damageCount
            incomplete = scanner.incomplete
            goodByteCount = scanner.tail.goodByteCount
        }

        private mutating func take(_ scanner: inout SegmentScanner) {
            while let entry = scanner.next() {
                entries.append(entry)
                ranges.append(scanner.range)
            }
        }
    }

    /// A segment of a header and random entries, with the range of each of these items.
    private struct Sample {
        var entries: [JournalEntry] = []
        var bytes = SegmentTests.header.encoded()
        var items: [Range<Int>]

        init(seed: UInt64, entries count: Int = 9) {
            var generator = SplitMix64(seed: seed)
            items = [0..<bytes.count]
            for number in 0..<count {
                var payload = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                // A marker that is none, and a few bytes of a head.
                if Bool.random(using: &generator) { payload += EntryFormat.marker + [1, 9, 0] }
                let entry: JournalEntry =
                    switch number % 3 {
                    case 0: .fact(payload)
                    case 1:
                        .batch(
                            JournalBatch(
                                agentIndex: 1, incarnation: 2, number: UInt64(number), records: 3,
                                payload: payload))
                    default:
                        .probes(JournalProbes(agentIndex: 1, incarnation: 2, payload: payload))
                    }
                entries.append(entry)
                let begin = bytes.count
                bytes += entry.encoded()
                items.append(begin..<bytes.count)
            }
        }

        /// The items of which `damaged` has other bytes, or none.
        func hit(in damaged: [UInt8]) -> [Bool] {
            items.map { item in
                item.upperBound > damaged.count || bytes[item] != damaged[item]
            }
        }
    }

    /// Checks what is found in `damaged`, which is as long as the sample.
    private func check(_ sample: Sample, _ damaged: [UInt8], piece: Int = .max, _ what: String) {
        let found = Findings(damaged, piece: piece)
        let hit = sample.hit(in: damaged)
        #expect((found.header == nil) == hit[0], "\(what)")
        let good = sample.entries.indices.filter { !hit[$0 + 1] }
        #expect(found.entries == good.map { sample.entries[$0] }, "\(what)")
        #expect(found.ranges == good.map { sample.items[$0 + 1] }, "\(what)")
        var stretches: [(begin: Int, resumed: Int?)] = []
        for (offset, item) in sample.items.enumerated() where hit[offset] {
            if offset > 0, hit[offset - 1] { continue }
            let next = sample.items.indices.first { $0 > offset && !hit[$0] }
            stretches.append((item.lowerBound, next.map { sample.items[$0].lowerBound }))
        }
        #expect(found.damages.map(\.begin) == stretches.map(\.begin), "\(what)")
        #expect(found.damages.map(\.resumed) == stretches.map(\.resumed), "\(what)")
        #expect(found.damageCount == stretches.count && found.incomplete == nil, "\(what)")
        #expect(found.goodByteCount == stretches.first?.begin ?? damaged.count, "\(what)")
        for damage in found.damages {
            let item = sample.items.first { $0.lowerBound == damage.begin }
            #expect(item?.contains(damage.error.offset) == true, "\(what): \(damage)")
        }
    }

    @Test("costs the entry in which one byte is another", arguments: 0..<4 as Range<UInt64>)
    func flipped(_ seed: UInt64) {
        let sample = Sample(seed: seed)
        var generator = SplitMix64(seed: seed)
        for offset in sample.bytes.indices {
            var damaged = sample.bytes
            damaged[offset] ^= .random(in: 1...255, using: &generator)
            let piece = [1, 2, 7, 64, .max].randomElement(using: &generator) ?? 1
            check(sample, damaged, piece: piece, "byte \(offset) in pieces of \(piece)")
        }
    }

    @Test("costs the entries that a block of zeros lies in", arguments: 0..<300 as Range<UInt64>)
    func zeros(_ seed: UInt64) {
        let sample = Sample(seed: seed)
        var generator = SplitMix64(seed: seed)
        var damaged = sample.bytes
        let begin = Int.random(in: 0..<damaged.count, using: &generator)
        let end = Int.random(in: begin...damaged.count, using: &generator)
        for offset in begin..<end { damaged[offset] = 0 }
        check(sample, damaged, piece: .random(in: 1...400, using: &generator), "\(begin)..<\(end)")
    }

    @Test("names every damage of several once", arguments: 0..<300 as Range<UInt64>)
    func several(_ seed: UInt64) {
        let sample = Sample(seed: seed, entries: 20)
        var generator = SplitMix64(seed: seed)
        var damaged = sample.bytes
        for _ in 0..<Int.random(in: 0...9, using: &generator) {
            damaged[Int.random(in: damaged.indices, using: &generator)] ^= 0x55
        }
        check(sample, damaged, piece: .random(in: 1...400, using: &generator), "\(seed)")
    }

    @Test("of which the end is missing is incomplete, and no damage")
    func cut() {
        let sample = Sample(seed: 1)
        for length in sample.bytes.indices {
            let found = Findings(Array(sample.bytes[..<length]), piece: length % 50 + 1)
            let whole = sample.items.filter { $0.upperBound <= length }
            #expect(found.ranges == Array(whole.dropFirst()))
            #expect(found.damageCount == 0 && found.damages.isEmpty)
            let isCut = whole.last?.upperBound != length
            #expect(found.incomplete == (isCut ? whole.last?.upperBound ?? 0 : nil))
            #expect(found.goodByteCount == whole.last?.upperBound ?? 0)
        }
    }

    @Test("of which the end is missing, too, tells the one from the other")
    func cutBehindDamage() {
        let sample = Sample(seed: 2)
        var damaged = sample.bytes
        let third = sample.items[3]
        let last = sample.items[sample.items.count - 1]
        damaged[third.lowerBound + 16] ^= 1
        let found = Findings(Array(damaged.dropLast()))
        #expect(found.damages.map(\.begin) == [third.lowerBound])
        #expect(found.damages.map(\.resumed) == [third.upperBound])
        #expect(found.incomplete == last.lowerBound)
        // With nothing whole in between, reading goes on at what is incomplete.
        damaged.removeLast(damaged.count - sample.items[4].upperBound + 1)
        let short = Findings(damaged)
        #expect(short.damages.map(\.resumed) == [third.upperBound])
        #expect(short.incomplete == third.upperBound && short.entries.count == 2)
    }

    @Test("of which the end is missing goes on at the first entry that seems to be cut")
    func cutEntryWithAHeadInside() {
        let inner = JournalEntry.fact([UInt8](repeating: 7, count: 300)).encoded()
        let bytes = SegmentTests.header.encoded()
        let begin = bytes.count
        let damaged = bytes + JournalEntry.fact([1, 2, 3]).encoded().dropLast() + [0]
        let cut = JournalEntry.fact([5, 6] + inner.prefix(40) + [8, 9]).encoded().dropLast()
        for found in [Findings(damaged + cut), Findings(damaged + cut, piece: 9)] {
            #expect(found.damages.map(\.begin) == [begin] && found.entries.isEmpty)
            #expect(found.damages.map(\.resumed) == [damaged.count])
            #expect(found.incomplete == damaged.count)
        }
    }

    @Test("is the same in pieces of any size")
    func pieces() {
        let sample = Sample(seed: 3)
        var damaged = sample.bytes
        damaged[2] ^= 1
        damaged[sample.items[4].lowerBound + 7] ^= 2
        damaged.removeSubrange(sample.items[6].lowerBound..<(sample.items[6].lowerBound + 3))
        damaged.removeLast(2)
        let whole = Findings(damaged)
        #expect(whole.damageCount == 3 && whole.incomplete != nil)
        for piece in damaged.indices.dropFirst() {
            #expect(Findings(damaged, piece: piece) == whole, "\(piece)")
        }
    }

    @Test("that lost bytes near its end has all that is behind them")
    func shortened() {
        // The entry's head is whole, and its payload seems to go on behind the file's end.
        var bytes = SegmentTests.header.encoded()
        let begin = bytes.count
        bytes += JournalEntry.fact([UInt8](repeating: 7, count: 300)).encoded().dropLast(100)
        let resumed = bytes.count
        bytes += JournalEntry.fact([1]).encoded()
        let found = Findings(bytes)
        #expect(found.entries == [.fact([1])] && found.incomplete == nil)
        let damage = SegmentDamage(
            begin: begin, resumed: resumed, error: DecodeError("entry", at: begin, .truncated))
        #expect(found.damages == [damage])
    }

    @Test("whose entry is whole and says nothing goes on behind it")
    func meaningless() {
        let short = SegmentTests.entry(kind: 4, [2])
        let header = SegmentTests.header.encoded()
        let found = Findings(header + short + JournalEntry.fact([1]).encoded())
        #expect(found.entries == [.fact([1])])
        #expect(found.damages.map(\.begin) == [header.count])
        #expect(found.damages.map(\.resumed) == [header.count + short.count])
        #expect(found.damages.first?.error.field == "probes incarnation")
    }

    @Test("A marker or a whole entry inside a good payload is payload")
    func inside() {
        let inner = JournalEntry.fact([1, 2, 3]).encoded()
        let outer = JournalEntry.fact(inner + EntryFormat.marker + inner)
        let found = Findings(SegmentTests.header.encoded() + outer.encoded(), piece: 10)
        #expect(found.entries == [outer] && found.damageCount == 0)
    }

    @Test("Another file has one damage, from its first byte on")
    func foreign() {
        let found = Findings(Array("not a journal, and never was one".utf8))
        #expect(found.damages.map(\.begin) == [0] && found.damages.map(\.resumed) == [nil])
        #expect(found.entries.isEmpty && found.incomplete == nil && found.goodByteCount == 0)
        #expect(Findings([]).incomplete == 0 && Findings([]).damageCount == 0)
    }

    @Test("More damages than are listed are counted")
    func many() {
        let entry = JournalEntry.fact([1]).encoded()
        let count = SegmentScanner.listLimit + 10
        let bytes = SegmentTests.header.encoded() + (0..<count).flatMap { _ in [9] + entry }
        let found = Findings(bytes)
        #expect(found.entries.count == count && found.damageCount == count)
        #expect(found.damages.count == SegmentScanner.listLimit)
    }

    /// Heads that are whole, a marker every fifteen bytes, each of which claims all that follows:
    /// checking them all would take 27 GB of checksums.
    @Test("A forged file costs little more than its length, and what is good in it is found")
    func forged() {
        let claimed = 400_000
        let head = JournalEntry.fact([UInt8](repeating: 0, count: claimed)).encoded().prefix(15)
        var bytes = SegmentTests.header.encoded()
        for _ in 0..<70_000 { bytes += head }
        let good = bytes.count
        let entry = JournalEntry.fact([UInt8](repeating: 5, count: 100))
        bytes += entry.encoded()
        var scanner = SegmentScanner(.pastDamage)
        scanner.append(bytes)
        scanner.finish()
        #expect(scanner.next() == entry && scanner.range.lowerBound == good)
        #expect(scanner.next() == nil && scanner.damageCount == 1)
        #expect(scanner.forgedByteCount <= SegmentScanner.forgedLimit + 4 * bytes.count)
        #expect(scanner.forgedByteCount > SegmentScanner.forgedLimit)
    }
}

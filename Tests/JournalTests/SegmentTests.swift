import Bytes
import Journal
import Testing

@Suite struct SegmentTests {
    static let header = SegmentHeader(
        clock: ClockName(
            host: "4c4c4544", bootID: "5b1e0f3a", timeNamespace: "time:[4026531834]"),
        runID: RunID(high: 1, low: 2),
        agent: AgentIdentity(high: 3, low: 4), incarnation: 5, segment: 6, generation: 7)

    static let entries: [JournalEntry] = [
        .batch(
            JournalBatch(agentIndex: 2, incarnation: 5, number: 9, records: 3, payload: [1, 2, 3])),
        .fact(Array(#"{"gap":"agent 2"}"#.utf8)),
        .probes(JournalProbes(agentIndex: 2, incarnation: 5, payload: [4, 5])),
        .batch(JournalBatch(agentIndex: 2, incarnation: 5, number: 10, records: 0, payload: [])),
        .end(
            JournalEnd(
                agentIndex: 2, incarnation: 5, batches: 10, records: 3, finishes: 1, hash: .max,
                reason: "all requests are finished")),
    ]

    static let bytes = header.encoded() + entries.flatMap { $0.encoded() }

    /// Where the header and each entry end.
    static let ends = entries.reduce(into: [header.encoded().count]) { ends, entry in
        ends.append(ends[ends.count - 1] + entry.encoded().count)
    }

    /// An entry whose checksum holds, whatever it says.
    static func entry(kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes = JournalEntry.fact(payload).encoded()
        bytes[4] = kind
        var check = ByteWriter()
        check.fixed(UInt16(truncatingIfNeeded: CRC32C.checksum(Array(bytes[4..<9]))))
        bytes.replaceSubrange(9..<11, with: check.bytes)
        var checksum = ByteWriter()
        checksum.fixed(CRC32C.checksum(bytes[4..<11] + payload))
        bytes.replaceSubrange(11..<15, with: checksum.bytes)
        return bytes
    }

    private func scan(_ bytes: [UInt8], piece: Int = .max) -> (SegmentScanner, [JournalEntry]) {
        var scanner = SegmentScanner()
        var found: [JournalEntry] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            scanner.append(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            while let entry = scanner.next() { found.append(entry) }
        }
        return (scanner, found)
    }

    @Test(arguments: [1, 2, 3, 7, 50, .max])
    func comesBackHoweverItIsSplit(_ piece: Int) {
        let (scanner, found) = scan(Self.bytes, piece: piece)
        #expect(scanner.header == Self.header)
        #expect(found == Self.entries)
        #expect(scanner.tail.damage == nil)
        #expect(scanner.tail.goodByteCount == Self.bytes.count)
    }

    @Test func aTornTailIsCutAfterTheLastGoodEntry() {
        for length in 0..<Self.bytes.count {
            let (scanner, found) = scan(Array(Self.bytes[..<length]))
            let good = Self.ends.last { $0 <= length } ?? 0
            #expect(scanner.tail.goodByteCount == good)
            let whole = Self.ends.filter { $0 <= length }.count
            #expect(found == Array(Self.entries.prefix(max(0, whole - 1))))
            #expect((scanner.tail.damage == nil) == Self.ends.contains(length))
        }
    }

    @Test func aFlippedBitCutsFromItsEntryOn() {
        for bit in 0..<(8 * Self.bytes.count) {
            var damaged = Self.bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let (scanner, found) = scan(damaged)
            let good = Self.ends.last { $0 <= bit / 8 } ?? 0
            #expect(scanner.tail.goodByteCount == good)
            #expect(scanner.tail.damage != nil)
            #expect(found == Array(Self.entries.prefix(found.count)))
        }
    }

    /// The field that is named begins within the damaged entry, counted from the file's start.
    @Test(arguments: [7, .max]) func theDamagesOffsetIsThatInTheFile(_ piece: Int) throws {
        for byte in Self.bytes.indices {
            var damaged = Self.bytes
            damaged[byte] ^= 0x10
            let good = Self.ends.last { $0 <= byte } ?? 0
            let end = try #require(Self.ends.first { $0 > byte })
            let damage = try #require(scan(damaged, piece: piece).0.tail.damage)
            #expect((good..<end).contains(damage.offset), "\(damage), byte \(byte)")
        }
        for length in 0..<Self.bytes.count where !Self.ends.contains(length) {
            let good = Self.ends.last { $0 <= length } ?? 0
            let damage = scan(Array(Self.bytes[..<length]), piece: piece).0.tail.damage
            #expect(damage?.offset == good && damage?.problem == .truncated)
        }
    }

    /// Its checksum holds: the field's offset within the body is counted behind the entry's head.
    @Test func anEntryThatSaysNothingIsNamedWhereItIsWrong() {
        // Probes whose body ends within the incarnation.
        let short = Self.entry(kind: 4, [2])
        let (scanner, found) = scan(Self.bytes + short)
        #expect(found == Self.entries)
        let damage = DecodeError("probes incarnation", at: Self.bytes.count + 16, .truncated)
        #expect(scanner.tail.damage == damage)
    }

    @Test("Kinds that the format has not are named", arguments: [0, 2, 6, 255] as [UInt8])
    func otherKinds(_ kind: UInt8) {
        let (scanner, found) = scan(Self.bytes + Self.entry(kind: kind, Array("{}".utf8)))
        #expect(found == Self.entries)
        let damage = DecodeError(
            "entry kind", at: Self.bytes.count + 4, .unknownCode(UInt64(kind)))
        #expect(scanner.tail.damage == damage)
    }

    @Test("Every change of a head's byte is seen before its payload has come")
    func heads() {
        let entry = Self.entries[0].encoded()
        for offset in 0..<11 {
            for change in 1...255 as ClosedRange<UInt8> {
                var head = Array(entry[..<15])
                head[offset] ^= change
                let damage = scan(Self.header.encoded() + head).0.tail.damage
                #expect(damage != nil && damage?.problem != .truncated, "byte \(offset)")
            }
        }
    }

    @Test func aHeaderThatSaysNothingIsNamedWhereItIsWrong() {
        var empty = ByteWriter()
        empty.raw(Self.bytes[..<6])
        empty.fixed(UInt16(0))
        var crc = CRC32C()
        crc.add(empty.bytes)
        empty.fixed(crc.value)
        let damage = scan(empty.bytes).0.tail.damage
        #expect(damage?.offset == 12 && damage?.problem == .truncated, "\(damage as Any)")
    }

    @Test func zerosAfterTheEndAreATail() {
        // A file that grew without its data, as some file systems leave it after a power cut.
        let (scanner, found) = scan(Self.bytes + [UInt8](repeating: 0, count: 4_096))
        #expect(found == Self.entries)
        #expect(scanner.tail.goodByteCount == Self.bytes.count)
        #expect(scanner.tail.damage != nil)
    }

    @Test func anotherFileIsNamedForWhatItIsNot() {
        let (scanner, found) = scan(Array("not a journal".utf8))
        #expect(found.isEmpty)
        #expect(scanner.header == nil)
        #expect(scanner.tail.damage == DecodeError("segment magic", at: 0, .unknownCode(110)))
    }
}

@Suite struct ClockNameTests {
    private static let here = ClockName(host: "a", bootID: "1", timeNamespace: "time:[1]")

    @Test("One boot in one time namespace is one clock, whatever a container calls its host")
    func same() {
        let container = ClockName(host: "b", bootID: "1", timeNamespace: "time:[1]")
        #expect(Self.here.isSameClock(as: container))
    }

    @Test(
        "Another boot, time namespace or clock is another clock, and so is a clock without a name",
        arguments: [
            ClockName(host: "a", bootID: "2", timeNamespace: "time:[1]"),
            ClockName(host: "a", bootID: "1", timeNamespace: "time:[2]"),
            ClockName(host: "a", bootID: "1"),
            ClockName(host: "a", bootID: "1", timeNamespace: "time:[1]", clock: "CLOCK_MONOTONIC"),
        ])
    func other(_ other: ClockName) {
        #expect(!Self.here.isSameClock(as: other))
        let nameless = ClockName(host: "a", bootID: "")
        #expect(!nameless.isSameClock(as: nameless))
    }
}

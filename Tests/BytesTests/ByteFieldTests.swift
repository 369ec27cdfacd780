import Randomness
import Testing

@testable import Bytes
@testable import TokenLog

@Suite struct ByteFieldTests {
    @Test(arguments: [
        0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, UInt64(UInt32.max), UInt64.max / 2, UInt64.max,
    ])
    func varintsComeBack(_ value: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(value)
        writer.signed(Int64(bitPattern: value))
        writer.fixed(value)
        writer.optional(Int64(bitPattern: value))
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint("a") == value)
        #expect(try reader.signed("b") == Int64(bitPattern: value))
        #expect(try reader.fixed("c", as: UInt64.self) == value)
        #expect(try reader.optional("d") == Int64(bitPattern: value))
        try reader.finish("all")
    }

    @Test func smallNumbersOfEitherSignAreOneByte() {
        for value: Int64 in -64...63 {
            var writer = ByteWriter()
            writer.signed(value)
            #expect(writer.count == 1)
        }
    }

    @Test(arguments: [
        ([0x80, 0x00], DecodeError.Problem.notMinimal),
        ([0x80], .truncated),
        ([], .truncated),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02], .notMinimal),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81], .notMinimal),
    ])
    func malformedVarintsAreErrors(_ bytes: [UInt8], _ problem: DecodeError.Problem) {
        var reader = ByteReader(bytes)
        #expect(throws: DecodeError("count", at: 0, problem)) { try reader.varint("count") }
    }

    @Test func codesMayBeAbsentAndAreKnown() throws {
        for value in [nil] + StampSource.allCases.map(Optional.some) {
            var writer = ByteWriter()
            writer.optionalCode(value)
            #expect(writer.count == 1)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.optionalCode("source", as: StampSource.self) == value)
        }
        let unknown = UInt8(StampSource.allCases.count) + 1
        var reader = ByteReader([unknown])
        #expect(throws: DecodeError("source", at: 0, .unknownCode(UInt64(unknown)))) {
            try reader.optionalCode("source", as: StampSource.self)
        }
    }

    @Test func aClaimedCountNeedsTheBytesForIt() {
        var writer = ByteWriter()
        writer.varint(1_000_000)
        writer.raw([1, 2, 3])
        var reader = ByteReader(writer.bytes)
        #expect(throws: DecodeError("names", at: 0, .truncated)) {
            try reader.count("names", limit: 2_000_000)
        }
        var other = ByteReader(writer.bytes)
        #expect(
            throws: DecodeError("names", at: 0, .overLimit(value: 1_000_000, limit: 10))
        ) { try other.count("names", limit: 10) }
        // Three bytes hold one pair.
        var pairs = ByteReader([2, 1, 2, 3])
        #expect(throws: DecodeError("pairs", at: 0, .truncated)) {
            try pairs.count("pairs", limit: 9, bytesEach: 2)
        }
    }

    @Test func textsAreBoundedAndValid() throws {
        var writer = ByteWriter()
        writer.text("Grüße", limit: 16)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.text("greeting", limit: 16) == "Grüße")
        var narrow = ByteReader(writer.bytes)
        #expect(throws: DecodeError("greeting", at: 0, .overLimit(value: 7, limit: 6))) {
            try narrow.text("greeting", limit: 6)
        }
        var broken = ByteReader([2, 0xC3, 0x28])
        #expect(throws: DecodeError("greeting", at: 0, .notUTF8)) {
            try broken.text("greeting", limit: 6)
        }
    }

    @Test func sentencesAreCutAtAWholeCharacter() {
        #expect("Grüße".cut(toUTF8Bytes: 3) == "Gr")
        #expect("Grüße".cut(toUTF8Bytes: 4) == "Grü")
        #expect("Grüße".cut(toUTF8Bytes: 7) == "Grüße")
        #expect("👩‍🚀x".cut(toUTF8Bytes: 10) == "")
    }

    @Test func leftoverBytesAreAnError() {
        let reader = ByteReader([1, 2])
        #expect(throws: DecodeError("message", at: 0, .trailingBytes(2))) {
            try reader.finish("message")
        }
    }

    @Test func anErrorNamesFieldOffsetAndReason() {
        let error = DecodeError("batch count", at: 12, .overLimit(value: 70_000, limit: 65_536))
        #expect("\(error)" == "batch count at byte 12: 70000 is over the limit of 65536")
    }
}

@Suite struct RunningHashTests {
    @Test func everyByteCounts() {
        let bytes = [UInt8](repeating: 0xFF, count: 20)
        let changed = bytes.indices.map { index in
            var other = bytes
            other[index] = 0
            return other
        }
        let values = ([bytes, bytes + [0], bytes.dropLast()] + changed).map { bytes in
            var hash = RunningHash()
            hash.add(bytes)
            return hash.value
        }
        #expect(Set(values).count == values.count)
    }
}

@Suite struct CRC32CTests {
    /// RFC 3720, appendix B.4, and the usual check string.
    private static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        (Array("123456789".utf8), 0xE306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ([], 0),
    ]

    @Test(arguments: published)
    func publishedValues(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
    }

    @Test func piecesAreTheWhole() {
        var generator = SplitMix64(seed: 5)
        let bytes = (0..<257).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for cut in 0...bytes.count {
            var crc = CRC32C()
            crc.add(bytes[..<cut])
            crc.add(bytes[cut...])
            #expect(crc.value == CRC32C.checksum(bytes))
        }
    }
}

extension CRC32CTests {
    /// The processor's instruction and the tables, whatever the length and the alignment.
    @Test func theInstructionGivesWhatTheTablesGive() {
        var generator = SplitMix64(seed: 11)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes.withUnsafeBytes { bytes in
            for start in 0..<9 {
                for count in 0...280 {
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
                    var crc = CRC32C()
                    crc.add(part)
                    #expect(crc.value == ~CRC32C.tabled(.max, over: part))
                }
            }
        }
    }
}

@Suite struct IdentifierTests {
    @Test func textAndBytesComeBack() throws {
        var generator = SplitMix64(seed: 9)
        for _ in 0..<100 {
            let run = RunID(using: &generator)
            #expect(RunID("\(run)") == run)
            var writer = ByteWriter()
            run.encode(into: &writer)
            var reader = ByteReader(writer.bytes)
            #expect(try RunID(from: &reader, "run") == run)
        }
        #expect("\(RunID(high: 1, low: 0xAB))" == "000000000000000100000000000000ab")
    }

    @Test(arguments: [
        "", "0", "+00000000000000100000000000000ab", "000000000000000100000000000000AB",
    ])
    func otherTextsAreNoName(_ text: String) { #expect(RunID(text) == nil) }
}

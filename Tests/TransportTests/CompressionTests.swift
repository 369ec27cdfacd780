import Randomness
import Testing

@testable import Transport

@Suite struct CompressionTests {
    static func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test func framesOfAllSizesSurvive() throws {
        let (deflater, inflater) = (Deflater(), Inflater())
        for size in [1, 2, 100, 4_095, 4_096, 16_383, 16_384, 16_385, 200_000, 1_000_000] {
            for payload in [
                Self.random(size, seed: UInt64(size)), [UInt8](repeating: 3, count: size),
            ] {
                let deflated = deflater.deflate(payload)
                #expect(
                    try inflater.inflate(deflated[...], statedLength: size) == payload,
                    "\(size) bytes")
            }
        }
    }

    @Test func historyIsKeptAcrossFrames() throws {
        let (deflater, inflater) = (Deflater(), Inflater())
        let payload = Self.random(5_000, seed: 1)
        let first = deflater.deflate(payload)
        let second = deflater.deflate(payload)
        #expect(second.count * 20 < first.count)
        #expect(try inflater.inflate(first[...], statedLength: 5_000) == payload)
        #expect(try inflater.inflate(second[...], statedLength: 5_000) == payload)
    }

    /// A regular plan compresses 200:1, and that is no attack: only lengths are bounded.
    @Test func highRatiosAreAllowed() throws {
        let zeros = [UInt8](repeating: 0, count: 16 << 20)
        let deflated = Deflater().deflate(zeros)
        #expect(deflated.count * 100 < zeros.count)
        #expect(try Inflater().inflate(deflated[...], statedLength: zeros.count) == zeros)
    }

    @Test(arguments: [1, 100, 16_383, 16_384, 99_999])
    func bombStopsAtItsStatedLength(stated: Int) {
        let deflated = Deflater().deflate([UInt8](repeating: 0, count: 16 << 20))
        #expect(throws: InflationError.longerThanStated(stated)) {
            try Inflater().inflate(deflated[...], statedLength: stated)
        }
    }

    @Test func shortFramesAreRefused() {
        let deflated = Deflater().deflate([UInt8](repeating: 0, count: 1_000))
        #expect(throws: InflationError.shorterThanStated(1_001, inflated: 1_000)) {
            try Inflater().inflate(deflated[...], statedLength: 1_001)
        }
        #expect(throws: InflationError.shorterThanStated(9, inflated: 0)) {
            try Inflater().inflate([], statedLength: 9)
        }
    }

    @Test func endedStreamIsRefused() {
        // A final empty stored block: 01 00 00 ff ff.
        #expect(throws: InflationError.ended) {
            try Inflater().inflate([0x01, 0x00, 0x00, 0xff, 0xff], statedLength: 5)
        }
    }

    @Test func truncatedAtEveryByteIsRefused() {
        let payload = Self.random(300, seed: 3)
        let deflated = Deflater().deflate(payload)
        // The last four bytes are the flush marker, after which nothing of the payload comes.
        for count in 0..<(deflated.count - 5) {
            #expect(throws: InflationError.self) {
                try Inflater().inflate(deflated.prefix(count), statedLength: payload.count)
            }
        }
    }

    /// Damage is found by the frame's checksum; here only that nothing traps or exceeds its bound.
    @Test func eachByteFlippedStaysWithinBounds() {
        let deflated = Deflater().deflate(Array("a plan of plans, a plan of plans".utf8))
        for index in deflated.indices {
            for bit in 0..<8 {
                var damaged = deflated
                damaged[index] ^= 1 << bit
                if let output = try? Inflater().inflate(damaged[...], statedLength: 32) {
                    #expect(output.count == 32)
                }
            }
        }
    }
}

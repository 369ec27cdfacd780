import Testing

@testable import Workload

@Suite struct PromptCalibrationTests {
    private static func words(
        _ segments: [PromptSegment], _ calibration: PromptCalibration
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        PromptText.appendWords(segments, calibration: calibration, to: &bytes)
        return bytes
    }

    @Test func theLineGoesThroughBothProbes() throws {
        let line = try #require(
            PromptCalibration(short: (1, 12), long: (512, 523)))
        #expect(line == PromptCalibration(overhead: 11, tokensPerWord: 1))
        let dense = try #require(PromptCalibration(short: (1, 6), long: (512, 772)))
        #expect((dense.tokensPerWord - 766.0 / 511).magnitude < 1e-9)
        #expect(dense.overhead == 5)
        // A tokenizer that breaks words up, and the first one less than most.
        let broken = try #require(PromptCalibration(short: (1, 4), long: (512, 2_315)))
        #expect(broken.overhead == 0)
        #expect((broken.tokensPerWord - 2_311.0 / 511).magnitude < 1e-9)
    }

    @Test(
        arguments: [(9, 9), (1, 5_000), (600, 700), (0, 512), (40_000, 40_511)]
            as [(UInt32, UInt32)])
    func whatNoTokenizerCountsIsNoLine(short: UInt32, long: UInt32) {
        #expect(PromptCalibration(short: (1, short), long: (512, long)) == nil)
    }

    /// A server with this calibration counts as many tokens as were asked for, within half a word.
    @Test(arguments: [(0, 1.0), (10, 1.0), (37, 1.3), (5, 0.75), (200, 2.5)] as [(UInt32, Double)])
    func promptsHaveTheLengthThatWasAskedFor(overhead: UInt32, slope: Double) {
        let calibration = PromptCalibration(overhead: overhead, tokensPerWord: slope)
        for asked: UInt32 in [1, 2, 64, 333, 5_000] {
            for split in [[asked], [asked / 3, asked - asked / 3], [7, asked]] {
                let segments = split.enumerated().map {
                    PromptSegment(seed: UInt64($0.offset), tokens: $0.element)
                }
                let total = segments.reduce(0) { $0 + $1.tokens }
                let count = Self.words(segments, calibration).split(separator: 0x20).count
                let counted = Double(overhead) + slope * Double(count)
                if total > overhead + UInt32(slope.rounded(.up)) {
                    #expect((counted - Double(total)).magnitude <= slope / 2 + 1e-9)
                } else {
                    #expect(count <= 1 || counted <= Double(total) + slope)
                }
                #expect(count >= 1)
            }
        }
    }

    /// Prompts that share segments share words, whatever the server counts.
    @Test(arguments: [(0, 1.0), (10, 1.0), (37, 1.3), (600, 1.7)] as [(UInt32, Double)])
    func sharedSegmentsStaySharedWords(overhead: UInt32, slope: Double) {
        let calibration = PromptCalibration(overhead: overhead, tokensPerWord: slope)
        let prefix = PromptSegment(seed: 1, tokens: 512)
        func prompt(_ seed: UInt64, _ tokens: UInt32) -> [UInt8] {
            Self.words([prefix, PromptSegment(seed: seed, tokens: tokens)], calibration)
        }
        let shared = Self.words([prefix], calibration)
        for tokens: UInt32 in [90, 91, 400] {
            #expect(prompt(2, tokens + 50).starts(with: prompt(2, tokens)))
            if overhead < 512 {
                #expect(prompt(2, tokens).starts(with: shared))
            }
            if 512 + tokens > overhead + 8 { #expect(prompt(2, tokens) != prompt(3, tokens)) }
        }
    }

    @Test func idsLeaveRoomForTheOverhead() {
        var bytes: [UInt8] = []
        let segments = [PromptSegment(seed: 4, tokens: 20), PromptSegment(seed: 5, tokens: 3)]
        PromptText.appendTokenIDs(
            segments, calibration: PromptCalibration(overhead: 1, tokensPerWord: 1), to: &bytes)
        #expect(bytes.split(separator: UInt8(ascii: ",")).count == 22)
    }

    @Test func theTableIsAskedWholeOrInEvenParts() {
        for count in [1, 64, PromptText.tableWords] {
            var bytes: [UInt8] = []
            PromptText.appendTable(count, to: &bytes)
            let words = bytes.split(separator: 0x20)
            #expect(words.count == count && Set(words).count == count)
            #expect(bytes.starts(with: Array("the".utf8)))
        }
    }
}

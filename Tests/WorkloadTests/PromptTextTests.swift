import Testing

@testable import Workload

@Suite struct PromptTextTests {
    private func words(_ segments: [PromptSegment]) -> [UInt8] {
        var bytes: [UInt8] = []
        PromptText.appendWords(segments, to: &bytes)
        return bytes
    }

    private func ids(_ segments: [PromptSegment]) -> [UInt8] {
        var bytes: [UInt8] = []
        PromptText.appendTokenIDs(segments, to: &bytes)
        return bytes
    }

    @Test func `the table holds 512 different short lower-case words`() {
        #expect(PromptWords.table.count == 1 << PromptWords.bits)
        #expect(Set(PromptWords.table).count == PromptWords.table.count)
        #expect(
            PromptWords.table.allSatisfy { word in
                (1...8).contains(word.count) && word.allSatisfy { (0x61...0x7A).contains($0) }
            })
    }

    @Test(arguments: [1, 2, 17, 1_000] as [UInt32])
    func `a prompt has one word and one id a token`(tokens: UInt32) {
        let segment = PromptSegment(seed: 99, tokens: tokens)
        #expect(words([segment]).split(separator: 0x20).count == Int(tokens))
        let numbers = ids([segment]).split(separator: UInt8(ascii: ","))
        #expect(numbers.count == Int(tokens))
        for (position, number) in numbers.enumerated() {
            let value = UInt32(String(decoding: number, as: UTF8.self))
            #expect(value == PromptText.tokenID(seed: 99, position: UInt32(position)))
            #expect(value.map(PromptText.tokenIDs.contains) == true)
        }
    }

    @Test func `a longer segment begins with the shorter one`() {
        let short = PromptSegment(seed: 5, tokens: 100)
        let long = PromptSegment(seed: 5, tokens: 250)
        #expect(words([long]).starts(with: words([short])))
        #expect(ids([long]).starts(with: ids([short])))
        #expect(!words([PromptSegment(seed: 6, tokens: 250)]).starts(with: words([short])))
    }

    @Test func `segments join as if they were one text`() {
        let (a, b) = (PromptSegment(seed: 5, tokens: 3), PromptSegment(seed: 6, tokens: 4))
        #expect(words([a, b]) == words([a]) + [0x20] + words([b]))
        #expect(ids([a, b]) == ids([a]) + [UInt8(ascii: ",")] + ids([b]))
        #expect(words([]).isEmpty && ids([]).isEmpty)
    }

    @Test(
        arguments: [(2, 1..<2), (100, 50..<100), (2_500, 1_000..<2_500), (128_256, 1_000..<20_000)]
            as [(UInt32, Range<UInt32>)])
    func `token ids fit the vocabulary`(size: UInt32, range: Range<UInt32>) {
        #expect(PromptText.tokenIDs(vocabularySize: size) == range)
    }

    @Test func `every word and every part of the range is used evenly`() {
        var counts = Array(repeating: 0, count: 19)
        for position in UInt32(0)..<19_000 {
            counts[Int(PromptText.tokenID(seed: 1, position: position) - 1_000) / 1_000] += 1
        }
        #expect(counts.allSatisfy { abs($0 - 1_000) < 160 })
    }
}

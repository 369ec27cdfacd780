/// How a server counts prompts of ``PromptText``'s words or ids: `overhead` tokens around the
/// whole, and `tokensPerWord` for each word or id.
///
/// The overhead is what a chat template writes around a message, or a mark of the text's begin. A
/// prompt is asked for by its whole length, as the server counts it.
package struct PromptCalibration: Hashable, Sendable {
    /// Tokens that come with any prompt.
    package var overhead: UInt32
    /// Tokens of a word, on average over the table of words; ``plausibleTokensPerWord``.
    package var tokensPerWord: Double

    /// One token a word, nothing around them: what is taken where no server was asked.
    package static let none = PromptCalibration(overhead: 0, tokensPerWord: 1)
    /// The number of tokens that a tokenizer may make of a word of at most eight letters.
    package static let plausibleTokensPerWord = 0.25...8.0
    /// The longest chat template.
    package static let plausibleOverhead = 16_384

    package init(overhead: UInt32, tokensPerWord: Double) {
        precondition(
            Self.plausibleTokensPerWord.contains(tokensPerWord),
            "a word has between a quarter of a token and eight")
        self.overhead = overhead
        self.tokensPerWord = tokensPerWord
    }

    /// The line through two prompts whose words and tokens are known; nil where no tokenizer counts
    /// so.
    ///
    /// Where words take several tokens, those of the short prompt may take fewer than the mean: the
    /// line then meets the axis below 0, by less than the words' own tokens; nothing is around.
    ///
    /// - Precondition: `long` has more words than `short`.
    package init?(
        short: (words: Int, tokens: UInt32), long: (words: Int, tokens: UInt32)
    ) {
        precondition(long.words > short.words, "two lengths make a line")
        let slope =
            (Double(long.tokens) - Double(short.tokens)) / Double(long.words - short.words)
        guard Self.plausibleTokensPerWord.contains(slope) else { return nil }
        let own = slope * Double(short.words)
        let intercept = (Double(short.tokens) - own).rounded()
        guard short.tokens > 0, intercept > -own, intercept <= Double(Self.plausibleOverhead)
        else { return nil }
        self.init(overhead: UInt32(max(0, intercept)), tokensPerWord: slope)
    }

    /// Words that make the first `tokens` tokens of a prompt, the overhead counted first.
    func words(within tokens: UInt64) -> UInt64 {
        guard tokens > UInt64(overhead) else { return 0 }
        let own = tokens - UInt64(overhead)
        return tokensPerWord == 1 ? own : UInt64((Double(own) / tokensPerWord).rounded())
    }
}

extension PromptText {
    /// How many words or ids each of `segments` gets under `calibration`, at least one in all.
    ///
    /// The overhead goes off the beginning and the bounds between segments are rounded on their
    /// own, so that prompts which begin with the same segments begin with the same words.
    static func lengths(
        _ segments: [PromptSegment], _ calibration: PromptCalibration
    ) -> [UInt32] {
        var tokens: UInt64 = 0
        var words: UInt64 = 0
        var lengths = segments.map { segment in
            tokens += UInt64(segment.tokens)
            let before = words
            words = calibration.words(within: tokens)
            return UInt32(clamping: words - before)
        }
        if words == 0, let last = lengths.indices.last, tokens > 0 { lengths[last] = 1 }
        return lengths
    }

    /// Words of the whole table: a prompt of each of them once has the mean length of all that
    /// prompts are drawn from, without any chance in it.
    package static let tableWords = PromptWords.table.count

    /// Appends `count` words of the table, evenly spread over it: the calibration's probes. The
    /// first of them is one token in every vocabulary of English.
    ///
    /// - Precondition: `count` is a power of two up to ``tableWords``.
    package static func appendTable(_ count: Int, to bytes: inout [UInt8]) {
        precondition(
            count > 0 && tableWords.isMultiple(of: count), "a part of the table is a whole one")
        for index in stride(from: 0, to: tableWords, by: tableWords / count) {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: PromptWords.table[index])
        }
    }
}

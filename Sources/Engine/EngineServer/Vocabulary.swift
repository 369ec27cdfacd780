import Randomness

/// The words of simulated answers: each one token, and one word for a client that counts words.
enum Vocabulary {
    private static let words: [StaticString] = [
        " a", " and", " as", " at", " bar", " beat", " bound", " by", " chord", " clef", " coda",
        " even", " fifth", " flat", " flow", " for", " from", " held", " high", " in", " into",
        " is", " key", " legato", " light", " line", " long", " low", " measure", " minor", " mode",
        " next", " note", " of", " on", " one", " over", " pause", " phrase", " piano", " pitch",
        " play", " quiet", " rest", " rise", " scale", " score", " sharp", " slow", " slur",
        " smooth", " so", " soft", " staff", " step", " tempo", " the", " third", " tie", " to",
        " tone", " tune", " voice", " with",
    ]

    /// The id of the first word; those of the others follow.
    static let firstID = 1000
    /// How many words there are, a power of two.
    static let count = 64

    /// Which word is token `index` of answer `ordinal`.
    static func word(seed: UInt64, ordinal: UInt64, index: Int) -> Int {
        let mixed = SplitMix64.draw(UInt64(index), of: SplitMix64.draw(ordinal, of: seed))
        return Int(mixed % UInt64(count))
    }

    /// By which a word is known where it comes back in a prompt.
    static func seed(of word: Int) -> UInt64 { seeds[word] }

    private static let seeds = words.map { word in
        word.withUTF8Buffer { PromptTokens.seed(ofWord: $0.dropFirst()) }
    }

    /// Appends the text of a word, which needs no escaping in JSON.
    static func append(_ word: Int, to bytes: inout [UInt8]) {
        words[word].withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

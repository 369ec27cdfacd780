import EngineModel
import Randomness

/// The tokens of a prompt as the engine counts them and, where equal prefixes are kept, what they
/// are.
struct PromptTokens: Hashable, Sendable {
    private(set) var count = 0
    /// Nil where nobody asks.
    private(set) var contents: BlockContents?

    init(areHashed: Bool) { contents = areHashed ? BlockContents() : nil }

    /// Adds the words of a text, separated by ASCII whitespace: a token each. O(bytes).
    mutating func add(words text: String) {
        var hash = Self.emptyWord
        var isInside = false
        for byte in text.utf8 {
            let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
            if isSpace {
                if isInside { add(seed: hash) }
                hash = Self.emptyWord
            } else if contents != nil {
                hash = Self.extended(hash, by: byte)
            }
            isInside = !isSpace
        }
        if isInside { add(seed: hash) }
    }

    /// Adds a token by its id.
    mutating func add(id: Int64) { add(seed: mix64(UInt64(bitPattern: id))) }

    /// Adds tokens that a template writes, equal for equal names.
    mutating func add(marks: Int, named name: String) {
        let seed = Self.seed(ofWord: name.utf8)
        for _ in 0..<marks { add(seed: seed) }
    }

    private mutating func add(seed: UInt64) {
        count += 1
        contents?.append(TextPiece(seed: seed, tokens: 1))
    }

    private static var emptyWord: UInt64 { 0xCBF2_9CE4_8422_2325 }

    private static func extended(_ hash: UInt64, by byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// By which a word is known, in prompts and in answers.
    static func seed(ofWord word: some Sequence<UInt8>) -> UInt64 {
        word.reduce(emptyWord) { extended($0, by: $1) }
    }
}

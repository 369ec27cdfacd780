/// The first of the things that end an answer well which an answer had.
package enum AnswerEnding: UInt8, Hashable, Sendable, CaseIterable {
    /// It had none of them.
    case none = 0
    /// A finish reason of every choice.
    case finishReason = 1
    /// `[DONE]`.
    case done = 2
    /// A proper end of the body behind a usage that agrees with what came.
    case usage = 3
}

/// Further facts that are worth saying of an answer, a bit each.
package struct AnswerMarks: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It came as one document: it has an end, and no instants of its tokens.
    package static let notStreamed = AnswerMarks(rawValue: 1)
    /// Its first bytes told what it is, for its Content-Type did not, or said another thing.
    package static let framingGuessed = AnswerMarks(rawValue: 1 << 1)
    /// It failed before its first byte on a connection that had served before.
    package static let reusedConnection = AnswerMarks(rawValue: 1 << 2)
    /// Its usage counts more tokens than its text has room for, and was not believed.
    package static let usageNotBelieved = AnswerMarks(rawValue: 1 << 3)
    /// It had ended well when its body had not: nothing more was waited for.
    package static let bodyLeftOpen = AnswerMarks(rawValue: 1 << 4)

    /// All marks with their names in the files, in the order in which they are listed.
    package static let named: [(mark: AnswerMarks, name: String)] = [
        (.notStreamed, "not_streamed"), (.framingGuessed, "framing_guessed"),
        (.reusedConnection, "reused_connection"), (.usageNotBelieved, "usage_not_believed"),
        (.bodyLeftOpen, "body_left_open"),
    ]

    /// Every mark that there is.
    package static let all = named.reduce(into: AnswerMarks()) { $0.formUnion($1.mark) }

    /// The names of the marks that are set.
    package var names: [String] { Self.named.filter { contains($0.mark) }.map(\.name) }
}

/// Facts known of an answer beside its tokens: how it ended, and what was odd about it.
package struct AnswerNotes: Hashable, Sendable {
    package var ending = AnswerEnding.none
    package var finishReason: FinishReason?
    /// The server's own word where ``finishReason`` is `other`, harmless and cut to
    /// ``wordLimit`` bytes; else empty.
    package var otherReason = ""
    /// Tokens that the server counted and no event brought: in no count and no figure of delivered
    /// tokens.
    package var hiddenTokens: UInt32 = 0
    /// Data lines that were no JSON object and were skipped.
    package var strayLines: UInt32 = 0
    /// The member of a delta that held text and is not known, harmless and cut to ``wordLimit``
    /// bytes; empty for none. The first that was met.
    package var unknownField = ""
    package var marks: AnswerMarks = []

    /// Longest word that is taken over from a server, in bytes.
    package static let wordLimit = 48

    package init() {}

    /// The word of the finish reason as the server wrote it; nil without one.
    package var finishWord: String? {
        finishReason.map { $0 == .other && !otherReason.isEmpty ? otherReason : "\($0.word)" }
    }

    /// A server's word made harmless: letters, digits, `_`, `-`, `.` and `:` of ASCII stay, each
    /// other character becomes `?`, and what is beyond ``wordLimit`` is cut off.
    package static func plainWord(_ word: String) -> String {
        String(
            word.prefix(wordLimit).map { character in
                let isKept =
                    character.isASCII && (character.isLetter || character.isNumber)
                    || "_-.:".contains(character)
                return isKept ? character : "?"
            })
    }
}

import Goodput
package import JSON
package import TokenLog

/// How the answers of a run ended, and what was odd about them: counts over its scored requests.
package struct AnswerSummary: Hashable, Sendable {
    /// Answers that ended well, or were given up by the server, by what ended them.
    package private(set) var endings: [AnswerEnding: Int] = [:]
    /// All answers with a finish reason, by the server's own word.
    package private(set) var finishReasons: [String: Int] = [:]
    /// Answers by each of their marks.
    package private(set) var marks: [AnswerMarks: Int] = [:]
    /// Tokens that servers counted and no event brought.
    package private(set) var hiddenTokens: UInt64 = 0
    /// Those of ``hiddenTokens`` that a usage counts which was not believed.
    package private(set) var doubtedTokens: UInt64 = 0
    /// Answers of which nothing was delivered, though their usage counts tokens.
    package private(set) var undelivered = 0
    /// Tokens of all answers that were delivered.
    package private(set) var deliveredTokens: UInt64 = 0
    /// Data lines that were no JSON, and the answers that had some.
    package private(set) var strayLines: UInt64 = 0
    package private(set) var answersWithStrayLines = 0
    /// Answers with text in a member of the delta that is not known, by its name.
    package private(set) var unknownFields: [String: Int] = [:]
    /// Completed answers.
    package private(set) var completed = 0
    /// Those of them whose streams came collected.
    package private(set) var collected = 0
    /// Servers of answers that came whole, and of collected ones.
    package private(set) var wholeTargets: Set<String> = []
    package private(set) var collectedTargets: Set<String> = []
    /// Servers whose streams come collected, also where none of their completed answers streamed.
    private(set) var collectingTargets: Set<String> = []

    init() {}

    /// Takes in a request; which of them came collected is told at the end (``collect(_:from:)``).
    mutating func add(_ request: MeasuredRequest) {
        let notes = request.notes
        if notes.ending != .none { endings[notes.ending, default: 0] += 1 }
        if let word = notes.finishWord { finishReasons[word, default: 0] += 1 }
        if !notes.marks.isEmpty {
            for (mark, _) in AnswerMarks.named where notes.marks.contains(mark) {
                marks[mark, default: 0] += 1
            }
        }
        hiddenTokens += UInt64(notes.hiddenTokens)
        if notes.marks.contains(.usageNotBelieved) { doubtedTokens += UInt64(notes.hiddenTokens) }
        deliveredTokens += UInt64(request.outputTokens)
        if notes.hiddenTokens > 0, request.outputTokens == 0 { undelivered += 1 }
        if notes.strayLines > 0 {
            strayLines += UInt64(notes.strayLines)
            answersWithStrayLines += 1
        }
        if !notes.unknownField.isEmpty { unknownFields[notes.unknownField, default: 0] += 1 }
        guard request.outcome == .completed else { return }
        completed += 1
        if notes.marks.contains(.notStreamed) { wholeTargets.insert(request.target) }
    }

    /// Says that `count` completed answers from `target` came collected.
    mutating func collect(_ count: Int, from target: String) {
        collectingTargets.insert(target)
        guard count > 0 else { return }
        collected += count
        collectedTargets.insert(target)
    }

    /// Answers with the mark.
    package func count(_ mark: AnswerMarks) -> Int { marks[mark] ?? 0 }

    /// The value of `answers` in `summary.json`.
    package var json: JSONValue {
        func object(_ counts: [(String, Int)]) -> JSONValue {
            .object(
                counts.sorted { $0.0 < $1.0 }.map {
                    JSONMember($0.0, .integer(Int64($0.1)))
                })
        }
        return [
            "ended": object(
                endings.compactMap { ending, count in ending.name.map { ($0, count) } }),
            "finish_reasons": object(finishReasons.map { ($0, $1) }),
            "hidden_tokens": .integer(Int64(clamping: hiddenTokens)),
            "undelivered": .integer(Int64(undelivered)),
            "collected": .integer(Int64(collected)),
            "stray_lines": .integer(Int64(clamping: strayLines)),
            "unknown_fields": object(unknownFields.map { ($0, $1) }),
            "marks": object(
                AnswerMarks.named.compactMap { mark, name in marks[mark].map { (name, $0) } }),
        ]
    }
}

/// When the tokens of each answer of a virtual run left, in ns after its start.
///
/// An element is made when it is asked for, in O(its tokens).
package struct AnswerTimes: Sendable {
    var answers: [AnswerTokens]
    var instants: StepInstants?

    init(_ answers: [AnswerTokens]) { self.answers = answers }

    /// Tokens of all answers. O(answers).
    package var tokenCount: Int { answers.reduce(0) { $0 + $1.count } }

    /// Tokens of one answer. O(1).
    package func count(of index: Int) -> Int { answers[index].count }

    /// When the last token of all left; nil without one. O(answers).
    package var lastNs: Int64? { answers.lazy.compactMap { $0.lastNs(instants) }.max() }
}

extension AnswerTimes: RandomAccessCollection {
    package var startIndex: Int { answers.startIndex }
    package var endIndex: Int { answers.endIndex }
    package subscript(index: Int) -> [Int64] { answers[index].times(instants) }
}

extension AnswerTimes: Equatable {
    package static func == (a: AnswerTimes, b: AnswerTimes) -> Bool { a.elementsEqual(b) }
}

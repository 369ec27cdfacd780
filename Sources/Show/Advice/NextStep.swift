/// A thing worth doing after a run: a figure of it, its reason, and an action.
package struct NextStep: Hashable, Sendable {
    package let cause: StepCause
    /// The sentence, without a line end; names in it came from elsewhere.
    package let text: StepText
    /// The command to type; nil where there is none.
    package let command: StepCommand?

    init(_ cause: StepCause, _ text: StepText, _ command: StepCommand? = nil) {
        self.cause = cause
        self.text = text
        self.command = command
    }
}

/// The reason of a ``NextStep``, the most urgent first.
package enum StepCause: Int, Hashable, Sendable, Comparable {
    /// The figures do not hold, and no other step says why.
    case notValid
    /// Requests failed, 1 % of them or more.
    case failures
    /// The client, not the server, was the limit.
    case client
    /// More was asked for than the servers serve.
    case overload
    /// A server, or something in front of it, holds tokens back.
    case heldTokens
    /// The greatest cause of the loss.
    case loss
    /// A node loses more than the others.
    case node
    /// No interval can be told of the figure.
    case length
    /// The chosen penalty rewards dropping.
    case penalty
    /// Requests failed, fewer than 1 %.
    case fewFailures
    /// Readers got nearly all: the servers may carry more.
    case room

    package static func < (a: StepCause, b: StepCause) -> Bool { a.rawValue < b.rawValue }
}

/// A sentence whose figures may be set apart from its words.
package struct StepText: Hashable, Sendable, ExpressibleByStringInterpolation {
    package enum Part: Hashable, Sendable {
        case words(String)
        /// A number with its unit.
        case figure(String)
    }

    package private(set) var parts: [Part] = []

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.words(literal)) }
        }

        package mutating func appendInterpolation(_ words: String) { appendLiteral(words) }

        package mutating func appendInterpolation(figure: String) { parts.append(.figure(figure)) }

        package mutating func appendInterpolation(_ text: StepText) { parts += text.parts }
    }

    package init(stringLiteral value: String) { parts = value.isEmpty ? [] : [.words(value)] }

    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    static func + (a: StepText, b: StepText) -> StepText {
        var sum = a
        sum.parts += b.parts
        return sum
    }

    /// The sentence as plain text.
    package var plain: String {
        parts.map { part in
            switch part {
            case .words(let text), .figure(let text): text
            }
        }.joined()
    }
}

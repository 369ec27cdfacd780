import AnswerStream
import TimeBase
import TokenLog

/// An account of a question's answer while it comes.
struct QuestionFollow {
    private(set) var tokens: UInt64 = 0
    private(set) var events = 0
    private(set) var first: LocalInstant?
    private(set) var last: LocalInstant?
    /// Whether it was ended here, far beyond what was asked for.
    var wentOn = false

    mutating func add(_ read: [AnswerTokens], at stamp: LocalInstant) {
        for found in read {
            tokens += UInt64(found.count)
            events += Int(found.events)
        }
        first = first ?? stamp
        last = stamp
    }
}

/// An answer to one question before a run, as far as it came.
struct QuestionAnswer {
    /// The worth of an answer to a question.
    enum Worth {
        /// It shows what the run's answers will be.
        case answered
        /// The model had nothing to say, or nothing that was shown: longer answers may have.
        case silent
        /// With an error of the server's.
        case refused
        /// It went on far beyond what was asked for, and was read no further.
        case endless
        /// It did not come in time.
        case overdue
        /// It did not end as answers do.
        case broken
    }

    var result: AnswerResult
    /// Whether all its events came at once.
    let isCollected: Bool
    private let wentOn: Bool
    /// Tokens that came by then, where it went on.
    private let tokens: UInt64

    init(_ result: AnswerResult, _ follow: QuestionFollow, sent: LocalInstant?) {
        self.result = result
        wentOn = follow.wentOn
        tokens = follow.tokens
        if let first = follow.first, let last = follow.last, let sent {
            // Its end is that of the last event: the question itself may have ended it.
            isCollected =
                follow.events >= CollectedAnswer.fewestEvents
                && CollectedAnswer.cameAtOnce(
                    events: follow.events, spanNs: (last - first).ns, endNs: (last - first).ns,
                    waitNs: (first - sent).ns)
        } else {
            isCollected = false
        }
    }

    /// An answer that was not waited for at all.
    init(unasked words: String) {
        var stream = AnswerStream()
        _ = stream.broken(.totalTimeout, words)
        guard let result = stream.result else {
            preconditionFailure("a stream that is broken off has a result")
        }
        self.init(result, QuestionFollow(), sent: nil)
    }

    var worth: Worth {
        if wentOn { return .endless }
        switch result.error?.kind {
        case nil: return result.outcome == .completed ? .answered : .broken
        case .empty where result.status == 200 && isProperlyEnded: return .silent
        case .httpStatus, .streamError: return .refused
        case .firstTokenTimeout, .betweenTokensTimeout, .totalTimeout: return .overdue
        default: return .broken
        }
    }

    /// Whether the server counts tokens of which it showed none.
    var isHidden: Bool { result.error?.kind == .empty && result.notes.hiddenTokens > 0 }

    /// Whether the server had no room for the question: that says nothing of what it accepts.
    var isBusy: Bool { result.status == 429 || result.status == 503 }

    /// Whether the connection broke before the answer's end.
    var isCut: Bool { result.error?.kind == .reset || result.error?.kind == .closedEarly }

    /// Whether usage counts more tokens than events came.
    var joinsTokens: Bool {
        result.evidence == .finalUsage && Int(result.outputTokens) > result.contentEvents
            && result.contentEvents > 0
    }

    /// The outcome, as the end of a sentence.
    ///
    /// - Parameter asked: tokens that the question asked for.
    func words(asked: UInt32) -> String {
        if wentOn {
            return
                "the server goes on beyond max_tokens: \(tokens) tokens came where \(asked) were "
                + "asked for, and no end"
        }
        if result.outcome == .abandoned {
            return "the server broke its answer off, with the finish reason abort"
        }
        return result.words
    }

    /// Whether the server said that the answer is over.
    private var isProperlyEnded: Bool {
        result.choices > 0 && (result.isDone || result.finishReason != nil)
            || result.notes.hiddenTokens > 0
    }
}

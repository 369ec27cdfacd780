import AnswerStream
package import TokenLog

/// One request that was made before a run, and what came of it.
package struct AskedRequest: Hashable, Sendable, CustomStringConvertible {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    /// The path with its query, without what looks like a secret there.
    package var path: String
    /// 0 where no head of an answer came.
    package var status: UInt16
    /// Nil where it did what was asked.
    package var error: ErrorClass?
    /// The outcome, as the end of a sentence: the server's own words where it has some.
    package var words: String
    /// The obstacle that no status tells; nil for none.
    private(set) var obstacle: Obstacle?

    /// An obstacle that another path, a key or a wait for a server that is loading does not mend.
    enum Obstacle: Hashable {
        /// The answer did not come in time.
        case overdue
        /// The answer went on far beyond what was asked for.
        case endless
        /// The server counts tokens of which it showed none.
        case hidden
    }

    init(
        _ method: Method, _ path: String, status: UInt16, error: ErrorClass? = nil, words: String
    ) {
        self.method = method
        self.path = Target.withoutSecrets(path)
        self.status = status
        self.error = error
        self.words = words
    }

    /// A question that was posted to `path` and asked for `outputTokens`.
    init(posted path: String, _ answer: QuestionAnswer, outputTokens: UInt32) {
        self.init(
            .post, path, status: answer.result.status, error: answer.result.error?.kind,
            words: answer.words(asked: outputTokens))
        switch answer.worth {
        case .overdue: obstacle = .overdue
        case .endless: obstacle = .endless
        case .silent where answer.isHidden: obstacle = .hidden
        case .answered, .silent, .refused, .broken: break
        }
    }

    init(_ method: Method, _ path: String, _ result: AnswerResult) {
        self.init(
            method, path, status: result.status, error: result.error?.kind, words: result.words)
    }

    package var description: String { "\(method.rawValue) \(path): \(words)" }

    /// A conclusion about the path.
    enum Word { case exists, absent, denied, broken }

    /// The conclusion about the path: a body that is refused has been read there.
    var word: Word {
        switch (status, error) {
        case (_, nil), (200, _): .exists
        case (404, _), (405, _), (410, _), (501, _): .absent
        case (401, _), (403, _), (407, _): .denied
        case (400..<500, _): .exists
        default: .broken
        }
    }

    /// Whether a server that is still loading its model answers like this.
    var isOfLoading: Bool {
        switch status {
        case 502, 503, 504: true
        case 0: error == .reset || error == .closedEarly || error == .connect
        default: false
        }
    }

    /// `requests` in one sentence's part, those with the same words together.
    static func list(_ requests: [AskedRequest]) -> String {
        var parts: [(names: [String], words: String)] = []
        for each in requests {
            let name = "\(each.method.rawValue) \(each.path)"
            if parts.last?.words == each.words {
                if parts[parts.count - 1].names.last != name {
                    parts[parts.count - 1].names.append(name)
                }
            } else {
                parts.append(([name], each.words))
            }
        }
        return parts.map { part in
            // All of them together are one sentence, which has its own limit.
            let words = ErrorExcerpt.clean(part.words, limit: parts.count > 2 ? 120 : 240)
            return "\(part.names.joined(separator: " and ")): \(words)"
        }.joined(separator: "; ")
    }
}

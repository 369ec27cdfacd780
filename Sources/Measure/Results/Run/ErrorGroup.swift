import JSON
package import TokenLog

/// Requests that ended for the same reason: the same class of error and status, and sentences that
/// differ in numbers and names of requests alone.
package struct ErrorGroup: Hashable, Sendable {
    /// As most of them have it.
    package var error: RequestError
    /// Whether some have another, which differs in numbers.
    package var hasVariants: Bool
    package var requests: Int
    /// How many on each agent, the most first.
    package var agents: [Share]

    /// An agent's part of a group.
    package struct Share: Hashable, Sendable {
        package var agent: String
        package var requests: Int
    }

}

/// The groups of the requests of a run that did not complete, as they are taken in.
package struct ErrorGroups: Sendable {
    private var members: [Key: Members] = [:]
    /// The newest sentence and its shape: one reason seldom comes alone.
    private var newest = (sentence: "", shape: "")

    package init() {}

    package mutating func add(_ request: MeasuredRequest) {
        guard request.outcome != .completed, let error = request.error else { return }
        if error.detail != newest.sentence {
            newest = (error.detail, Self.shape(of: error.detail))
        }
        let key = Key(kind: error.kind, status: error.status, shape: newest.shape)
        members[key, default: Members()].add(request.agent, error.detail)
    }

    /// The groups, the largest first.
    package var groups: [ErrorGroup] {
        members.map { key, members in
            let sentences = members.sentences.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return ErrorGroup(
                error: RequestError(
                    kind: key.kind, status: key.status, detail: sentences[0].key),
                hasVariants: sentences.count > 1,
                requests: members.agents.values.reduce(0, +),
                agents: members.agents.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                    .map { ErrorGroup.Share(agent: $0.key, requests: $0.value) })
        }
        .sorted {
            ($1.requests, $0.error.kind.rawValue, $0.error.status, $0.error.detail)
                < ($0.requests, $1.error.kind.rawValue, $1.error.status, $1.error.detail)
        }
    }

    private struct Key: Hashable {
        var kind: ErrorClass
        var status: UInt16
        var shape: String
    }

    private struct Members {
        var agents: [String: Int] = [:]
        var sentences: [String: Int] = [:]
        /// Sentences that are told apart, so that a server which names each request costs no
        /// memory.
        private static let mostSentences = 64

        mutating func add(_ agent: String, _ sentence: String) {
            agents[agent, default: 0] += 1
            guard sentences[sentence] != nil || sentences.count < Self.mostSentences else { return }
            sentences[sentence, default: 0] += 1
        }
    }

    /// The sentence with every word that holds a digit as `#`: lengths, times and request ids.
    static func shape(of sentence: String) -> String {
        var shape = ""
        var word = ""
        var hasDigit = false
        func flush() {
            shape += hasDigit ? "#" : word
            word = ""
            hasDigit = false
        }
        for character in sentence {
            guard character.isLetter || character.isNumber || character == "_" else {
                flush()
                shape.append(character)
                continue
            }
            word.append(character)
            if character.isNumber { hasDigit = true }
        }
        flush()
        // 1,024 and 0.5 are one number each.
        return shape.replacing(/#([.,:\-]#)+/, with: "#")
    }
}

extension ErrorGroup {
    /// The status where it says what went wrong, else the class of error.
    package var label: String {
        error.kind == .httpStatus && error.status != 0
            ? String(error.status) : error.kind.name.split(separator: "_").joined(separator: " ")
    }

    var json: JSONValue {
        [
            "kind": .string(error.kind.name), "status": .integer(Int64(error.status)),
            "sentence": .string(error.sentence), "requests": .integer(Int64(requests)),
            "agents": .object(
                agents.map { JSONMember($0.agent, .integer(Int64($0.requests))) }),
        ]
    }
}

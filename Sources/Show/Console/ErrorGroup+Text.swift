import PlainText
package import Results
import TokenLog

extension RunSummary {
    /// Groups of errors that have a line of their own.
    private static let mostGroups = 8

    /// Why requests did not complete, a line a reason, the most frequent first.
    package var errorSentences: [String] {
        let rest = errorGroups.dropFirst(Self.mostGroups)
        let requests = rest.reduce(0) { $0 + $1.requests }
        return errorGroups.prefix(Self.mostGroups).map(\.line)
            + (rest.isEmpty
                ? []
                : [
                    "\(Figures.count(requests, "request")) more ended in "
                        + "\(Figures.count(rest.count, "other way")): "
                        + "see `error` in requests.jsonl."
                ])
    }
}

extension ErrorGroup {
    /// Agents that are named.
    private static let mostAgents = 3

    /// `38 x 400: This model's maximum context length is 4096 tokens (node-a 20, node-b 18)`.
    package var line: String {
        let named = agents.prefix(Self.mostAgents).map { "\($0.agent) \($0.requests)" }
        let others = agents.count > Self.mostAgents ? ", ..." : ""
        let numbers = hasVariants ? "; numbers vary" : ""
        return "\(requests) x \(label): \(error.reason) (\(named.joined(separator: ", "))\(others)"
            + "\(numbers))\(remedy)"
    }

    /// The status where it says what went wrong, else the class of error.
    package var label: String {
        error.kind == .httpStatus && error.status != 0
            ? String(error.status) : error.kind.name.split(separator: "_").joined(separator: " ")
    }

    private var remedy: String {
        switch (error.kind, error.status) {
        case (.httpStatus, 401), (.httpStatus, 403):
            "; give the servers' key by --api-key-file FILE or LEGATO_API_KEY"
        default: ""
        }
    }
}

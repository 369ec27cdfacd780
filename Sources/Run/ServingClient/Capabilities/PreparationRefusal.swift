import TokenLog
import Workload

/// Why a run cannot drive a target, found before its start.
package struct PreparationRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The obstacle that stood in the way.
    package enum Cause: Hashable, Sendable {
        /// No connection.
        case unreachable
        /// Nobody named a model, and the server lists none.
        case noModel
        /// A request like the run's was not answered as it should.
        case refused
        /// The options cannot be sent.
        case options
    }

    /// A request that was posted.
    struct Posted: Hashable {
        var endpoint: Endpoint
        var request: AskedRequest
    }

    package var cause: Cause
    /// Whether waiting may help, at least where one was told to wait.
    package var mayPass: Bool
    /// The model that was asked for; empty where there was none.
    package var model = ""
    /// Answers of the lists of models.
    package var listed: [AskedRequest] = []
    /// The index of the one that named some.
    package var listing: Int?
    /// The last request that was posted, and over which endpoint; nil where none was.
    var posted: Posted?
    /// One sentence with what to do; names what was asked by method and path.
    package var description: String

    init(_ cause: Cause, mayPass: Bool = false, _ sentence: String) {
        self.cause = cause
        self.mayPass = mayPass
        description = sentence
    }

    /// - Parameter waits: whether one was told to wait for servers that are loading.
    static func unreachable(
        _ target: Target, _ error: ConnectionError, waits: Bool
    ) -> PreparationRefusal {
        // TLS that refuses once refuses again.
        guard case .system = error else {
            return PreparationRefusal(.unreachable, error.sentence(target))
        }
        return PreparationRefusal(
            .unreachable, mayPass: true, error.sentence(target) + (waits ? "" : waiting))
    }

    static func noModel(
        _ target: Target, _ listed: [AskedRequest], waits: Bool
    ) -> PreparationRefusal {
        let asked =
            listed.isEmpty
            ? "the URL does not say where its models are listed"
            : AskedRequest.list(listed)
        return PreparationRefusal(
            .noModel, mayPass: listed.contains { $0.isOfLoading },
            "\(target) names no model: \(asked)\(remedies(target, listed, waits: waits)); "
                + "name one with --model")
    }

    static func refused(
        _ target: Target, _ endpoint: Endpoint, model: String, _ asked: [AskedRequest],
        waits: Bool
    ) -> PreparationRefusal {
        let isLoading = asked.contains { $0.isOfLoading }
        let isAbsent = asked.allSatisfy { $0.word == .absent }
        var sentence =
            "\(target) does not answer requests for model \(model.prefix(120)): "
            + AskedRequest.list(asked) + remedies(target, asked, waits: waits)
        if isAbsent {
            let other = endpoint == .chat ? Endpoint.completions : .chat
            let wasAsked = asked.contains { Endpoint(endOf: $0.path) == other }
            sentence +=
                target.isWhole
                ? "; is that the path, and the model's name?"
                : "; --url takes the whole URL that requests are posted to"
                    + (wasAsked ? "" : ", --endpoint \(other.rawValue) asks for the other endpoint")
        }
        sentence += "; `legato check --url` shows what it takes, --no-probe starts without asking"
        var refusal = PreparationRefusal(
            .refused, mayPass: isLoading || isAbsent, sentence)
        refusal.model = model
        refusal.posted = asked.last.map { Posted(endpoint: endpoint, request: $0) }
        return refusal
    }

    /// The way to give a key to a server that asks for one.
    static let key = "; give its key by --api-key-file, LEGATO_API_KEY or OPENAI_API_KEY"

    private static let waiting =
        "; --ready-timeout \"10 min\" waits for one that is still loading"

    private static func remedies(
        _ target: Target, _ asked: [AskedRequest], waits: Bool
    ) -> String {
        var remedies = ""
        if asked.contains(where: { $0.word == .denied }) { remedies += key }
        if asked.contains(where: { $0.isOfLoading }), !waits { remedies += waiting }
        switch asked.last?.obstacle {
        case .overdue:
            remedies +=
                "; \(waits ? "a longer" : "with") --ready-timeout \"10 min\" waits for one that "
                + "loads at its first request, `timeouts: { first token: 10 min }` in the scenario "
                + "for one that is always slow"
        case .hidden:
            remedies +=
                "; a model that hides its reasoning shows words in longer answers: raise "
                + "--output-len"
        case .endless, nil: break
        }
        // A server that expects TLS closes the connection without a word.
        if case .network = target.address, !target.isTLS,
            asked.contains(where: {
                $0.status == 0 && ($0.error == .closedEarly || $0.error == .reset)
            })
        {
            remedies += "; if it speaks TLS there, write https:// in its URL"
        }
        return remedies
    }
}

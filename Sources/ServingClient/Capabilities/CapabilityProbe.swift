package import EventLoop
import HTTPStream
package import TimeBase
package import TokenLog
import Workload

/// Asks a server, one request after the other, what it accepts and what a run would make of
/// that: some fifteen requests of a few tokens.
///
/// Confined to the loop; alive until its completion was called.
package final class CapabilityProbe: StreamSink {
    /// How long one answer may take.
    package static let patience = TimeSpan.seconds(30)

    private let loop: EventLoop
    private let target: Target
    private var options: RequestOptions
    private let completion: (Result<CapabilityReport, CapabilityProbeError>) -> Void
    private var client: ServingClient?
    private var answers: [CapabilityAnswer] = []
    private var asking: CapabilityQuestion?
    private var asked: UInt32 = 0
    /// Keeps the probe until its end.
    private var itself: CapabilityProbe?

    /// Begins to ask.
    ///
    /// - Parameters:
    ///   - model: empty takes the first one that the server lists.
    ///   - access: its fields go with every request.
    package static func begin(
        loop: EventLoop, target: Target, model: String, access: TargetAccess,
        completion: @escaping (Result<CapabilityReport, CapabilityProbeError>) -> Void
    ) {
        let probe = CapabilityProbe(loop, target, model, access, completion)
        probe.itself = probe
        probe.open()
    }

    private init(
        _ loop: EventLoop, _ target: Target, _ model: String, _ access: TargetAccess,
        _ completion: @escaping (Result<CapabilityReport, CapabilityProbeError>) -> Void
    ) {
        self.loop = loop
        self.target = target
        self.completion = completion
        options = RequestOptions(runID: "check", model: model)
        options.extraFields = access.fields.fields
        var configuration = ClientConfiguration()
        configuration.timeouts.firstToken = Self.patience
        configuration.timeouts.betweenTokens = Self.patience
        configuration.timeouts.total = Self.patience
        configuration.trust = access.trust
        client = ServingClient(
            loop: loop, targets: [target], configuration: configuration,
            probeFields: access.fields.fields, sink: self)
    }

    private func open() {
        client?.open { [self] errors in
            if let error = errors[0] {
                return end(
                    .failure(
                        CapabilityProbeError(
                            description: error.sentence(target))))
            }
            client?.probe(target: 0) { [self] answer in listed(answer) }
        }
    }

    private func listed(_ answer: ProbeAnswer) {
        let models = answer.models.prefix(4).joined(separator: ", ")
        answers.append(
            CapabilityAnswer(
                capability: .models,
                verdict: !answer.isAnswering ? .refused : answer.models.isEmpty ? .ignored : .works,
                sentence: models.isEmpty ? answer.sentence : "lists \(models)"))
        if options.model.isEmpty { options.model = answer.models.first ?? "" }
        guard !options.model.isEmpty else {
            return end(
                .failure(
                    CapabilityProbeError(
                        description: "\(target) lists no models; name one with --model")))
        }
        askNext()
    }

    /// Asks for the first capability that has no answer yet.
    private func askNext() {
        guard let next = Capability.allCases.first(where: { !isAnswered($0) }) else {
            return profile(
                CapabilityReport(target: target, model: options.model, answers: answers),
                Endpoint.allCases[...])
        }
        let endpoints = [(Endpoint.chat, Capability.chat), (.completions, .completions)]
        let working = endpoints.first { verdict(of: $0.1) == .works }?.0
        let isEndpoint = next == .chat || next == .completions
        let isLost = next == .tokenIDPrompts ? verdict(of: .completions) != .works : working == nil
        if !isEndpoint, isLost {
            answers.append(
                CapabilityAnswer(
                    capability: next, verdict: .unknown,
                    sentence: "no endpoint works that could be asked"))
            return askNext()
        }
        let question = CapabilityQuestion(
            next, endpoint: working ?? .chat,
            countsByUsage: verdict(of: .includeUsage) == .works)
        asking = question
        asked += 1
        client?.send(question.request(id: asked, to: target, options))
    }

    /// Asks as a run would, over each endpoint that works; what cannot be told then is left out.
    private func profile(_ report: CapabilityReport, _ rest: ArraySlice<Endpoint>) {
        guard let client, let endpoint = rest.first else { return end(.success(report)) }
        guard report[endpoint == .chat ? .chat : .completions] == .works else {
            return profile(report, rest.dropFirst())
        }
        var own = options
        own.endpoint = endpoint
        TargetProbe.begin(
            client: client, target: 0, options: own,
            wishes: TargetProbe.Wishes(pinsOutput: true, prompt: .automatic)
        ) { [self] result in
            var report = report
            if case .success(let profile) = result { report.profiles[endpoint] = profile }
            profile(report, rest.dropFirst())
        }
    }

    private func isAnswered(_ capability: Capability) -> Bool {
        answers.contains { $0.capability == capability }
    }

    private func verdict(of capability: Capability) -> CapabilityAnswer.Verdict? {
        answers.first { $0.capability == capability }?.verdict
    }

    package func requestSent(_ id: UInt32, at instant: LocalInstant) {}
    package func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}

    package func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {
        guard let question = asking else { return }
        asking = nil
        answers.append(question.read(record))
        // A send that fails at once finishes within the call that asked: never deeper.
        loop.next { [self] in askNext() }
    }

    private func end(_ result: Result<CapabilityReport, CapabilityProbeError>) {
        let result = client.map { result.hiding($0.secrets) } ?? result
        client?.close()
        // Handles close on later turns.
        loop.next { [self] in
            completion(result)
            itself = nil
        }
    }
}

extension Result<CapabilityReport, CapabilityProbeError> {
    /// The same without the secrets that the server repeated: it is for people, nothing is sent by
    /// it.
    fileprivate func hiding(_ secrets: SecretFilter) -> Self {
        switch self {
        case .success(var report):
            report.model = secrets.redact(report.model)
            for place in report.answers.indices {
                let sentence = report.answers[place].sentence
                report.answers[place].sentence = secrets.redact(sentence)
            }
            return .success(report)
        case .failure(let error):
            return .failure(
                CapabilityProbeError(description: secrets.redact(error.description)))
        }
    }
}

/// Why a server could not be asked at all.
package struct CapabilityProbeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence with what to do.
    package var description: String
}

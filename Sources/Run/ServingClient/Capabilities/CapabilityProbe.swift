import AnswerStream
package import EventLoop
package import TimeBase
package import TokenLog
import Workload

/// Asks a server what a run would ask it, and then, one request after the other, what else it
/// accepts: some twenty requests of a few tokens.
///
/// Confined to the loop; alive until its completion was called.
package final class CapabilityProbe: StreamSink {
    /// How long one answer may take.
    package static let patience = TimeSpan.seconds(30)

    package typealias Completion = (Result<CapabilityReport, PreparationRefusal>) -> Void

    private let loop: EventLoop
    private let target: Target
    private let wishes: TargetWishes
    private var options: RequestOptions
    private let completion: Completion
    private var client: ServingClient?
    private var report: CapabilityReport
    private var answers: [CapabilityAnswer] { report.answers }
    private var asking: CapabilityQuestion?
    private var asked: UInt32 = 0
    /// The place among the target's paths at which it was found.
    private var found = 0
    /// Keeps the probe until its end.
    private var itself: CapabilityProbe?

    /// Begins to ask; the completion gets a refusal where no question makes sense.
    ///
    /// - Parameters:
    ///   - options: those of the run that is asked for.
    ///   - access: its fields go with every request.
    ///   - progress: gets a sentence now and then while the target is waited for.
    package static func begin(
        loop: EventLoop, target: Target, options: RequestOptions, wishes: TargetWishes,
        access: TargetAccess, progress: @escaping (String) -> Void, completion: @escaping Completion
    ) {
        let probe = CapabilityProbe(loop, target, options, wishes, access, completion)
        probe.itself = probe
        guard let client = probe.client else { return }
        TargetPreparation.begin(
            client: client, target: 0, options: options, wishes: wishes, progress: progress
        ) { probe.prepared($0) }
    }

    private init(
        _ loop: EventLoop, _ target: Target, _ options: RequestOptions, _ wishes: TargetWishes,
        _ access: TargetAccess, _ completion: @escaping Completion
    ) {
        self.loop = loop
        self.target = target
        self.wishes = wishes
        self.completion = completion
        self.options = options
        report = CapabilityReport(
            target: target, model: "", answers: [], endpoint: wishes.endpoint)
        var configuration = ClientConfiguration()
        configuration.timeouts.firstToken = Self.patience
        configuration.timeouts.betweenTokens = Self.patience
        configuration.timeouts.total = Self.patience
        configuration.trust = access.trust
        client = ServingClient(
            loop: loop, targets: [target], configuration: configuration,
            probeFields: access.fields.fields, sink: self)
    }

    private func prepared(_ result: Result<PreparedTarget, PreparationRefusal>) {
        switch result {
        case .success(let prepared):
            let profile = prepared.profile
            options.model = profile.model
            noteModels(prepared.listed, at: prepared.listing)
            guard let path = profile.dialect.path, let endpoint = profile.dialect.endpoint else {
                preconditionFailure("a preparation finds the place")
            }
            report.endpoint = endpoint
            report.profiles[endpoint] = profile
            found = target.postPaths(endpoint).firstIndex(of: path) ?? 0
        case .failure(let refusal):
            guard refusal.cause == .refused else { return end(.failure(refusal)) }
            report.refusal = refusal
            options.model = refusal.model
            noteModels(refusal.listed, at: refusal.listing)
            found = refusal.listing ?? 0
        }
        report.model = options.model
        askNext()
    }

    /// The list that named models says so; else the first that was asked for says why not.
    private func noteModels(_ listed: [AskedRequest], at listing: Int?) {
        guard let said = listing.map({ listed[$0] }) ?? listed.first else {
            report.answers.append(
                CapabilityAnswer(
                    capability: .models, verdict: .unknown,
                    sentence: "the URL does not say where models are listed"))
            return
        }
        report.answers.append(
            CapabilityAnswer(
                capability: .models,
                verdict: listing != nil ? .works : said.error == nil ? .ignored : .refused,
                sentence: said.words, path: said.path))
    }

    /// Asks for the first capability that has no answer yet.
    private func askNext() {
        guard let next = Capability.allCases.first(where: { !isAnswered($0) }) else {
            return profile(Endpoint.allCases[...])
        }
        let working = [report.endpoint, .chat, .completions].first {
            verdict(of: Self.capability($0)) == .works
        }
        let isEndpoint = next == .chat || next == .completions
        let isLost = next == .tokenIDPrompts ? verdict(of: .completions) != .works : working == nil
        if !isEndpoint, isLost {
            return note(next, "no endpoint works that could be asked")
        }
        let question = CapabilityQuestion(
            next, endpoint: working ?? .chat,
            countsByUsage: verdict(of: .includeUsage) == .works, outputTokens: outputTokens)
        guard let path = path(of: question.endpoint) else {
            return note(next, "the URL names another endpoint")
        }
        asking = question
        asked += 1
        client?.send(question.request(id: asked, to: target, path: path, options))
    }

    /// Leaves a capability out, with the reason.
    private func note(_ capability: Capability, _ sentence: String) {
        report.answers.append(
            CapabilityAnswer(capability: capability, verdict: .unknown, sentence: sentence))
        askNext()
    }

    /// As many tokens as the run's own probe had to ask for.
    private var outputTokens: UInt32 {
        report.profiles[report.endpoint]?.questionTokens ?? CapabilityQuestion.outputTokens
    }

    private static func capability(_ endpoint: Endpoint) -> Capability {
        endpoint == .chat ? .chat : .completions
    }

    /// Where an endpoint is asked for; nil where the URL names another one.
    private func path(of endpoint: Endpoint) -> String? {
        if let known = report.profiles[endpoint]?.dialect.path { return known }
        if target.isWhole, endpoint != target.namedEndpoint ?? wishes.endpoint { return nil }
        return target.postPaths(endpoint)[target.isWhole ? 0 : found]
    }

    /// Asks as a run would, over each further endpoint that works; what cannot be told then is left
    /// out.
    private func profile(_ rest: ArraySlice<Endpoint>) {
        guard let client, let endpoint = rest.first else { return end(.success(report)) }
        guard report.profiles[endpoint] == nil, let path = path(of: endpoint),
            report[Self.capability(endpoint)] == .works
        else { return profile(rest.dropFirst()) }
        var own = wishes
        (own.endpoint, own.prompt) = (endpoint, .automatic)
        TargetProbe.begin(
            client: client, target: 0, options: options, wishes: own,
            search: PlaceSearch(at: PlaceSearch.Place(endpoint: endpoint, path: path))
        ) { [self] result in
            if case .success(let profile) = result { report.profiles[endpoint] = profile }
            profile(rest.dropFirst())
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
        var answer = question.read(record)
        if question.capability == .chat || question.capability == .completions {
            answer.path = path(of: question.endpoint).map { Target.withoutSecrets($0) }
        }
        report.answers.append(answer)
        // A send that fails at once finishes within the call that asked: never deeper.
        loop.next { [self] in askNext() }
    }

    private func end(_ result: Result<CapabilityReport, PreparationRefusal>) {
        let result = client.map { result.hiding($0.secrets) } ?? result
        client?.close()
        // Handles close on later turns.
        loop.next { [self] in
            completion(result)
            itself = nil
        }
    }
}

extension Result<CapabilityReport, PreparationRefusal> {
    /// The same without the secrets that the server repeated: it is for people, nothing is sent by
    /// it.
    fileprivate func hiding(_ secrets: SecretFilter) -> Self {
        switch self {
        case .success(var report):
            report.model = secrets.redact(report.model)
            for endpoint in report.profiles.keys {
                guard let model = report.profiles[endpoint]?.model else { continue }
                report.profiles[endpoint]?.model = secrets.redact(model)
            }
            for place in report.answers.indices {
                let sentence = report.answers[place].sentence
                report.answers[place].sentence = secrets.redact(sentence)
            }
            return .success(report)
        case .failure: return self
        }
    }
}

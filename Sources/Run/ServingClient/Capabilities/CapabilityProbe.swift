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
    package typealias Completion = (Result<CapabilityReport, PreparationRefusal>) -> Void

    private let loop: EventLoop
    private let target: Target
    private let wishes: TargetWishes
    private var options: RequestOptions
    private let completion: Completion
    private let progress: (String) -> Void
    private var client: ServingClient!
    /// Nil while the target is being prepared, which has a time of its own.
    private var questions: TargetQuestions?
    private var report: CapabilityReport
    /// The index among the target's paths at which it was found.
    private var found = 0
    /// Keeps the probe until its end.
    private var itself: CapabilityProbe?

    /// Begins to ask; the completion gets a refusal where no question makes sense.
    ///
    /// - Parameters:
    ///   - options: those of the run that is asked for.
    ///   - access: its fields go with every request.
    ///   - configuration: the client's, as the run's.
    ///   - progress: gets a sentence now and then while the target is waited for.
    package static func begin(
        loop: EventLoop, target: Target, options: RequestOptions, wishes: TargetWishes,
        access: TargetAccess, configuration: ClientConfiguration,
        progress: @escaping (String) -> Void, completion: @escaping Completion
    ) {
        let probe = CapabilityProbe(loop, target, options, wishes, progress, completion)
        probe.itself = probe
        var configuration = configuration
        configuration.trust = access.trust
        let client = ServingClient(
            loop: loop, targets: [target], configuration: configuration,
            probeFields: access.fields.fields, sink: probe)
        probe.client = client
        TargetPreparation.begin(
            client: client, target: 0, options: options, wishes: wishes, progress: progress
        ) { probe.prepared($0) }
    }

    private init(
        _ loop: EventLoop, _ target: Target, _ options: RequestOptions, _ wishes: TargetWishes,
        _ progress: @escaping (String) -> Void, _ completion: @escaping Completion
    ) {
        self.loop = loop
        self.target = target
        self.wishes = wishes
        self.progress = progress
        self.completion = completion
        self.options = options
        report = CapabilityReport(
            target: target, model: "", answers: [], endpoint: wishes.endpoint)
    }

    private func prepared(_ result: Result<PreparedTarget, PreparationRefusal>) {
        switch result {
        case .success(let prepared): succeeded(prepared)
        case .failure(let refusal): refused(refusal)
        }
    }

    private func succeeded(_ prepared: PreparedTarget) {
        let profile = prepared.profile
        guard let path = profile.dialect.path, let endpoint = profile.dialect.endpoint else {
            preconditionFailure("a preparation finds the path")
        }
        begin(model: profile.model, prepared.listed, at: prepared.listing)
        report.endpoint = endpoint
        report.profiles[endpoint] = profile
        found = target.postPaths(endpoint).firstIndex(of: path) ?? 0
        // By this answer the run drives it: asked once more, it might answer otherwise.
        if var own = profile.answers.first(where: { $0.capability == Self.capability(endpoint) }) {
            own.path = Target.withoutSecrets(path)
            report.answers.append(own)
        }
        guard wishes.probes else { return leaveRest("not asked: --no-probe, or `probe: false`") }
        askNext()
    }

    private func refused(_ refusal: PreparationRefusal) {
        guard refusal.cause == .refused else { return end(.failure(refusal)) }
        report.refusal = refusal
        begin(model: refusal.model, refusal.listed, at: refusal.listing)
        found = refusal.listing ?? 0
        // Where an answer does not come, or does not end, no other one is worth as long a wait.
        guard let last = refusal.posted,
            last.request.obstacle == .overdue || last.request.obstacle == .endless
        else { return askNext() }
        report.answers.append(
            CapabilityAnswer(
                capability: Self.capability(last.endpoint), verdict: .unknown,
                sentence: last.request.words, path: last.request.path))
        leaveRest("not asked: the answer before did not come to its end")
    }

    private func begin(model: String, _ listed: [AskedRequest], at listing: Int?) {
        (report.model, options.model) = (model, model)
        noteModels(listed, at: listing)
        questions = TargetQuestions(client, target: 0, wishes.limits, progress: progress)
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
        guard let next = Capability.allCases.first(where: { verdict(of: $0) == nil }) else {
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
        questions?.post(
            question.request(id: 0, to: target, path: path, options), to: path,
            outputTokens: question.outputTokens
        ) { [self] answered in
            var answer = question.read(answered)
            if isEndpoint { answer.path = Target.withoutSecrets(path) }
            report.answers.append(answer)
            askNext()
        }
    }

    /// Leaves a capability out, with the reason.
    private func note(_ capability: Capability, _ sentence: String) {
        report.answers.append(
            CapabilityAnswer(capability: capability, verdict: .unknown, sentence: sentence))
        askNext()
    }

    /// Leaves out whatever has no answer yet.
    private func leaveRest(_ sentence: String) {
        for capability in Capability.allCases where verdict(of: capability) == nil {
            report.answers.append(
                CapabilityAnswer(capability: capability, verdict: .unknown, sentence: sentence))
        }
        end(.success(report))
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
        guard let questions, let endpoint = rest.first else { return end(.success(report)) }
        guard report.profiles[endpoint] == nil, let path = path(of: endpoint),
            report[Self.capability(endpoint)] == .works
        else { return profile(rest.dropFirst()) }
        var own = wishes
        (own.endpoint, own.prompt) = (endpoint, .automatic)
        TargetProbe.begin(
            questions, options: options, wishes: own,
            search: EndpointSearch(at: EndpointSearch.Candidate(endpoint: endpoint, path: path))
        ) { [self] result in
            if case .success(let profile) = result { report.profiles[endpoint] = profile }
            profile(rest.dropFirst())
        }
    }

    private func verdict(of capability: Capability) -> CapabilityAnswer.Verdict? {
        report.answers.first { $0.capability == capability }?.verdict
    }

    // Questions alone are asked, of which the sink hears nothing.
    package func requestSent(_ id: UInt32, at instant: LocalInstant) {}
    package func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}
    package func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {}

    private func end(_ result: Result<CapabilityReport, PreparationRefusal>) {
        let result = result.map { $0.finished(hiding: client.secrets) }
        questions?.close()
        client.close()
        // Handles close on later turns.
        loop.next { [self] in
            completion(result)
            itself = nil
        }
    }
}

extension CapabilityReport {
    /// The same in the order of ``Capability``, and without the secrets that the server repeated:
    /// people read it, nothing is sent by it.
    fileprivate func finished(hiding secrets: SecretFilter) -> CapabilityReport {
        var report = self
        report.answers = Capability.allCases.compactMap { capability in
            answers.first { $0.capability == capability }
        }
        for (own, other) in [(Capability.chat, Endpoint.completions), (.completions, .chat)] {
            let isOther = self[other == .chat ? .chat : .completions] == .works
            guard self[own] == .refused, isOther else { continue }
            for index in report.answers.indices where report.answers[index].capability == own {
                report.answers[index].sentence += "; run with --endpoint \(other.rawValue)"
            }
        }
        report.model = secrets.redact(report.model)
        for endpoint in report.profiles.keys {
            guard let model = report.profiles[endpoint]?.model else { continue }
            report.profiles[endpoint]?.model = secrets.redact(model)
        }
        for index in report.answers.indices {
            report.answers[index].sentence = secrets.redact(report.answers[index].sentence)
        }
        return report
    }
}

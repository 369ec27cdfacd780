import AnswerStream
import EventLoop
import TimeBase
import TokenLog
import Workload

/// Findings about one target, ready for a run.
package struct PreparedTarget: Hashable, Sendable {
    package var profile: ServerProfile
    /// Answers of its lists of models, in the order in which they were asked for.
    package var listed: [AskedRequest]
    /// The index among the target's paths of the list that named models; nil for none.
    package var listing: Int?

    /// The model that is asked for where requests name none, and the path: one sentence.
    package var sentence: String {
        "requests for model \(profile.model) go to POST \(profile.postsTo)"
    }
}

/// Finds how a run reaches one target: its models, the path of its endpoint, what it accepts. Both
/// `legato check --url` and every agent of a run ask by this, so that they agree.
///
/// Lists of models are hints; only a request like the run's own decides. A target that is still
/// loading is asked again until ``TargetWishes/readyTimeout`` has passed. Confined to the client's
/// loop; alive until its completion was called or it was cancelled.
package final class TargetPreparation {
    package typealias Completion = (Result<PreparedTarget, PreparationRefusal>) -> Void

    /// Time between two attempts: at first, and at most.
    private static let pauses = (first: TimeSpan.milliseconds(500), most: TimeSpan.seconds(5))
    /// Time between two sentences about waiting.
    private static let sentenceEvery = TimeSpan.seconds(10)

    private let questions: TargetQuestions
    private let options: RequestOptions
    private let wishes: TargetWishes
    private let progress: (String) -> Void
    private let completion: Completion
    private let timer: LoopTimer
    private let begun: LocalInstant
    private var pause = TargetPreparation.pauses.first
    private var lastSentence: LocalInstant?
    private var isOver = false
    /// Answers of the lists of models to the attempt under way.
    private var listed: [AskedRequest] = []
    private var listing: Int?
    /// Keeps the preparation until its end.
    private var itself: TargetPreparation?

    private var target: Target { questions.target }
    private var waits: Bool { wishes.readyTimeout > .zero }

    /// Begins to ask target `targetIndex` of `client`.
    ///
    /// - Parameters:
    ///   - options: those of the run, its model aside.
    ///   - progress: gets a sentence now and then while the target is waited for.
    @discardableResult
    package static func begin(
        client: ServingClient, target targetIndex: Int, options: RequestOptions,
        wishes: TargetWishes,
        progress: @escaping (String) -> Void, completion: @escaping Completion
    ) -> TargetPreparation {
        let questions = TargetQuestions(
            client, target: targetIndex, wishes.limits, progress: progress)
        let preparation = TargetPreparation(questions, options, wishes, progress, completion)
        preparation.itself = preparation
        preparation.attempt()
        return preparation
    }

    private init(
        _ questions: TargetQuestions, _ options: RequestOptions, _ wishes: TargetWishes,
        _ progress: @escaping (String) -> Void, _ completion: @escaping Completion
    ) {
        self.questions = questions
        self.options = options
        self.wishes = wishes
        self.progress = progress
        self.completion = completion
        timer = LoopTimer(loop: questions.client.loop)
        begun = RawClock.now()
    }

    /// Ends the preparation without a word.
    package func cancel() {
        guard !isOver else { return }
        isOver = true
        timer.close()
        questions.close()
        itself = nil
    }

    // MARK: One attempt

    private func attempt() {
        (listed, listing) = ([], nil)
        questions.connect { [self] error in
            if let error { return failed(.unreachable(target, error, waits: waits)) }
            listModels(target.modelPaths[...])
        }
    }

    /// Asks for lists until one names models.
    private func listModels(_ rest: ArraySlice<String>) {
        guard let path = rest.first else { return chooseModel([]) }
        questions.list(path) { [self] asked, names in
            listed.append(asked)
            guard names.isEmpty else {
                listing = rest.startIndex
                return chooseModel(names)
            }
            listModels(rest.dropFirst())
        }
    }

    private func chooseModel(_ names: [String]) {
        var model = wishes.model
        if model.isEmpty { model = names.first ?? "" }
        if model.isEmpty, wishes.namesEveryModel { model = wishes.namedModels.first ?? "" }
        guard !model.isEmpty else { return failed(.noModel(target, listed, waits: waits)) }
        // A model that nobody will ask for need not work.
        if wishes.namesEveryModel, let named = wishes.namedModels.first { model = named }
        let search = EndpointSearch(
            target, wishes.endpoint, isEndpointFixed: wishes.isEndpointFixed, listing: listing)
        guard wishes.probes else { return end(unasked(model, search.current)) }
        var own = options
        own.model = model
        TargetProbe.begin(
            questions, options: own, wishes: wishes, search: search
        ) { [self] result in
            switch result {
            case .failure(let refusal): refused(refusal)
            case .success(let profile):
                askForModels(wishes.namedModels.filter { $0 != model }[...], profile)
            }
        }
    }

    /// The profile of a target that is not asked: nothing but what every server takes.
    private func unasked(_ model: String, _ found: EndpointSearch.Candidate) -> ServerProfile {
        var profile = ServerProfile(target: target, model: model, wishes: wishes)
        profile.dialect = options.dialect
        profile.dialect.model = model
        (profile.dialect.endpoint, profile.dialect.path) = (found.endpoint, found.path)
        return profile
    }

    /// Asks for the other models that requests will name: one question each.
    private func askForModels(_ rest: ArraySlice<String>, _ profile: ServerProfile) {
        guard let model = rest.first else { return end(profile) }
        let dialect = profile.dialect
        guard let endpoint = dialect.endpoint, let path = dialect.path else {
            preconditionFailure("a probe finds the path")
        }
        let search = EndpointSearch(at: EndpointSearch.Candidate(endpoint: endpoint, path: path))
        var own = options
        own.model = model
        TargetProbe.begin(
            questions, options: own, wishes: wishes, search: search, known: dialect
        ) { [self] result in
            switch result {
            case .failure(let refusal): refused(refusal)
            case .success: askForModels(rest.dropFirst(), profile)
            }
        }
    }

    private func refused(_ refusal: PreparationRefusal) {
        var refusal = refusal
        (refusal.listed, refusal.listing) = (listed, listing)
        failed(refusal)
    }

    // MARK: Waiting

    private func failed(_ refusal: PreparationRefusal) {
        guard !isOver else { return }
        var refusal = refusal
        // The names of models are the server's words, too.
        refusal.description = questions.client.secrets.redact(refusal.description)
        let waited = RawClock.now() - begun
        guard refusal.mayPass, waited < wishes.readyTimeout else {
            var last = refusal
            if refusal.mayPass, waits {
                last.description =
                    "not ready within \(wishes.readyTimeout.words) (--ready-timeout): "
                    + refusal.description
            }
            return end(.failure(last))
        }
        say(refusal, waited)
        timer.start(after: min(pause, wishes.readyTimeout - waited)) { [self] in attempt() }
        pause = min(Self.pauses.most, TimeSpan(ns: pause.ns * 3 / 2))
    }

    private func say(_ refusal: PreparationRefusal, _ waited: TimeSpan) {
        let now = RawClock.now()
        if let lastSentence, now - lastSentence < Self.sentenceEvery { return }
        progress(
            "waiting for \(target), \(waited.wholeSeconds) of \(wishes.readyTimeout.words): "
                + refusal.description)
        lastSentence = now
    }

    // MARK: The end

    private func end(_ profile: ServerProfile) {
        if lastSentence != nil, !isOver {
            progress("\(target) is ready after \((RawClock.now() - begun).wholeSeconds)")
        }
        end(.success(PreparedTarget(profile: profile, listed: listed, listing: listing)))
    }

    private func end(_ result: Result<PreparedTarget, PreparationRefusal>) {
        guard !isOver else { return }
        isOver = true
        timer.close()
        questions.close()
        completion(result)
        itself = nil
    }
}

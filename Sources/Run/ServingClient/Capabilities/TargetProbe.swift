import AnswerStream
import EventLoop
import TimeBase
import TokenLog
import Workload

/// Asks one target, before a run, where and how its requests are to be written: two to four
/// requests of at most ``CapabilityQuestion/outputTokens`` tokens where the server takes all, some
/// more where it refuses a part.
///
/// Everything is asked for in one request first; only a server that refuses it is asked at other
/// places, then piece by piece, then with the plan's own length. Confined to the client's loop;
/// alive until its completion was called.
final class TargetProbe {
    /// How often a question is asked whose connection breaks.
    static let attempts = 3

    typealias Completion = (Result<ServerProfile, PreparationRefusal>) -> Void

    private let client: ServingClient
    private let place: Int
    private let options: RequestOptions
    private let wishes: TargetWishes
    private let completion: Completion
    private var search: PlaceSearch
    private var profile: ServerProfile
    private var outputMember = "max_tokens"
    /// Tokens that questions ask for.
    private var outputTokens = CapabilityQuestion.outputTokens
    /// Tokens that questions about prompts ask for.
    private var countingTokens: UInt32 = 1
    /// Whether several tokens came in one event, so that events do not count them.
    private var joinsTokens = false
    /// Words of the long calibrating prompt: less where the server holds no such prompt.
    private var tableWords = PromptText.tableWords
    /// Keeps the probe until its end.
    private var itself: TargetProbe?

    private var target: Target { client.targets[place] }
    private var endpoint: Endpoint { search.current.endpoint }
    private var endpointCapability: Capability { endpoint == .chat ? .chat : .completions }

    /// Begins to ask target `place` of `client`, which is open.
    ///
    /// - Parameters:
    ///   - options: those of the run; their model is asked for.
    ///   - search: the places where the endpoint may be.
    ///   - known: what another model of the target was found to accept; then it is enough that this
    ///     one is answered for.
    static func begin(
        client: ServingClient, target place: Int, options: RequestOptions, wishes: TargetWishes,
        search: PlaceSearch, known: RequestDialect? = nil, completion: @escaping Completion
    ) {
        let probe = TargetProbe(client, place, options, wishes, search, completion)
        probe.itself = probe
        guard let known else { return probe.askForEverything() }
        probe.outputMember = known.outputMember
        probe.profile.dialect.namesRequests = known.namesRequests
        probe.askForEndpoint()
    }

    private init(
        _ client: ServingClient, _ place: Int, _ options: RequestOptions, _ wishes: TargetWishes,
        _ search: PlaceSearch, _ completion: @escaping Completion
    ) {
        self.client = client
        self.place = place
        self.wishes = wishes
        self.search = search
        self.completion = completion
        var own = options
        own.runID += "-probe"
        self.options = own
        profile = ServerProfile(
            target: client.targets[place], model: options.model, wishes: wishes)
        profile.dialect = RequestDialect.unasked(prompt: .words, pinsOutput: false)
        profile.dialect.includesUsage = false
        profile.dialect.model = options.model
    }

    // MARK: What is accepted

    private func ask(
        _ question: CapabilityQuestion, _ read: @escaping (AnswerResult) -> Void
    ) {
        var question = question
        question.outputMember = outputMember
        question.isNamed = profile.dialect.namesRequests
        send(
            question.request(
                id: 0, to: target, place: place, path: search.current.path, options), read)
    }

    private func question(_ capability: Capability) -> CapabilityQuestion {
        CapabilityQuestion(
            capability, endpoint: endpoint, countsByUsage: profile.dialect.includesUsage,
            outputTokens: outputTokens)
    }

    /// Sends a question, and again where its connection broke: it is no request of the run, and a run
    /// is not to fail by one connection.
    private func send(
        _ request: PreparedRequest, attempt: Int = 1, _ read: @escaping (AnswerResult) -> Void
    ) {
        client.ask(request) { [self] result in
            guard result.isCut, attempt < Self.attempts else { return read(result) }
            send(request, attempt: attempt + 1, read)
        }
    }

    private func askForEverything() {
        let question = CapabilityQuestion(
            everythingOf: endpoint, pinsOutput: wishes.pinsOutput, outputTokens: outputTokens)
        ask(question) { [self] result in
            if result.kind == .answered {
                search.answered()
                // Thoughts take what was asked for: the plan's own length may leave room for words.
                return result.isEmpty && takeOwnLength()
                    ? askForEverything() : everythingAnswered(result)
            }
            let asked = AskedRequest(.post, search.current.path, result)
            if wantsOtherMember(result) { return askForEverything() }
            if asked.word == .exists, isWithoutReason(result), profile.dialect.namesRequests {
                profile.dialect.namesRequests = false
                return askForEverything()
            }
            if search.refused(asked) { return askForEverything() }
            guard search.mayAcceptLess(after: asked) else { return fail() }
            profile.dialect.namesRequests = true
            askOneByOne([endpointCapability, .includeUsage] + pins)
        }
    }

    /// Asks for nothing but an answer.
    private func askForEndpoint() {
        ask(question(endpointCapability)) { [self] result in
            if result.kind == .answered { return end() }
            search.note(AskedRequest(.post, search.current.path, result))
            if wantsOtherMember(result) || takeOwnLength() { return askForEndpoint() }
            fail()
        }
    }

    /// Turns to an answer's length as the run plans it; false where that was asked for already.
    private func takeOwnLength() -> Bool {
        guard wishes.outputTokens > 0, outputTokens != wishes.outputTokens else { return false }
        outputTokens = wishes.outputTokens
        return true
    }

    private var pins: [Capability] { wishes.pinsOutput ? [.ignoreEOS, .minTokens] : [] }

    /// A server that looks at headers alone has nothing to say about a body.
    private func isWithoutReason(_ result: AnswerResult) -> Bool {
        result.error?.detail == "the server answered \(result.status)"
    }

    /// Newer models take `max_completion_tokens` alone, and say so.
    private func wantsOtherMember(_ result: AnswerResult) -> Bool {
        guard outputMember == "max_tokens",
            result.error?.detail.contains("max_completion_tokens") == true
        else { return false }
        outputMember = "max_completion_tokens"
        return true
    }

    private func everythingAnswered(_ result: AnswerResult) {
        let record = result.finishRecord
        for capability in [endpointCapability, .includeUsage] + pins {
            let question = CapabilityQuestion(
                capability, endpoint: endpoint, countsByUsage: true, outputTokens: outputTokens)
            note(question.read(record))
        }
        joinsTokens = result.joinsTokens
        askForTokenIDs()
    }

    private func askOneByOne(_ rest: [Capability]) {
        guard let next = rest.first else { return askForTokenIDs() }
        let question = question(next)
        ask(question) { [self] result in
            if next == endpointCapability {
                if wantsOtherMember(result) { return askOneByOne(rest) }
                guard result.kind == .answered else {
                    search.note(AskedRequest(.post, search.current.path, result))
                    // A server may refuse answers as short as the questions', and take the run's.
                    return takeOwnLength() ? askForEverything() : fail()
                }
                search.answered()
            }
            if next == .includeUsage { joinsTokens = result.joinsTokens }
            note(question.read(result.finishRecord))
            askOneByOne(Array(rest.dropFirst()))
        }
    }

    private func note(_ answer: CapabilityAnswer) {
        profile.note(answer)
        profile.dialect.outputMember = outputMember
    }

    private func askForTokenIDs() {
        guard endpoint == .completions, wishes.prompt != .words else {
            return askForCounts([.continuousUsage, .returnTokenIDs])
        }
        let question = question(.tokenIDPrompts)
        ask(question) { [self] result in
            note(question.read(result.finishRecord))
            let asked = CapabilityQuestion.tokenIDCount
            if profile.dialect.prompt != .words {
                if let counted = result.promptTokens, counted >= asked,
                    counted - asked <= PromptCalibration.plausibleOverhead
                {
                    profile.calibrated(
                        PromptCalibration(overhead: counted - asked, tokensPerWord: 1))
                }
            } else if wishes.prompt == .tokens {
                return end(
                    .failure(
                        PreparationRefusal(
                            .options,
                            "\(target) takes no token ids as a prompt: "
                                + (result.error?.detail ?? "it ignored them")
                                + "; write `prompt: words`, or leave `prompt` out")))
            }
            askForCounts([.continuousUsage, .returnTokenIDs])
        }
    }

    /// Only a server that joins tokens is asked to count them in every event: it costs both sides.
    private func askForCounts(_ rest: [Capability]) {
        guard joinsTokens, let next = rest.first else { return calibrate() }
        let question = question(next)
        ask(question) { [self] result in
            let answer = question.read(result.finishRecord)
            note(answer)
            askForCounts(answer.verdict == .works ? [] : Array(rest.dropFirst()))
        }
    }

    // MARK: How prompts are counted

    private func calibrate() {
        guard profile.dialect.prompt == .words, profile.dialect.includesUsage else { return end() }
        measure(words: 1) { [self] short in
            guard let short else { return end() }
            calibrateLong(short)
        }
    }

    private func calibrateLong(_ short: UInt32) {
        measure(words: tableWords) { [self] long in
            if let long {
                let line = PromptCalibration(short: (1, short), long: (tableWords, long))
                if let line { profile.calibrated(line) }
                return end()
            }
            // Perhaps a server of short prompts.
            guard tableWords == PromptText.tableWords else { return end() }
            tableWords /= 8
            calibrateLong(short)
        }
    }

    /// Asks how many tokens a prompt of `words` words of the table has.
    private func measure(words: Int, _ read: @escaping (UInt32?) -> Void) {
        var dialect = profile.dialect
        (dialect.endpoint, dialect.path) = (endpoint, search.current.path)
        do throws(RequestOptionsError) {
            let builder = try RequestBuilder(
                targets: client.targets, options: options,
                dialects: client.targets.map { _ in dialect })
            let request = builder.prepare(
                UInt32(words), target: place, outputTokens: countingTokens
            ) { body, _ in
                PromptText.appendTable(words, to: &body)
            }
            send(request) { [self] result in
                // Where one token is too few, what was answered before is not.
                if result.kind == .refused, countingTokens != outputTokens {
                    countingTokens = outputTokens
                    return measure(words: words, read)
                }
                read(result.kind == .answered ? result.promptTokens : nil)
            }
        } catch {
            end(.failure(PreparationRefusal(.options, "\(error)")))
        }
    }

    // MARK: The end

    private func fail() {
        end(
            .failure(
                .refused(target, endpoint, model: options.model, search.asked)))
    }

    private func end() {
        (profile.dialect.endpoint, profile.dialect.path) = (endpoint, search.current.path)
        profile.questionTokens = outputTokens
        end(.success(profile))
    }

    private func end(_ result: Result<ServerProfile, PreparationRefusal>) {
        completion(result)
        itself = nil
    }
}

extension AnswerResult {
    /// What an answer to a question is worth.
    fileprivate enum Kind { case answered, refused, broken }

    fileprivate var kind: Kind {
        switch error?.kind {
        case nil: outcome == .completed ? .answered : .broken
        // The model had nothing to say: that is an answer all the same.
        case .empty where isEmpty: .answered
        case .httpStatus, .streamError: .refused
        default: .broken
        }
    }

    /// Whether the server answered and brought no word.
    fileprivate var isEmpty: Bool { error?.kind == .empty && status == 200 }

    /// Whether the connection broke before the answer's end.
    fileprivate var isCut: Bool { error?.kind == .reset || error?.kind == .closedEarly }

    /// Whether usage counts more tokens than events came.
    fileprivate var joinsTokens: Bool {
        evidence == .finalUsage && Int(outputTokens) > contentEvents && contentEvents > 0
    }

    fileprivate var finishRecord: FinishRecord {
        FinishRecord(
            request: 0, at: LocalInstant(ns: 0), outcome: isEmpty ? .completed : outcome,
            error: isEmpty ? nil : error, evidence: evidence, promptTokens: promptTokens,
            outputTokens: outputTokens, notes: notes)
    }
}

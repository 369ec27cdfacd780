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
/// paths, then piece by piece, then with the plan's own length; one that goes on beyond it, piece
/// by piece. Confined to the client's loop; alive until its completion was called.
final class TargetProbe {
    typealias Completion = (Result<ServerProfile, PreparationRefusal>) -> Void

    private let questions: TargetQuestions
    private let options: RequestOptions
    private let wishes: TargetWishes
    private let completion: Completion
    private var search: EndpointSearch
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

    private var target: Target { questions.target }
    private var endpoint: Endpoint { search.current.endpoint }
    private var endpointCapability: Capability { endpoint == .chat ? .chat : .completions }

    /// Begins to ask by `questions`, whose client is open.
    ///
    /// - Parameters:
    ///   - options: those of the run; their model is asked for.
    ///   - search: the paths where the endpoint may be.
    ///   - known: the dialect that another model of the target was found to accept; then it is
    ///     enough that this one is answered for.
    static func begin(
        _ questions: TargetQuestions, options: RequestOptions, wishes: TargetWishes,
        search: EndpointSearch, known: RequestDialect? = nil, completion: @escaping Completion
    ) {
        let probe = TargetProbe(questions, options, wishes, search, completion)
        probe.itself = probe
        guard let known else { return probe.askForEverything() }
        probe.outputMember = known.outputMember
        probe.profile.dialect.namesRequests = known.namesRequests
        probe.askForEndpoint()
    }

    private init(
        _ questions: TargetQuestions, _ options: RequestOptions, _ wishes: TargetWishes,
        _ search: EndpointSearch, _ completion: @escaping Completion
    ) {
        self.questions = questions
        self.wishes = wishes
        self.search = search
        self.completion = completion
        var own = options
        own.runID += "-probe"
        self.options = own
        profile = ServerProfile(
            target: questions.target, model: options.model, wishes: wishes)
        profile.dialect = RequestDialect.unasked(prompt: .words, pinsOutput: false)
        profile.dialect.includesUsage = false
        profile.dialect.model = options.model
    }

    // MARK: Questions

    private func ask(
        _ question: CapabilityQuestion, _ read: @escaping (QuestionAnswer) -> Void
    ) {
        var question = question
        question.outputMember = outputMember
        question.isNamed = profile.dialect.namesRequests
        let path = search.current.path
        questions.post(
            question.request(
                id: 0, to: target, targetIndex: questions.targetIndex, path: path, options),
            to: path, outputTokens: question.outputTokens, read)
    }

    /// The question that was posted to where requests go now, and what came of it.
    private func asked(_ answer: QuestionAnswer) -> AskedRequest {
        AskedRequest(posted: search.current.path, answer, outputTokens: outputTokens)
    }

    private func question(_ capability: Capability) -> CapabilityQuestion {
        CapabilityQuestion(
            capability, endpoint: endpoint, countsByUsage: profile.dialect.includesUsage,
            outputTokens: outputTokens)
    }

    private func askForEverything() {
        let question = CapabilityQuestion(
            everythingOf: endpoint, pinsOutput: wishes.pinsOutput, outputTokens: outputTokens)
        ask(question) { [self] answer in
            switch answer.worth {
            case .answered:
                search.answered()
                everythingAnswered(answer)
            case .silent:
                search.answered()
                // Thoughts take what was asked for: the plan's own length may leave room for words.
                if takeOwnLength() { return askForEverything() }
                answer.isHidden ? fail(answer) : everythingAnswered(answer)
            case .endless:
                // Told to go on beyond its own end, perhaps, and bound by nothing then.
                search.answered()
                askOneByOne([endpointCapability, .includeUsage] + pins)
            case .overdue: fail(answer)
            case .refused, .broken: everythingRefused(answer)
            }
        }
    }

    private func everythingRefused(_ answer: QuestionAnswer) {
        let asked = asked(answer)
        if wantsOtherMember(answer) { return askForEverything() }
        if asked.word == .exists, isWithoutReason(answer), profile.dialect.namesRequests {
            profile.dialect.namesRequests = false
            return askForEverything()
        }
        if search.refused(asked) { return askForEverything() }
        guard search.mayAcceptLess(after: asked) else { return fail() }
        profile.dialect.namesRequests = true
        askOneByOne([endpointCapability, .includeUsage] + pins)
    }

    /// Asks for nothing but an answer.
    private func askForEndpoint() {
        ask(question(endpointCapability)) { [self] answer in
            switch answer.worth {
            case .answered: end()
            case .silent where !answer.isHidden: end()
            case .overdue, .endless: fail(answer)
            case .silent, .refused, .broken:
                if wantsOtherMember(answer) || takeOwnLength() { return askForEndpoint() }
                fail(answer)
            }
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
    private func isWithoutReason(_ answer: QuestionAnswer) -> Bool {
        guard let error = answer.result.error else { return false }
        return error.kind == .httpStatus && error.isUnexplained
    }

    /// Newer models take `max_completion_tokens` alone, and say so.
    private func wantsOtherMember(_ answer: QuestionAnswer) -> Bool {
        guard outputMember == "max_tokens",
            answer.result.error?.detail.contains("max_completion_tokens") == true
        else { return false }
        outputMember = "max_completion_tokens"
        return true
    }

    private func everythingAnswered(_ answer: QuestionAnswer) {
        for capability in [endpointCapability, .includeUsage] + pins {
            let question = CapabilityQuestion(
                capability, endpoint: endpoint, countsByUsage: true, outputTokens: outputTokens)
            note(question.read(answer))
        }
        joinsTokens = answer.joinsTokens
        askForTokenIDs()
    }

    private func askOneByOne(_ rest: [Capability]) {
        guard let next = rest.first else { return askForTokenIDs() }
        let question = question(next)
        ask(question) { [self] answer in
            if next == endpointCapability {
                if wantsOtherMember(answer) { return askOneByOne(rest) }
                switch answer.worth {
                case .answered: search.answered()
                case .silent where !answer.isHidden: search.answered()
                case .overdue, .endless: return fail(answer)
                case .silent, .refused, .broken:
                    // A server may refuse answers as short as the questions', and take the run's.
                    return takeOwnLength() ? askForEverything() : fail(answer)
                }
            }
            if next == .includeUsage { joinsTokens = answer.joinsTokens }
            note(question.read(answer))
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
        ask(question) { [self] answer in
            note(question.read(answer))
            let asked = CapabilityQuestion.tokenIDCount
            if profile.dialect.prompt != .words {
                if let counted = answer.result.promptTokens, counted >= asked,
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
                                + (answer.result.error?.sentence ?? "it ignored them")
                                + "; write `prompt: words`, or leave `prompt` out")))
            }
            askForCounts([.continuousUsage, .returnTokenIDs])
        }
    }

    /// Only a server that joins tokens is asked to count them in every event: it costs both sides.
    private func askForCounts(_ rest: [Capability]) {
        guard joinsTokens, let next = rest.first else { return calibrate() }
        let question = question(next)
        ask(question) { [self] came in
            let answer = question.read(came)
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
                targets: questions.client.targets, options: options,
                dialects: questions.client.targets.map { _ in dialect })
            let request = builder.prepare(
                UInt32(words), target: questions.targetIndex, outputTokens: countingTokens
            ) { body, _ in
                PromptText.appendTable(words, to: &body)
            }
            questions.post(
                request, to: search.current.path, outputTokens: countingTokens
            ) { [self] answer in
                // Where one token is too few, what was answered before is not.
                if answer.worth == .refused, countingTokens != outputTokens {
                    countingTokens = outputTokens
                    return measure(words: words, read)
                }
                let isAnswered = answer.worth == .answered || answer.worth == .silent
                read(isAnswered ? answer.result.promptTokens : nil)
            }
        } catch {
            end(.failure(PreparationRefusal(.options, "\(error)")))
        }
    }

    // MARK: The end

    /// Ends with the last question's answer, which no other question would change.
    private func fail(_ answer: QuestionAnswer) {
        search.note(asked(answer))
        fail()
    }

    private func fail() {
        end(
            .failure(
                .refused(
                    target, endpoint, model: options.model, search.asked,
                    waits: wishes.readyTimeout > .zero)))
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

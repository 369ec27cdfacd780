import EventLoop
import HTTPStream
import TimeBase
import TokenLog
package import Workload

/// Asks one target, before a run, how its requests are to be written: two to four requests of at
/// most ``CapabilityQuestion/outputTokens`` tokens where the server takes all, some more where it
/// refuses a part.
///
/// Everything is asked for in one request first; only a server that refuses it is asked piece by
/// piece. Confined to the client's loop; alive until its completion was called.
package final class TargetProbe {
    /// What the run wants of the target.
    package struct Wishes: Hashable, Sendable {
        /// Whether answers are to have exactly the planned length.
        package var pinsOutput: Bool
        package var prompt: PromptForm

        package init(pinsOutput: Bool, prompt: PromptForm) {
            self.pinsOutput = pinsOutput
            self.prompt = prompt
        }
    }

    /// How often a question is asked whose connection breaks.
    static let attempts = 3

    package typealias Completion = (Result<ServerProfile, CapabilityProbeError>) -> Void

    private let client: ServingClient
    private let place: Int
    private let options: RequestOptions
    private let wishes: Wishes
    private let completion: Completion
    private var profile: ServerProfile
    private var outputMember = "max_tokens"
    /// Whether several tokens came in one event, so that events do not count them.
    private var joinsTokens = false
    /// Words of the long calibrating prompt: less where the server holds no such prompt.
    private var tableWords = PromptText.tableWords
    /// Keeps the probe until its end.
    private var itself: TargetProbe?

    private var target: Target { client.targets[place] }
    private var endpoint: Capability { options.endpoint == .chat ? .chat : .completions }

    /// Begins to ask target `place` of `client`, which is open.
    ///
    /// - Parameter options: those of the run; their model is asked for.
    package static func begin(
        client: ServingClient, target place: Int, options: RequestOptions, wishes: Wishes,
        completion: @escaping Completion
    ) {
        let probe = TargetProbe(client, place, options, wishes, completion)
        probe.itself = probe
        probe.askForEverything()
    }

    private init(
        _ client: ServingClient, _ place: Int, _ options: RequestOptions, _ wishes: Wishes,
        _ completion: @escaping Completion
    ) {
        self.client = client
        self.place = place
        self.wishes = wishes
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
        send(question.request(id: 0, to: target, place: place, options), read)
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
            everythingOf: options.endpoint, pinsOutput: wishes.pinsOutput)
        ask(question) { [self] result in
            switch result.kind {
            case .answered: everythingAnswered(result)
            case .refused where wantsOtherMember(result): askForEverything()
            case .refused where isWithoutReason(result) && profile.dialect.namesRequests:
                profile.dialect.namesRequests = false
                askForEverything()
            case .refused:
                profile.dialect.namesRequests = true
                askOneByOne([endpoint, .includeUsage] + pins)
            case .broken: fail(result)
            }
        }
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
        for capability in [endpoint, .includeUsage] + pins {
            note(
                CapabilityQuestion(capability, endpoint: options.endpoint, countsByUsage: true)
                    .read(record))
        }
        joinsTokens = result.joinsTokens
        askForTokenIDs()
    }

    private func askOneByOne(_ rest: [Capability]) {
        guard let next = rest.first else { return askForTokenIDs() }
        let question = CapabilityQuestion(
            next, endpoint: options.endpoint, countsByUsage: profile.dialect.includesUsage)
        ask(question) { [self] result in
            if next == endpoint {
                if result.kind == .refused, wantsOtherMember(result) { return askOneByOne(rest) }
                guard result.kind == .answered else { return fail(result) }
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
        guard options.endpoint == .completions, wishes.prompt != .words else {
            return askForCounts([.continuousUsage, .returnTokenIDs])
        }
        let question = CapabilityQuestion(
            .tokenIDPrompts, endpoint: .completions, countsByUsage: profile.dialect.includesUsage)
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
                        CapabilityProbeError(
                            description: "\(target) takes no token ids as a prompt: "
                                + (result.error?.detail ?? "it ignored them")
                                + "; write `prompt: words`, or leave `prompt` out")))
            }
            askForCounts([.continuousUsage, .returnTokenIDs])
        }
    }

    /// Only a server that joins tokens is asked to count them in every event: it costs both sides.
    private func askForCounts(_ rest: [Capability]) {
        guard joinsTokens, let next = rest.first else { return calibrate() }
        let question = CapabilityQuestion(
            next, endpoint: options.endpoint, countsByUsage: profile.dialect.includesUsage)
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
        let dialects = client.targets.map { _ in profile.dialect }
        do throws(RequestOptionsError) {
            let builder = try RequestBuilder(
                targets: client.targets, options: options, dialects: dialects)
            let request = builder.prepare(UInt32(words), target: place, outputTokens: 1) {
                body, _ in
                PromptText.appendTable(words, to: &body)
            }
            send(request) { result in
                read(result.kind == .answered ? result.promptTokens : nil)
            }
        } catch {
            end(.failure(CapabilityProbeError(description: "\(error)")))
        }
    }

    // MARK: The end

    private func fail(_ result: AnswerResult) {
        let why = result.error?.detail ?? ""
        let sentence =
            result.kind == .refused
            ? "\(target) refuses POST \(target.prefix)\(options.endpoint.path)"
            : "\(target) gives no proper answer to POST \(target.prefix)\(options.endpoint.path)"
        end(
            .failure(
                CapabilityProbeError(
                    description: sentence + (why.isEmpty ? "" : ": \(why)")
                        + "; `legato check --url` shows what it takes")))
    }

    private func end() { end(.success(profile)) }

    private func end(_ result: Result<ServerProfile, CapabilityProbeError>) {
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
        case .empty where status == 200: .answered
        case .httpStatus, .streamError: .refused
        default: .broken
        }
    }

    /// Whether the connection broke before the answer's end.
    fileprivate var isCut: Bool { error?.kind == .reset || error?.kind == .closedEarly }

    /// Whether usage counts more tokens than events came.
    fileprivate var joinsTokens: Bool {
        evidence == .finalUsage && Int(outputTokens) > contentEvents && contentEvents > 0
    }

    fileprivate var finishRecord: FinishRecord {
        let isEmpty = error?.kind == .empty && status == 200
        return FinishRecord(
            request: 0, at: LocalInstant(ns: 0), outcome: isEmpty ? .completed : outcome,
            error: isEmpty ? nil : error, evidence: evidence, promptTokens: promptTokens,
            outputTokens: outputTokens, notes: notes)
    }
}

import AnswerStream
import JSON
import TokenLog
import Workload

/// One request that finds out whether a server accepts something, and how its answer is read.
struct CapabilityQuestion {
    /// Tokens that a question asks for where nothing speaks against it: a prompt that invites one
    /// word makes a server that ignores `ignore_eos` or `min_tokens` stop before.
    static let outputTokens: UInt32 = 12

    let capability: Capability
    let endpoint: Endpoint
    /// Members beside model, prompt, `stream` and `max_tokens`.
    let members: [JSONMember]
    /// Tokens that it asks for.
    let outputTokens: UInt32
    let prompt: JSONValue
    /// The member that bounds the answer.
    var outputMember = "max_tokens"
    /// Whether it carries `x-request-id`, as requests of a run do.
    var isNamed = false

    /// - Parameters:
    ///   - endpoint: an endpoint that works, for the capabilities that are no endpoint of their
    ///     own.
    ///   - countsByUsage: the server takes `include_usage`, so that tokens are counted by it: some
    ///     servers join several in one event.
    ///   - outputTokens: the length of answer to ask for.
    init(
        _ capability: Capability, endpoint: Endpoint, countsByUsage: Bool,
        outputTokens: UInt32 = Self.outputTokens
    ) {
        self.capability = capability
        self.outputTokens = outputTokens
        switch capability {
        case .chat: self.endpoint = .chat
        case .completions, .tokenIDPrompts: self.endpoint = .completions
        default: self.endpoint = endpoint
        }
        let asksUsage = [JSONMember("stream_options", ["include_usage": true])]
        let usage = countsByUsage ? asksUsage : []
        switch capability {
        case .includeUsage: members = asksUsage
        case .continuousUsage:
            members = [
                JSONMember(
                    "stream_options", ["include_usage": true, "continuous_usage_stats": true])
            ]
        case .ignoreEOS: members = usage + [JSONMember("ignore_eos", true)]
        case .minTokens:
            members = usage + [JSONMember("min_tokens", .integer(Int64(outputTokens)))]
        case .returnTokenIDs: members = [JSONMember("return_token_ids", true)]
        case .tokenIDPrompts: members = usage
        case .models, .chat, .completions: members = []
        }
        prompt = capability == .tokenIDPrompts ? Self.tokenIDs : Self.words
    }

    /// Everything that pins an answer's length and counts it, in one request.
    ///
    /// - Parameter pinsOutput: whether `ignore_eos` and `min_tokens` are among it.
    init(
        everythingOf endpoint: Endpoint, pinsOutput: Bool, outputTokens: UInt32 = Self.outputTokens
    ) {
        self.outputTokens = outputTokens
        capability = endpoint == .chat ? .chat : .completions
        self.endpoint = endpoint
        let pins = [
            JSONMember("ignore_eos", true),
            JSONMember("min_tokens", .integer(Int64(outputTokens))),
        ]
        members =
            [JSONMember("stream_options", ["include_usage": true])] + (pinsOutput ? pins : [])
        prompt = Self.words
    }

    private static let words = JSONValue.string("Reply with one word: yes")
    static let tokenIDCount: UInt32 = 8
    /// Both ends of what prompts are made of, so that a small vocabulary refuses the question.
    private static let tokenIDs: JSONValue = .array(
        (0..<tokenIDCount).map { index in
            let range = PromptText.tokenIDs
            let id = index.isMultiple(of: 2) ? range.lowerBound + index : range.upperBound - index
            return .integer(Int64(id))
        })

    /// The request's bytes, for target `targetIndex` of a client and a path on it.
    func request(
        id: UInt32, to target: Target, targetIndex: Int = 0, path: String, _ options: RequestOptions
    ) -> PreparedRequest {
        var all: [JSONMember] = [
            JSONMember("model", .string(options.model)), JSONMember("stream", true),
            JSONMember(outputMember, .integer(Int64(outputTokens))),
        ]
        switch endpoint {
        case .chat:
            all.append(JSONMember("messages", [["role": "user", "content": prompt]]))
        case .completions: all.append(JSONMember("prompt", prompt))
        }
        let body = JSONValue.object(all + members + options.extraMembers).serialized
        var bytes = RequestBuilder.head(of: target, path: path, options)
        if isNamed { bytes += "x-request-id: \(options.runID)-\(capability.rawValue)\r\n".utf8 }
        bytes += "content-length: \(body.count)\r\n\r\n".utf8
        bytes += body
        return PreparedRequest(id: id, target: targetIndex, bytes: bytes, prompt: 0..<0)
    }

    /// The conclusion from its answer.
    func read(_ answer: QuestionAnswer) -> CapabilityAnswer {
        let words = answer.words(asked: outputTokens)
        switch answer.worth {
        case .silent where answer.isHidden:
            return self.answer(.unknown, "no proper answer: \(words)")
        case .answered, .silent: return readEnded(answer)
        case .refused where answer.isBusy:
            return self.answer(.unknown, "could not be asked: \(words)")
        case .refused: return self.answer(.refused, words + remedy(answer.result.status))
        case .endless where capability == .ignoreEOS || capability == .minTokens:
            return self.answer(.ignored, "\(words): lengths cannot be pinned this way")
        case .endless, .overdue, .broken: return self.answer(.unknown, "no proper answer: \(words)")
        }
    }

    private func readEnded(_ answer: QuestionAnswer) -> CapabilityAnswer {
        let result = answer.result
        switch capability {
        case .models: return self.answer(.works, "")
        case .chat, .completions: return self.answer(.works, delivery(answer))
        case .tokenIDPrompts:
            return self.answer(.works, "input lengths are exact, without a tokenizer")
        case .includeUsage: return readUsage(result)
        case .continuousUsage:
            return result.evidence == .continuousUsage
                ? self.answer(.works, "every event counts the tokens so far")
                : self.answer(
                    .ignored, "no usage on each event: joined tokens are spread by the last one")
        case .returnTokenIDs:
            return result.evidence == .tokenIDs
                ? self.answer(.works, "every event names its tokens: counts are exact")
                : self.answer(.ignored, "no token ids on the events: counts rest on usage")
        case .ignoreEOS, .minTokens: return readLength(result)
        }
    }

    /// The way in which the tokens came.
    private func delivery(_ answer: QuestionAnswer) -> String {
        let tokens = answer.result.outputTokens
        if answer.result.notes.marks.contains(.notStreamed) {
            return "answers, and does not stream: no TTFT and no gap can be measured"
        }
        if answer.isCollected {
            return
                "answers, all \(tokens) tokens at once: a proxy, or the server, collects the "
                + "stream, and no TTFT and no gap can be measured"
        }
        return "streams; \(tokens) tokens came for one request"
    }

    private func readUsage(_ result: AnswerResult) -> CapabilityAnswer {
        let isCounted =
            result.evidence == .finalUsage || result.evidence == .continuousUsage
            || result.notes.hiddenTokens > 0
        // An answer without a token has none to count, and ids count better.
        let needsNone = result.outputTokens == 0 || result.evidence == .tokenIDs
        if isCounted || (needsNone && result.promptTokens != nil) {
            return answer(.works, "the last event counts the tokens")
        }
        return answer(
            .ignored,
            (result.promptTokens == nil
                ? "no usage came" : "a usage came whose completion_tokens is no count")
                + ": tokens are counted by stream events")
    }

    private func readLength(_ result: AnswerResult) -> CapabilityAnswer {
        // Reasoning that is not shown is part of the length, if the usage is to be believed.
        let isDoubted = result.notes.marks.contains(.usageNotBelieved)
        let made =
            UInt64(result.outputTokens) + (isDoubted ? 0 : UInt64(result.notes.hiddenTokens))
        let came = "\(made) of \(outputTokens) tokens came: "
        if made == UInt64(outputTokens) {
            return answer(.works, came + "output lengths can be pinned")
        }
        return answer(
            .ignored,
            came
                + (made < UInt64(outputTokens)
                    ? "answers end by themselves, lengths vary"
                    : "more than max_tokens allows, lengths cannot be pinned"))
    }

    /// - Parameter status: the refusal's.
    private func remedy(_ status: UInt16) -> String {
        if [401, 403, 407].contains(status) { return PreparationRefusal.key }
        return switch capability {
        case .ignoreEOS, .minTokens: "; output lengths cannot be pinned this way"
        case .tokenIDPrompts: "; prompts are words, their lengths within some percent"
        default: ""
        }
    }

    private func answer(
        _ verdict: CapabilityAnswer.Verdict, _ sentence: String
    ) -> CapabilityAnswer {
        CapabilityAnswer(capability: capability, verdict: verdict, sentence: sentence)
    }
}

package import JSON
import Workload

/// Findings on one target before a run: what it accepts, how requests to it are written, and what
/// could not be had.
package struct ServerProfile: Hashable, Sendable {
    package let target: Target
    package internal(set) var model: String
    /// The capabilities that the run wanted.
    package let wishes: TargetWishes
    package var dialect = RequestDialect()
    /// Each capability that was asked for, with the server's answer; empty where nobody asked.
    package private(set) var answers: [CapabilityAnswer] = []
    /// Tokens that questions asked for: more where the server refused as few as usual.
    package internal(set) var questionTokens = CapabilityQuestion.outputTokens
    /// Whether ``RequestDialect/calibration`` was measured.
    package private(set) var isCalibrated = false

    package init(target: Target, model: String, wishes: TargetWishes) {
        self.target = target
        self.model = model
        self.wishes = wishes
    }

    mutating func note(_ answer: CapabilityAnswer) {
        answers.append(answer)
        let works = answer.verdict == .works
        switch answer.capability {
        case .models, .chat, .completions: break
        case .includeUsage: dialect.includesUsage = works
        case .continuousUsage: dialect.continuousUsage = works
        case .ignoreEOS: dialect.ignoresEOS = works
        case .minTokens: dialect.setsMinTokens = works
        case .tokenIDPrompts: dialect.prompt = works ? .tokenIDs(PromptText.tokenIDs) : .words
        case .returnTokenIDs: dialect.returnsTokenIDs = works
        }
    }

    mutating func calibrated(_ calibration: PromptCalibration) {
        dialect.calibration = calibration
        isCalibrated = true
    }

    package subscript(capability: Capability) -> CapabilityAnswer.Verdict? {
        answers.first { $0.capability == capability }?.verdict
    }

    /// Wishes of the run that the target does not grant, a sentence each, to follow the target's
    /// name.
    package var remarks: [String] {
        guard !answers.isEmpty else { return [] }
        var remarks: [String] = []
        if wishes.pinsOutput, !dialect.pinsOutput {
            let isKnown = self[.ignoreEOS] != .unknown && self[.minTokens] != .unknown
            remarks.append(
                (isKnown
                    ? "takes neither ignore_eos nor min_tokens"
                    : "could not be asked for ignore_eos and min_tokens")
                    + ": answers end by themselves, and output lengths are not exact")
        }
        if !dialect.includesUsage {
            remarks.append(
                (self[.includeUsage] == .unknown
                    ? "could not be asked for usage" : "sends no usage that counts tokens")
                    + ": output tokens are counted by stream events, and prompt lengths are not "
                    + "known")
        } else if !isCalibrated {
            remarks.append(
                "counts prompts in a way that could not be measured: they are made by an estimate")
        }
        if !dialect.namesRequests {
            remarks.append(
                "refuses x-request-id where it is no UUID: its requests carry none, and its own "
                    + "log cannot be matched with the run")
        }
        if self[.tokenIDPrompts].map({ $0 != .works }) ?? false {
            remarks.append("takes no token ids as a prompt: prompts are words")
        }
        return remarks
    }

    /// The path that requests are posted to, without what looks like a secret in its query.
    package var postsTo: String {
        let endpoint = dialect.endpoint ?? wishes.endpoint
        return Target.withoutSecrets(dialect.path ?? target.postPaths(endpoint)[0])
    }

    /// Members of the body by which lengths are asked for and counted.
    package var sends: [String] {
        var sends = [dialect.outputMember]
        if dialect.ignoresEOS { sends.append("ignore_eos") }
        if dialect.setsMinTokens { sends.append("min_tokens") }
        if dialect.includesUsage { sends.append(Capability.includeUsage.name) }
        if dialect.continuousUsage { sends.append(Capability.continuousUsage.name) }
        if dialect.returnsTokenIDs { sends.append(Capability.returnTokenIDs.name) }
        return sends
    }

    /// How prompts are made and counted, in a few words.
    package var promptWords: String {
        let isWords = dialect.prompt == .words
        let made = isWords ? "words" : "token ids"
        guard isCalibrated else { return "\(made), counted in a way that is not known" }
        let around = "\(dialect.calibration.overhead) tokens around"
        guard isWords else { return "\(made), \(around)" }
        let slope = (dialect.calibration.tokensPerWord * 1_000).rounded() / 1_000
        return "\(made), \(around) and \(slope) a word"
    }

    /// As the manifest shows it.
    package var json: JSONValue {
        let accepts = answers.map { answer in
            JSONMember(
                answer.capability.rawValue,
                ["verdict": .string(answer.verdict.rawValue), "sentence": .string(answer.sentence)])
        }
        let calibration: JSONValue = [
            "overhead_tokens": .integer(Int64(dialect.calibration.overhead)),
            "tokens_per_word": .real(dialect.calibration.tokensPerWord),
        ]
        return [
            "url": .string(target.description), "model": .string(model),
            "endpoint": .string((dialect.endpoint ?? wishes.endpoint).rawValue),
            "posts_to": .string(postsTo),
            "probed": .bool(!answers.isEmpty), "accepts": .object(accepts),
            "sends": .array(sends.map(JSONValue.string)),
            "names_requests": .bool(dialect.namesRequests),
            "prompt": .string(dialect.prompt == .words ? "words" : "tokens"),
            "calibration": isCalibrated ? calibration : .null,
        ]
    }

}

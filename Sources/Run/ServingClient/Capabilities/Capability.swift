package import Workload

/// Something that a server may or may not accept, and that decides how well it can be measured.
package enum Capability: String, Hashable, Sendable, CaseIterable {
    case models
    case chat
    case completions
    case includeUsage = "include_usage"
    case continuousUsage = "continuous_usage"
    case ignoreEOS = "ignore_eos"
    case minTokens = "min_tokens"
    case tokenIDPrompts = "token_id_prompts"
    case returnTokenIDs = "return_token_ids"

    /// The endpoint or parameter that is asked for, as the API calls it.
    package var name: String {
        switch self {
        case .models: "GET /v1/models"
        case .chat: "POST /v1/chat/completions"
        case .completions: "POST /v1/completions"
        case .includeUsage: "stream_options.include_usage"
        case .continuousUsage: "stream_options.continuous_usage_stats"
        case .ignoreEOS: "ignore_eos"
        case .minTokens: "min_tokens"
        case .tokenIDPrompts: "token-id prompts"
        case .returnTokenIDs: "return_token_ids"
        }
    }
}

/// A server's answer to the question for one capability.
package struct CapabilityAnswer: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// It did what was asked.
        case works
        /// It answered as if it had not been asked.
        case ignored
        /// It answered with an error.
        case refused
        /// It could not be asked, or did not answer in time.
        case unknown
    }

    package var capability: Capability
    package var verdict: Verdict
    /// One sentence: the answer's meaning for a measurement.
    package var sentence: String
    /// The path that was asked at, where that is what the capability is about.
    package var path: String?

    /// The name of what was asked for: method and path, or the API's own word.
    package var name: String {
        switch (capability, path) {
        case (.models, let path?): "GET \(path)"
        case (.chat, let path?), (.completions, let path?): "POST \(path)"
        default: capability.name
        }
    }
}

/// The capabilities of one server, as it answered.
package struct CapabilityReport: Hashable, Sendable {
    package var target: Target
    /// The model that was asked for.
    package var model: String
    /// One a capability, in the order of ``Capability``.
    package var answers: [CapabilityAnswer]
    /// How a run would write its requests, by endpoint that works.
    package var profiles: [Endpoint: ServerProfile] = [:]
    /// The refusal that the run would meet; nil where it can drive the target.
    package var refusal: PreparationRefusal?
    /// The endpoint that the run would drive.
    package var endpoint: Endpoint

    package subscript(capability: Capability) -> CapabilityAnswer.Verdict {
        answers.first { $0.capability == capability }?.verdict ?? .unknown
    }
}

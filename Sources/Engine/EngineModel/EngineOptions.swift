/// A mistake in an engine's description.
package enum EngineOptionsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name that is in none of the sets.
    case unknownName(noun: String, name: String, nearest: String?, known: [String])
    /// A number outside its range.
    case outOfRange(field: String, value: Int, lowest: Int, highest: Int, why: String)
    /// A chunk budget that leaves no room for prefills beside full decodes.
    case budgetBelowSequences(budget: Int, sequences: Int)
    /// A description that is no JSON object of the engine's members: why.
    case malformed(String)

    package var description: String {
        switch self {
        case .unknownName(let noun, let name, let nearest?, _):
            "There is no \(noun) \"\(name)\"; did you mean \"\(nearest)\"?"
        case .unknownName(let noun, let name, nil, let known):
            "There is no \(noun) \"\(name)\"; write one of \(known.joined(separator: ", "))."
        case .outOfRange(let field, let value, let lowest, let highest, let why):
            "The engine's \(field) is \(value), \(why); "
                + "write a number from \(lowest) to \(highest)."
        case .budgetBelowSequences(let budget, let sequences):
            "The engine's chunkBudget of \(budget) tokens is below its maxSequences of"
                + " \(sequences), so that full decodes would leave no token for a prefill; raise"
                + " the first or lower the second."
        case .malformed(let problem): "The engine's description \(problem)."
        }
    }
}

/// An engine as users describe it: in a scenario's `engine:` section and on the command line.
///
/// Every field has a default, and absent members of its JSON keep it.
package struct EngineOptions: Hashable, Sendable {
    package var gpu = GPU.h100
    package var model = ServedModel.llama8B
    package var scheduler = SchedulerKind.chunked
    /// Tokens that a step of the chunked scheduler may run, decodes included.
    package var chunkBudget = 2048
    package var hostProfile = HostProfile.vllmV1
    /// Sequences that may run at once.
    package var maxSequences = 256
    /// Prompt and output of one request together, in tokens.
    package var maxModelLen = 8192
    /// Key/value capacity in tokens; nil takes what the GPU's memory leaves beside the model.
    package var keyValueTokens: Int?
    /// Mean length in tokens of answers that end by themselves; nil: every answer runs to its
    /// `max_tokens`. See ``NaturalLength``.
    package var meanAnswerTokens: Int?
    /// Seed of everything that is random in the engine.
    package var seed: UInt64 = 0

    /// The defaults: Llama-3.1-8B on one H100, chunked prefill of 2048 tokens.
    package init() {}

    /// Key/value capacity in tokens.
    package var capacityTokens: Int {
        keyValueTokens ?? keyValueCapacity(of: model, on: gpu)
    }

    /// The step times of this engine.
    package var stepTimes: StepTimeModel {
        StepTimeModel(model: model, gpu: gpu, host: hostProfile.overhead)
    }

    /// Longest `maxSequences` and `chunkBudget`.
    package static let largestCount = 1 << 20
    /// Longest `maxModelLen`, `keyValueTokens` and `meanAnswerTokens`, in tokens.
    package static let largestTokens = 1 << 30

    /// Checks that an engine of this description can run.
    ///
    /// - Throws: ``EngineOptionsError`` with a sentence for the user.
    package func validate() throws(EngineOptionsError) {
        try check(
            "maxSequences", maxSequences, 1...Self.largestCount, "but a step needs sequences")
        try check("chunkBudget", chunkBudget, 1...Self.largestCount, "but a step needs tokens")
        if let keyValueTokens {
            try check(
                "keyValueTokens", keyValueTokens, BlockPool.blockTokens...Self.largestTokens,
                "but the pool has blocks of \(BlockPool.blockTokens) tokens")
        }
        let longest = BlockPool(capacityTokens: capacityTokens).longestAdmissible
        try check(
            "maxModelLen", maxModelLen, 2...max(2, longest),
            "but one request must fit the key/value capacity of \(capacityTokens) tokens less 1 %")
        if let meanAnswerTokens {
            try check(
                "meanAnswerTokens", meanAnswerTokens, 1...Self.largestTokens,
                "but an answer has at least one token")
        }
        if scheduler == .chunked, chunkBudget < maxSequences {
            throw .budgetBelowSequences(budget: chunkBudget, sequences: maxSequences)
        }
    }

    private func check(
        _ field: String, _ value: Int, _ range: ClosedRange<Int>, _ why: String
    ) throws(EngineOptionsError) {
        if !range.contains(value) {
            throw .outOfRange(
                field: field, value: value, lowest: range.lowerBound, highest: range.upperBound,
                why: why)
        }
    }
}

extension EngineOptions: CustomStringConvertible {
    /// The engine in a few words: "simulated H100, Llama-3.1-8B, chunked 2048".
    package var description: String {
        let how =
            scheduler == .chunked ? "\(scheduler.rawValue) \(chunkBudget)" : scheduler.rawValue
        return "simulated \(gpu.rawValue), \(model.rawValue), \(how)"
    }
}

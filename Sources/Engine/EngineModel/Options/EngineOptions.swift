/// A mistake in an engine's description.
package enum EngineOptionsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name that is in none of the sets.
    case unknownName(noun: String, name: String, nearest: String?, known: [String])
    /// A number outside its range.
    case outOfRange(field: EngineField, value: Int, lowest: Int, highest: Int, why: String)
    /// A chance that is not from 0 to 1.
    case noShare(field: EngineField, value: Double)
    /// A part of a whole that leaves nothing of it, or is none.
    case noPart(field: EngineField, value: Double)
    /// A rate or a speed that is none.
    case notPositive(field: EngineField, value: Double)
    /// A term of the step times that is out of range.
    case noCost(field: EngineField, value: Double, range: ClosedRange<Double>)
    /// A field that static batching has no use for.
    case staticAlone(EngineField)
    /// A chunk budget that leaves no room for prefills beside full decodes.
    case budgetBelowSequences(budget: Int, sequences: Int, tokensEach: Int)
    /// A description that is no JSON object of the engine's members: why.
    case malformed(String)

    package var description: String { sentence(.members) }

    /// A sentence for the user, with the names that fields have where they were written.
    package func sentence(_ names: EngineVocabulary) -> String {
        func name(_ field: EngineField) -> String {
            switch names {
            case .members: "The engine's \(field.rawValue)"
            case .options: "--\(field.option)"
            case .scenario: "The engine's `\(field.inScenario)`"
            }
        }
        switch self {
        case .unknownName(let noun, let name, let nearest?, _):
            return "There is no \(noun) \"\(name)\"; did you mean \"\(nearest)\"?"
        case .unknownName(let noun, let name, nil, let known):
            return "There is no \(noun) \"\(name)\"; write one of "
                + "\(known.joined(separator: ", "))."
        case .outOfRange(let field, let value, let lowest, let highest, let why):
            return "\(name(field)) is \(value), \(why); write a number from \(lowest) to "
                + "\(highest)."
        case .noShare(let field, let value):
            return "\(name(field)) is \(value), but it is a chance; write a number from 0 to 1."
        case .noPart(let field, let value):
            return "\(name(field)) is \(value), but an answer's end is no thought; write a number "
                + "from 0 to below 1 (in a scenario, to below 100 %)."
        case .notPositive(let field, let value):
            return "\(name(field)) is \(value); write a number above 0."
        case .noCost(let field, let value, let range):
            return "\(name(field)) is \(value); write a number from \(Int(range.lowerBound)) to "
                + "\(Int(range.upperBound))."
        case .staticAlone(let field):
            return "\(name(field)) has no use where the scheduler is static: a batch takes those "
                + "who came first, and keeps its memory to the end, one token a step; remove it or "
                + "choose another scheduler."
        case .budgetBelowSequences(let budget, let sequences, let each):
            return "\(name(.chunkBudget)) of \(budget) tokens is below the \(sequences) of "
                + "\(name(.maxSequences).replacing("The engine's ", with: ""))"
                + "\(each > 1 ? " with \(each) tokens each" : ""), so that full decodes would "
                + "leave no token for a prefill; raise the first or lower the second."
        case .malformed(let problem): return "The engine's description \(problem)."
        }
    }
}

/// Where an engine was described, and so by which names its user knows its fields.
package enum EngineVocabulary: Hashable, Sendable {
    /// A JSON object.
    case members
    /// The command line.
    case options
    /// A scenario's `engine:` section.
    case scenario
}

/// A field of an engine's description that can be wrong, by the name of its JSON member.
package enum EngineField: String, Hashable, Sendable {
    case maxSequences, chunkBudget, keyValueTokens, maxModelLen, meanAnswerTokens, engines
    case prefillEngines, transferGBps, preemption, order
    case proposed = "speculation.proposed"
    case acceptance = "speculation.acceptance"
    case speed = "abandonFor.speed"
    case streamInterval = "holding.streamInterval"
    case outputDelay = "holding.outputDelayNs"
    case holdFirst = "holding.firstNs"
    case thoughts = "thoughts.share"
    case costsStep = "costs.stepNs"
    case costsSequence = "costs.sequenceNs"
    case costsWeights = "costs.weightsNs"
    case costsToken = "costs.tokenNs"
    case costsSharpness = "costs.sharpness"
    case costsContext = "costs.contextNs"
    case costsAttention = "costs.attentionNs"
    case costsFrontEnd = "costs.frontEndNs"

    /// The option, without its dashes.
    fileprivate var option: String {
        switch self {
        case .keyValueTokens: "kv-tokens"
        case .proposed: "proposed-tokens"
        case .acceptance: "acceptance"
        case .speed: "abandon"
        case .streamInterval: "stream-interval"
        case .outputDelay: "output-delay"
        case .holdFirst: "hold-first"
        case .thoughts: "thoughts"
        default:
            rawValue.reduce(into: "") { name, letter in
                name += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
            }
        }
    }

    fileprivate var inScenario: String {
        switch self {
        case .keyValueTokens: "kv cache"
        case .maxModelLen: "max model length"
        case .meanAnswerTokens: "mean answer"
        case .costsStep: "costs.step"
        case .costsSequence: "costs.sequence"
        case .costsWeights: "costs.weights"
        case .costsToken: "costs.token"
        case .costsSharpness: "costs.sharpness"
        case .costsContext: "costs.context"
        case .costsAttention: "costs.attention"
        case .costsFrontEnd: "costs.front end"
        default: option.replacing("-", with: " ")
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
    /// Engines of this kind behind one address.
    package var engines = 1
    /// How tokens are held back on their way out.
    package var holding = TokenHolding()
    /// The order in which those that wait are admitted.
    package var order = PromptOrder.firstCome
    /// How a request finds its engine among several.
    package var routing = Routing.roundRobin
    /// Engines that run prompts alone, where disaggregated; nil: half of them, rounded down.
    package var prefillEngines: Int?
    /// Rate at which keys and values move between engines, GB/s.
    package var transferGBps = 50.0
    /// The fate of a sequence for which memory is short.
    package var preemption = PreemptionKind.recompute
    /// Whether keys and values of equal prefixes are shared and kept.
    package var prefixCache = false
    /// Tokens proposed and checked in a step; nil decodes one by one.
    package var speculation: Speculation?
    /// The reader for whose sake requests are given up when a token is late: the cheat that
    /// rewards dropping invite; nil serves all.
    package var abandonFor: ToldReader?
    /// Thoughts before the answers of chats; nil: none.
    package var thoughts: Thoughts?
    /// Terms of the step times that are not the GPU's and the model's; nil: all are.
    package var costs: StepCosts?
    /// Seed of everything that is random in the engine.
    package var seed: UInt64 = 0

    /// The defaults: Llama-3.1-8B on one H100, chunked prefill of 2048 tokens.
    package init() {}

    /// Key/value capacity in tokens.
    package var capacityTokens: Int {
        keyValueTokens ?? keyValueCapacity(of: model, on: gpu)
    }

    /// Whether the engine gives up requests whose tokens are late.
    var abandonsLate: Bool { abandonFor != nil }

    /// Engines that run prompts alone; 0 unless disaggregated.
    var prefillCount: Int {
        scheduler == .disaggregated ? prefillEngines ?? max(1, engines / 2) : 0
    }

    /// The step times of this engine.
    package var stepTimes: StepTimeModel {
        let costs = costs ?? StepCosts()
        return StepTimeModel(
            model: model,
            fit: costs.applied(
                to: KernelFit.of(model, on: gpu),
                attentionFlop: StepTimeModel.attentionFlop(of: model)),
            host: costs.applied(to: hostProfile.overhead))
    }

    /// From a step's end until its tokens leave, ns.
    package var frontEndNs: Int64 {
        costs?.frontEndNs.map { Int64($0.rounded()) } ?? EngineCore.frontEndNs
    }

    /// Longest `maxSequences` and `chunkBudget`.
    package static let largestCount = 1 << 20
    /// Most engines behind one address.
    package static let mostEngines = 1024
    /// Most tokens that are proposed in a step.
    package static let largestProposal = 64
    /// Longest `maxModelLen`, `keyValueTokens` and `meanAnswerTokens`, in tokens.
    package static let largestTokens = 1 << 30

    /// Checks that an engine of this description can run.
    ///
    /// - Throws: ``EngineOptionsError`` with a sentence for the user.
    package func validate() throws(EngineOptionsError) {
        try check(
            .maxSequences, maxSequences, 1...Self.largestCount, "but a step needs sequences")
        try check(.chunkBudget, chunkBudget, 1...Self.largestCount, "but a step needs tokens")
        if let keyValueTokens {
            try check(
                .keyValueTokens, keyValueTokens, BlockPool.blockTokens...Self.largestTokens,
                "but the pool has blocks of \(BlockPool.blockTokens) tokens")
        }
        let longest = BlockPool(capacityTokens: capacityTokens).longestAdmissible
        try check(
            .maxModelLen, maxModelLen, 2...max(2, longest),
            "but one request must fit the key/value capacity of \(capacityTokens) tokens less 1 %")
        if let meanAnswerTokens {
            try check(
                .meanAnswerTokens, meanAnswerTokens, 1...Self.largestTokens,
                "but an answer has at least one token")
        }
        try check(.engines, engines, 1...Self.mostEngines, "but somebody has to serve")
        if scheduler == .disaggregated {
            try check(
                .engines, engines, 2...Self.mostEngines, "but prefill and decode need one each")
            try check(
                .prefillEngines, prefillCount, 1...engines - 1,
                "but prefill and decode need one each")
        }
        if !(transferGBps > 0 && transferGBps.isFinite) {
            throw .notPositive(field: .transferGBps, value: transferGBps)
        }
        if let speculation {
            try check(
                .proposed, speculation.proposed, 1...Self.largestProposal,
                "but a step proposes tokens")
            guard (0...1).contains(speculation.acceptance) else {
                throw .noShare(field: .acceptance, value: speculation.acceptance)
            }
        }
        try check(
            .streamInterval, holding.streamInterval, 1...Self.largestCount,
            "but an event has tokens")
        let spans = 0...TokenHolding.longestNs
        try check(.outputDelay, holding.outputDelayNs, spans, "in ns")
        try check(.holdFirst, holding.firstNs, spans, "in ns")
        if let thoughts, !(0..<1).contains(thoughts.share) {
            throw .noPart(field: .thoughts, value: thoughts.share)
        }
        try costs?.validate()
        if let abandonFor, !(abandonFor.speed > 0 && abandonFor.speed.isFinite) {
            throw .notPositive(field: .speed, value: abandonFor.speed)
        }
        if scheduler == .static {
            if speculation != nil { throw .staticAlone(.proposed) }
            if preemption != .recompute { throw .staticAlone(.preemption) }
            if order != .firstCome { throw .staticAlone(.order) }
        }
        if scheduler == .chunked || scheduler == .disaggregated {
            let each = 1 + (speculation?.proposed ?? 0)
            if chunkBudget < maxSequences * each {
                throw .budgetBelowSequences(
                    budget: chunkBudget, sequences: maxSequences, tokensEach: each)
            }
        }
    }

    private func check<Number: BinaryInteger>(
        _ field: EngineField, _ value: Number, _ range: ClosedRange<Number>, _ why: String
    ) throws(EngineOptionsError) {
        if !range.contains(value) {
            throw .outOfRange(
                field: field, value: Int(value), lowest: Int(range.lowerBound),
                highest: Int(range.upperBound), why: why)
        }
    }
}

extension EngineOptions: CustomStringConvertible {
    /// The engine in a few words, and how it holds tokens back: "simulated H100, Llama-3.1-8B,
    /// chunked 2048, held: stream interval 8".
    package var description: String {
        var how = scheduler.rawValue
        switch scheduler {
        case .chunked: how += " \(chunkBudget)"
        case .disaggregated: how += " \(prefillCount)+\(engines - prefillCount)"
        case .prefillFirst, .static: break
        }
        if engines > 1, scheduler != .disaggregated { how += ", \(engines) engines" }
        if engines > 1, routing != .roundRobin { how += ", \(routing.rawValue)" }
        if order != .firstCome { how += ", \(order.rawValue)" }
        if preemption != .recompute { how += ", \(preemption.rawValue)" }
        if prefixCache { how += ", prefix cache" }
        if let speculation {
            how += ", \(speculation.proposed) proposed at \(speculation.acceptance)"
        }
        if let abandonFor { how += ", abandoning readers of \(abandonFor.speed) tokens/s" }
        if let thoughts {
            let kind = thoughts.areHidden ? "hidden" : "visible"
            how += ", \(thoughts.share) of an answer \(kind) thought"
        }
        let held = "\(holding)"
        if !held.isEmpty { how += ", held: \(held)" }
        // With all costs its own, an engine is no GPU and no model of the table.
        let kind =
            switch costs {
            case nil: "\(gpu.rawValue), \(model.rawValue)"
            case let costs? where costs.isWhole: "by costs of its own"
            default: "\(gpu.rawValue), \(model.rawValue), some costs of its own"
            }
        return "simulated \(kind), \(how)"
    }
}

package import EngineModel
package import Goodput
package import Workload

/// A server as the scenario names it.
package struct ScenarioServer: Hashable, Sendable {
    package var url: String
    /// Nil: the scenario's model.
    package var model: String?
    /// In file order; values are secrets.
    package var headers: [(name: String, value: String)] {
        zip(headerNames, headerValues).map { ($0, $1) }
    }
    private var headerNames: [String]
    private var headerValues: [String]

    package init(url: String, model: String?, headers: [(name: String, value: String)]) {
        self.url = url
        self.model = model
        headerNames = headers.map(\.name)
        headerValues = headers.map(\.value)
    }
}

/// The settings of requests, beside their prompts.
package struct RequestSettings: Hashable, Sendable {
    /// Whether answers are to have exactly the planned length; nil: where the server takes that.
    package var ignoreEOS: Bool?
    package var prompt = PromptForm.automatic
    /// Whether servers are asked what they accept before the start.
    package var probes = true
    /// A JSON object with sorted keys and no spaces, merged into every body; nil for none.
    package var extraJSON: String?

    package init() {}

    /// Whether `ignore_eos` and `min_tokens` are asked for: of a server that was not asked only
    /// where the scenario says so, since one that knows them not refuses every request with them.
    package var pinsOutput: Bool { ignoreEOS ?? probes }
}

/// Embedded engines, as the scenario describes them; nil is the engine's own default.
package struct EngineSettings: Hashable, Sendable {
    package var gpu: String?
    package var model: String?
    package var scheduler: String?
    package var chunkBudget: Int?
    package var hostProfile: String?
    package var maxSequences: Int?
    package var maxModelLen: Int?
    package var keyValueTokens: Int?
    package var meanAnswerTokens: Int?
    package var engines: Int?
    package var order: String?
    package var routing: String?
    package var prefillEngines: Int?
    package var preemption: String?
    package var prefixCache: Bool?
    package var speculation: Speculation?
    package var abandonFor: ToldReader?
    package var streamInterval: Int?
    package var outputDelayNs: Int64?
    package var holdFirstNs: Int64?
    package var thoughts: Thoughts?
    package var costs: StepCosts?
    package var seed: UInt64?

    package init() {}

    /// Proposes so many tokens a step; none without a number above 0.
    ///
    /// - Parameter acceptance: The chance of each, 0.7 unless given.
    package mutating func setSpeculation(proposed: Int?, acceptance: Double?) {
        guard let proposed, proposed > 0 else { return speculation = nil }
        speculation = Speculation(proposed: proposed, acceptance: acceptance ?? 0.7)
    }

    /// Gives up late answers for readers of this speed, tokens a second; none without one.
    ///
    /// - Parameter budgetNs: When they want the first token, 1 s unless given.
    package mutating func setAbandoning(speed: Double?, budgetNs: Int64?) {
        abandonFor = speed.map { ToldReader(speed: $0, ttftBudgetNs: budgetNs ?? 1_000_000_000) }
    }

    /// Thinks before it answers: so large a part of each answer; not at all without a part.
    package mutating func setThoughts(share: Double?, areHidden: Bool) {
        thoughts = share.map { Thoughts(share: $0, areHidden: areHidden) }
    }

    /// The engine's options with these settings over its defaults.
    ///
    /// - Throws: ``EngineOptionsError`` for an unknown name, a number out of range, or numbers that
    ///   do not fit together.
    package func options() throws(EngineOptionsError) -> EngineOptions {
        var options = EngineOptions()
        if let gpu { options.gpu = try GPU.named(gpu) }
        if let model { options.model = try ServedModel.named(model) }
        if let scheduler { options.scheduler = try SchedulerKind.named(scheduler) }
        if let hostProfile { options.hostProfile = try HostProfile.named(hostProfile) }
        options.chunkBudget = chunkBudget ?? options.chunkBudget
        options.maxSequences = maxSequences ?? options.maxSequences
        options.maxModelLen = maxModelLen ?? options.maxModelLen
        options.keyValueTokens = keyValueTokens
        options.meanAnswerTokens = meanAnswerTokens
        if let order { options.order = try PromptOrder.named(order) }
        if let routing { options.routing = try Routing.named(routing) }
        if let preemption { options.preemption = try PreemptionKind.named(preemption) }
        options.engines = engines ?? options.engines
        options.prefillEngines = prefillEngines
        options.prefixCache = prefixCache ?? options.prefixCache
        options.speculation = speculation
        options.abandonFor = abandonFor
        options.holding.streamInterval = streamInterval ?? options.holding.streamInterval
        options.holding.outputDelayNs = outputDelayNs ?? options.holding.outputDelayNs
        options.holding.firstNs = holdFirstNs ?? options.holding.firstNs
        options.thoughts = thoughts
        options.costs = costs
        options.seed = seed ?? options.seed
        try options.validate()
        return options
    }
}

/// A scenario after all overrides, ready to be planned.
package struct ResolvedScenario: Hashable, Sendable {
    package var name: String
    /// The file that it was read from, for errors.
    package var file: String
    package var seed: UInt64
    /// Empty: embedded engines.
    package var servers: [ScenarioServer]
    package var endpoint: Endpoint
    /// Whether the run insists on `endpoint`: it was named, or prompts are written for it.
    package var isEndpointFixed: Bool
    package var model: String?
    package var workload: WorkloadSpec
    /// One a class of the plan, in the order of ``WorkloadSpec/planClassNames``.
    package var classScoring: [ScoringParameters]
    /// The scoring of the run as a whole.
    package var scoring: ScoringParameters
    package var timeouts: RequestTimeouts
    package var connections: ConnectionRule
    /// From one question to each server for its metrics to the next, in ns; nil for none.
    package var scrapeNs: Int64?
    /// The same where nobody says otherwise: a second.
    static let standardScrapeNs: Int64 = 1_000_000_000
    package var request: RequestSettings
    /// The share of requests that may fail in a valid run, 0 to 1.
    package var mostFailed: Double
    /// Whether a run that was in no steady state is not valid.
    package var requiresSteady: Bool
    /// How long requests in flight may go on after the last stage, and after Ctrl-C.
    package var drain: Drain
    package var graceNs: Int64
    /// How long servers that are still loading are waited for before the start.
    package var readyTimeoutNs: Int64
    package var deal: DealRule
    package var engine: EngineSettings
    /// Sentences for the user: secrets in the file and the like.
    package var warnings: [String]
    /// The files that it reads, in the order of its stages and classes.
    package var files: [InputFile]
    /// The scenario as written and overridden; holds secrets, see ``manifestJSON()``.
    package var document: Document

    /// The scenario after all overrides as JSON (which is a scenario again), secrets as `***`.
    package func manifestJSON() -> String { document.masked().json() }

    /// The same error with the origin that it comes from: an option that the load is of, else the
    /// scenario as a whole.
    package func located(_ error: WorkloadError) -> ScenarioError {
        var fields: [Document] = []
        if case .list(let stages, _)? = document["stages"] {
            fields = stages.flatMap { stage in
                ScenarioReader.stageFields.compactMap { stage[$0] }
            }
        }
        fields += [document["warmup"]].compactMap { $0 }
        let option = fields.map(\.origin).first { origin in
            if case .option = origin { true } else { false }
        }
        return ScenarioError(
            file: file,
            diagnostics: [Diagnostic(origin: option ?? document.origin, message: "\(error)")])
    }
}

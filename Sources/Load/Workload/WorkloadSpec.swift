/// The load that a run is to send, before any draw is made.
package struct WorkloadSpec: Hashable, Sendable {
    package var warmup: Warmup
    /// In sequence; at least one.
    package var stages: [StageSpec]
    /// At least one.
    package var classes: [ClassSpec]

    package init(warmup: Warmup = .none, stages: [StageSpec], classes: [ClassSpec]) {
        self.warmup = warmup
        self.stages = stages
        self.classes = classes
    }

    /// Whether some of its prompts come from files, which are written for one endpoint.
    package var bringsPrompts: Bool {
        classes.contains { $0.prompts != nil }
            || stages.contains { stage in
                guard case .open(.replay(let replay)) = stage.load else { return false }
                return replay.prompts != nil
            }
    }
}

/// Load before the first stage that counts in no figure.
package enum Warmup: Hashable, Sendable {
    case none
    /// A number of requests: a stage of its own at the first stage's rate (open loop), or the first
    /// of the slots' queue (closed loop).
    case requests(UInt32)
    /// A stage of its own, so many ns long, at the first stage's rate or concurrency.
    case duration(ns: Int64)
}

/// One stretch of load.
package struct StageSpec: Hashable, Sendable {
    package var load: Load
    /// Length in ns; nil when `requests` (or a trace's or a burst's own end) ends it.
    package var durationNs: Int64?
    /// At most so many requests, turns included: the last session is shortened to fit.
    package var requests: UInt32?
    /// Most requests in flight while one of this open stage is sent; nil for no bound.
    package var maxInFlight: UInt32?

    package init(
        load: Load, durationNs: Int64? = nil, requests: UInt32? = nil, maxInFlight: UInt32? = nil
    ) {
        self.load = load
        self.durationNs = durationNs
        self.requests = requests
        self.maxInFlight = maxInFlight
    }
}

/// The way in which a stage's requests become due.
package enum Load: Hashable, Sendable {
    /// Sessions arrive by themselves; a rate counts sessions, not their later turns.
    case open(Arrivals)
    /// A constant number of sessions, the next beginning when one ends.
    case closed(concurrency: UInt32)

    /// Whether its rate changes by plan. A steady stream of bursts, or of a trace's requests,
    /// shows itself.
    package var changes: Bool {
        guard case .open(.rate(let from, let to, _)) = self else { return false }
        return from != to
    }
}

/// A kind of session: the lengths of its requests, their turns or steps, and what prompts share.
package struct ClassSpec: Hashable, Sendable {
    package var name: String
    /// Its weight among the classes, positive; weights need not add up to anything.
    package var share: Double
    /// New input tokens and output tokens of a turn; nil where only replay stages use the class,
    /// whose rows bring their own, and with `prompts`.
    package var lengths: ClassLengths?
    /// Conversations that its sessions take in turn, from the first again after the last; their
    /// turns are the sessions'.
    package var prompts: PromptLibrary?
    /// Answer tokens of given prompts; nil takes what their file says.
    package var answer: TokenLength?
    package var turns: TokenLength
    /// The requests of its sessions where these are graphs, in an order in which each is behind
    /// those that it needs; empty for lines of `turns`. With them `lengths`, `prompts`, `turns` and
    /// `think` mean nothing.
    package var steps: [StepSpec]
    /// Seconds between the end of a turn and the next turn.
    package var think: RandomLaw
    /// Tokens that all prompts of the class begin with, beside the lengths.
    package var prefixTokens: UInt32
    /// Most tokens of a prompt and its answer together: a session ends before the turn that would
    /// pass it, and a first turn is shortened; nil for no bound.
    package var contextTokens: UInt32?
    /// The models that its sessions ask for; nil: the run's, or each server's own.
    package var models: ModelMix?

    package init(
        name: String, share: Double = 1, lengths: ClassLengths?, prompts: PromptLibrary? = nil,
        answer: TokenLength? = nil, turns: TokenLength = .fixed(1),
        think: RandomLaw = .fixed(0), prefixTokens: UInt32 = 0, contextTokens: UInt32? = nil,
        models: ModelMix? = nil, steps: [StepSpec] = []
    ) {
        self.name = name
        self.share = share
        self.lengths = lengths
        self.prompts = prompts
        self.answer = answer
        self.turns = turns
        self.steps = steps
        self.think = think
        self.prefixTokens = prefixTokens
        self.contextTokens = contextTokens
        self.models = models
    }
}

/// Whether a request counts.
package enum Phase: UInt8, Hashable, Sendable, CaseIterable {
    /// Sent and recorded, outside T and all figures.
    case warmup = 0
    case scored = 1
}

/// A run of prompt tokens made from one seed: equal seeds give equal tokens, and a shorter count
/// of the same seed is a prefix of a longer one.
package struct PromptSegment: Hashable, Sendable {
    package var seed: UInt64
    package var tokens: UInt32

    package init(seed: UInt64, tokens: UInt32) {
        self.seed = seed
        self.tokens = tokens
    }

    /// Beyond all indices of texts.
    private static let liveBase: UInt64 = 1 << 32

    /// The server's answer to an earlier turn of the same session, where a prompt names texts.
    package static func answer(toTurn turn: UInt16, tokens: UInt32) -> PromptSegment {
        PromptSegment(seed: liveBase + UInt64(turn), tokens: tokens)
    }

    /// The turn whose answer stands here; nil for a text of the plan. Meaningful where a prompt
    /// names texts.
    package var answeredTurn: UInt16? {
        seed < Self.liveBase ? nil : UInt16(exactly: seed - Self.liveBase)
    }
}

/// One request of the run's one global plan.
package struct PlannedRequest: Hashable, Sendable {
    /// Its index in the plan, from 0, or beyond it in a later one of its ``PlanRounds``; the `id`
    /// of every file.
    package var index: UInt32
    package var phase: Phase
    /// Index into the plan's stages.
    package var stage: UInt16
    /// Index into the plan's classes.
    package var classIndex: UInt16
    /// The session it belongs to, numbered over the whole plan; a request without further turns is
    /// a session of one.
    package var session: UInt32
    /// Its turn within the session, from 0.
    package var turn: UInt16
    /// For the first turn of an open-loop session: the scheduled instant in ns after the start of
    /// the run. Nil in a closed loop (due when its slot becomes free) and for later turns (due
    /// `thinkNs` after those before, see `after`).
    package var scheduledNs: Int64?
    /// Think or tool time before this turn in ns, 0 for first turns.
    package var thinkNs: Int64
    /// Turns of the session that it waits for, rising and all below its own: it is due `thinkNs`
    /// after the last of them has finished. Nil: the turn before, as in a session that is a line;
    /// empty: none, it begins with its session.
    package var after: [UInt16]?
    /// Input tokens asked for; the sum of `prompt`'s tokens.
    package var inputTokens: UInt32
    /// Output tokens asked for, at least 1.
    package var outputTokens: UInt32
    /// How the prompt is made, in order: shared prefixes first.
    package var prompt: [PromptSegment]
    /// Segments at the prompt's beginning that other sessions have too. Counted in sessions that
    /// are graphs alone: a line's last segment is its own, and all before it are shared.
    package var sharedSegments: UInt8
    /// Whether `prompt` names texts of the plan, by their indices in ``WorkloadPlan/texts``,
    /// instead of seeds: then lengths of input are estimates, and stand at some of the pieces.
    package var usesTexts: Bool
    /// Index into the plan's models; nil asks for its target's own.
    package var modelIndex: UInt16?

    /// Whether the prompt holds answers of the server to earlier turns.
    package var usesAnswers: Bool {
        usesTexts && prompt.contains { $0.answeredTurn != nil }
    }

    /// Whether nothing of its session comes before it.
    package var beginsSession: Bool { turn == 0 || after?.isEmpty == true }

    package init(
        index: UInt32, phase: Phase, stage: UInt16, classIndex: UInt16, session: UInt32,
        turn: UInt16, scheduledNs: Int64?, thinkNs: Int64, after: [UInt16]? = nil,
        inputTokens: UInt32, outputTokens: UInt32, prompt: [PromptSegment],
        sharedSegments: UInt8 = 0, usesTexts: Bool = false, modelIndex: UInt16? = nil
    ) {
        self.index = index
        self.phase = phase
        self.stage = stage
        self.classIndex = classIndex
        self.session = session
        self.turn = turn
        self.scheduledNs = scheduledNs
        self.thinkNs = thinkNs
        self.after = after
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.prompt = prompt
        self.sharedSegments = sharedSegments
        self.usesTexts = usesTexts
        self.modelIndex = modelIndex
    }
}

/// How a stage makes its requests due.
package enum StageKind: Hashable, Sendable {
    /// Arrivals are in the plan (``PlannedRequest/scheduledNs``).
    case open
    /// At most `concurrency` sessions at once over all agents; a slot that becomes free takes the
    /// next session of the stage.
    case closed(concurrency: UInt32)
}

/// A stretch of the run, in ns after its start.
package struct StagePlan: Hashable, Sendable {
    package var kind: StageKind
    package var beginNs: Int64
    /// The end; nil for a stage that ends with its last request. From the end on a closed
    /// loop takes no further session, and a session no further turn.
    package var endNs: Int64?
    /// Most requests of the run in flight, over all agents, while one of an open stage is sent:
    /// what is due beyond it waits. Nil for no bound.
    package var maxInFlight: UInt32?
    /// Whether the sessions of a closed stage begin again, in ``PlanRounds``, until its end.
    package var repeats: Bool

    package init(
        kind: StageKind, beginNs: Int64, endNs: Int64?, maxInFlight: UInt32? = nil,
        repeats: Bool = false
    ) {
        self.kind = kind
        self.beginNs = beginNs
        self.endNs = endNs
        self.maxInFlight = maxInFlight
        self.repeats = repeats
    }

    /// The number shared out to agents: slots of a closed stage, or the bound of an open one; nil
    /// for neither.
    package var slots: UInt32? {
        get {
            switch kind {
            case .closed(let concurrency): concurrency
            case .open: maxInFlight
            }
        }
        set {
            guard let newValue else { return }
            switch kind {
            case .closed: kind = .closed(concurrency: newValue)
            case .open: maxInFlight = newValue
            }
        }
    }
}

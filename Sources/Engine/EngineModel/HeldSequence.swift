/// A request inside the engine.
struct HeldSequence: Sendable {
    /// Where a sequence is.
    enum Stage {
        /// Holds no blocks. Left by admission or cancellation.
        case waiting
        /// Holds blocks, and may be in a step. Left by its last token, preemption or cancellation.
        case running
        /// Its keys and values are on their way to the host; it holds their blocks until then.
        case copyingOut
        /// Its keys and values lie on the host, and it holds no blocks.
        case onHost
        /// Its keys and values are on their way back, into blocks that it holds.
        case copyingIn
        /// Cancelled while the step in flight runs it; left when that step ends.
        case leaving
        /// A free slot.
        case vacant
    }

    var request: EngineRequest
    var stage: Stage
    /// Position in the order of arrival.
    var arrival: UInt64
    /// When it came, ns.
    var arrivedNs: Int64
    /// Tokens of the answer made so far.
    var generated = 0
    /// Tokens whose keys and values are in the pool, or on the host.
    var computed = 0
    /// Tokens that prefill has to reach before the sequence decodes: the prompt, and after a
    /// preemption also what had been generated.
    var prefillTarget = 0
    /// Blocks held, in the order of its tokens.
    var table: [BlockPool.Block] = []
    /// New tokens in the step in flight, 0 where it is not in it.
    var scheduled = 0
    /// Its membership of the cohort, by which ``generated`` and ``computed`` are carried on.
    var membership: DecodeCohort.Membership?
    /// Whether a token of it came later than its reader was told.
    var isLate = false

    init(request: EngineRequest, arrival: UInt64, arrivedNs: Int64) {
        self.request = request
        self.stage = .waiting
        self.arrival = arrival
        self.arrivedNs = arrivedNs
    }

    /// Blocks held.
    var blocks: Int { table.count }

    /// Tokens known: the prompt and all that was generated.
    var known: Int { request.promptTokens + generated }

    /// Whether its prefill is done, so that it makes tokens in every step.
    var isDecoding: Bool { computed >= prefillTarget }
}

/// A request inside the engine.
struct Sequence {
    /// Where a sequence is.
    enum Stage {
        /// Holds no blocks. Left by admission or cancellation.
        case waiting
        /// Holds blocks. Left by its last token, preemption or cancellation.
        case running
        /// Cancelled while the step in flight runs it; left when that step ends.
        case leaving
        /// A free slot.
        case vacant
    }

    var request: EngineRequest
    var stage: Stage
    /// Position in the order of arrival.
    var arrival: UInt64
    /// Tokens of the answer made so far.
    var generated = 0
    /// Tokens whose keys and values are in the pool.
    var computed = 0
    /// Tokens that prefill has to reach before the sequence decodes: the prompt, and after a
    /// preemption also what had been generated.
    var prefillTarget = 0
    /// Blocks held.
    var blocks = 0
    /// New tokens in the step in flight, 0 where it is not in it.
    var scheduled = 0

    init(request: EngineRequest, arrival: UInt64) {
        self.request = request
        self.stage = .waiting
        self.arrival = arrival
    }

    /// Tokens known: the prompt and all that was generated.
    var known: Int { request.promptTokens + generated }

    /// Whether its prefill is done, so that it makes one token a step.
    var isDecoding: Bool { computed >= prefillTarget }
}

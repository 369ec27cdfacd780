/// A request, as an engine is asked to serve it.
package struct EngineRequest: Hashable, Sendable {
    /// The caller's name for the request, unique among those that the engine holds.
    package typealias ID = UInt64

    package var id: ID
    /// Tokens of the prompt, at least 1.
    package var promptTokens: Int
    /// Tokens of the answer, at least 1: the engine makes exactly as many.
    package var outputTokens: Int
    /// Why the answer ends after its last token.
    package var ending: AnswerEnding

    package init(
        id: ID, promptTokens: Int, outputTokens: Int, ending: AnswerEnding = .length
    ) {
        self.id = id
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.ending = ending
    }
}

/// Why an answer ended, in the words of the API.
package enum AnswerEnding: String, Hashable, Sendable, CaseIterable {
    /// It reached the length asked for.
    case length
    /// It ended by itself.
    case stop
}

/// Why a request is not taken.
package enum SubmitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A prompt or an answer without a token.
    case empty(promptTokens: Int, outputTokens: Int)
    /// Prompt and answer together are longer than the model's context.
    case tooLong(promptTokens: Int, outputTokens: Int, maxModelLen: Int)
    /// The engine already holds a request of this name.
    case duplicate(EngineRequest.ID)

    package var description: String {
        switch self {
        case .empty(let prompt, let output):
            "The request has \(prompt) prompt tokens and asks for \(output); both must be at"
                + " least 1."
        case .tooLong(let prompt, let output, let limit):
            "This model's maximum context length is \(limit) tokens. However, the request has"
                + " \(prompt) prompt tokens and asks for \(output) more. Please reduce the length"
                + " of the prompt or max_tokens."
        case .duplicate(let id):
            "The engine already holds a request \(id)."
        }
    }
}

/// One token that a step made.
package struct Emission: Hashable, Sendable {
    package var request: EngineRequest.ID
    /// The token's position in the answer, from 0.
    package var index: Int
    /// Why the answer ends with this token; nil where it goes on.
    package var finish: AnswerEnding?

    package init(request: EngineRequest.ID, index: Int, finish: AnswerEnding?) {
        self.request = request
        self.index = index
        self.finish = finish
    }
}

/// The work that runs in a step, and when it ends.
package struct StepPlan: Hashable, Sendable {
    /// Steps before this one.
    package var ordinal: Int
    package var startNs: Int64
    package var endNs: Int64
    /// When the step's tokens leave the front end: ``EngineCore/frontEndNs`` after its end.
    package var deliveryNs: Int64
    /// Sequences in the step.
    package var sequences: Int
    /// New tokens in the step.
    package var newTokens: Int
    /// Sequences that decode.
    package var decodes: Int
}

/// How much the engine holds and has done.
package struct EngineLoad: Hashable, Sendable {
    /// Sequences admitted.
    package var running = 0
    /// Requests that wait, preempted ones included.
    package var waiting = 0
    /// Blocks held, and in all.
    package var usedBlocks = 0
    package var totalBlocks = 0
    /// Steps begun.
    package var steps = 0
    /// Preemptions.
    package var preemptions = 0
    /// Tokens emitted.
    package var generatedTokens = 0
    /// Prompt tokens run through prefill, those run again after a preemption included.
    package var prefillTokens = 0
    /// Requests finished, and cancelled.
    package var finished = 0
    package var cancelled = 0

    package init() {}

    /// Share of the key/value blocks that are held, 0...1.
    package var keyValueUse: Double {
        totalBlocks == 0 ? 0 : Double(usedBlocks) / Double(totalBlocks)
    }
}

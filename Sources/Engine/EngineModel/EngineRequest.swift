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
    /// The contents of the full blocks of its prompt and then of its answer, as far as others may
    /// share them; see ``BlockContents``.
    package var contents: [UInt64] = []
    /// When its reader wants its tokens, for schedulers that are told.
    package var deadline: ReaderDeadline?
    /// Tokens of the answer that another engine made, whose keys and values come with the request
    /// but for the last one's.
    package var generated = 0

    package init(
        id: ID, promptTokens: Int, outputTokens: Int, ending: AnswerEnding = .length
    ) {
        self.id = id
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.ending = ending
    }
}

/// The reader of an answer, as an engine is told of them: token i is due at `firstNs + i tokenNs`.
package struct ReaderDeadline: Hashable, Sendable {
    /// When the first token is due, ns on the engine's clock.
    package var firstNs: Int64
    /// The time that the reader takes for a token, ns.
    package var tokenNs: Int64

    package init(firstNs: Int64, tokenNs: Int64) {
        self.firstNs = firstNs
        self.tokenNs = tokenNs
    }

    /// When the token of this index is due. Saturates.
    package func due(_ index: Int) -> Int64 {
        let (span, isFar) = tokenNs.multipliedReportingOverflow(by: Int64(index))
        let (due, isBeyond) = firstNs.addingReportingOverflow(span)
        return isFar || isBeyond ? .max : due
    }
}

/// Why an answer ended, in the words of the API.
package enum AnswerEnding: String, Hashable, Sendable, CaseIterable {
    /// It reached the length asked for.
    case length
    /// It ended by itself.
    case stop
    /// The engine gave it up.
    case abort
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

/// Tokens of one answer: one that a step made, or as many as so many steps made, one each.
package struct Emission: Hashable, Sendable {
    package var request: EngineRequest.ID
    /// The first token's position in the answer, from 0.
    package var index: Int
    /// Tokens, at least 1; more only of an engine that gathers.
    package var count: Int
    /// Why the answer ends with the last of them; nil where it goes on.
    package var finish: AnswerEnding?
    /// Steps that had decoded anything when the last was made, its own included; nil where its own
    /// decoded nothing.
    package var end: Int?

    package init(
        request: EngineRequest.ID, index: Int, count: Int = 1, finish: AnswerEnding?, end: Int?
    ) {
        self.request = request
        self.index = index
        self.count = count
        self.finish = finish
        self.end = end
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
    /// Requests that wait, preempted ones and those on the host included.
    package var waiting = 0
    /// Blocks held, and in all.
    package var usedBlocks = 0
    package var totalBlocks = 0
    /// Steps begun.
    package var steps = 0
    /// Preemptions, and those of them whose keys and values went to the host.
    package var preemptions = 0
    package var swaps = 0
    /// Bytes copied to the host and back.
    package var swappedBytes: Int64 = 0
    /// Tokens emitted.
    package var generatedTokens = 0
    /// Prompt tokens run through prefill, those run again after a preemption included.
    package var prefillTokens = 0
    /// Prompt tokens of the requests that came; those whose keys and values were found at an
    /// admission; and those that would have been found in a cache without end.
    package var promptTokens = 0
    package var cachedTokens = 0
    package var cacheableTokens = 0
    /// Requests finished, cancelled, and given up by the engine itself.
    package var finished = 0
    package var cancelled = 0
    package var abandoned = 0

    package init() {}

    /// Adds the queues and totals of another engine.
    package static func += (load: inout EngineLoad, other: EngineLoad) {
        for field in fields { load[keyPath: field] += other[keyPath: field] }
        load.swappedBytes += other.swappedBytes
    }

    private static var fields: [WritableKeyPath<EngineLoad, Int>] {
        [
            \.running, \.waiting, \.usedBlocks, \.totalBlocks, \.steps, \.preemptions, \.swaps,
            \.generatedTokens, \.prefillTokens, \.promptTokens, \.cachedTokens, \.cacheableTokens,
            \.finished, \.cancelled, \.abandoned,
        ]
    }

    /// Share of the key/value blocks that are held, 0...1.
    package var keyValueUse: Double {
        totalBlocks == 0 ? 0 : Double(usedBlocks) / Double(totalBlocks)
    }
}

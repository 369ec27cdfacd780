import Randomness

/// The turns of one session, drawn from its own sub-stream.
struct SessionDraft {
    struct Turn {
        var prompt: [PromptSegment]
        var outputTokens: UInt32
        var thinkNs: Int64
        /// Ns after the session's begin, for one of its first turns.
        var offsetNs: Int64 = 0
        /// As ``PlannedRequest/after``.
        var after: [UInt16]?
        /// As ``PlannedRequest/sharedSegments``.
        var sharedSegments: UInt8 = 0
        var isUnread = false
    }

    private(set) var turns: [Turn] = []

    init(turns: [Turn]) { self.turns = turns }

    /// Longest think time: a day.
    static let thinkLimitNs = 86_400.0 * 1e9

    /// - Parameters:
    ///   - scope: the class's stream scope.
    ///   - ordinal: the session's number within its class.
    ///   - row: the trace's row that the session replays, as one turn or as its calls.
    ///   - atMost: most turns, at least 1.
    init(
        spec: ClassSpec, scope: UInt64, ordinal: UInt64, seed: UInt64, row: TraceRow?, atMost: Int
    ) {
        var random = RandomStream(seed: seed, purpose: .session, scope: scope, index: ordinal)
        let own = RandomStream.key(
            seed: seed, purpose: .sessionPrompt, scope: scope, index: ordinal)
        let prefix = PromptSegment(
            seed: RandomStream.key(seed: seed, purpose: .prefixPrompt, scope: scope),
            tokens: spec.prefixTokens)
        if let row, !row.calls.isEmpty {
            turns =
                SessionDraft(
                    row.calls, spec: spec, prefix: prefix, own: own, atMost: atMost,
                    random: &random
                ).turns
            return
        }
        if let row {
            turns = [Self.replayed(row, spec: spec, prefix: prefix, own: own, seed: seed, &random)]
            return
        }
        guard let lengths = spec.lengths else {
            preconditionFailure("validate() admits a class without lengths to replays alone")
        }
        let wanted = min(Int(spec.turns.sample(using: &random)), atMost, Int(UInt16.max))
        let context = UInt64(spec.contextTokens ?? .max)
        var history: UInt64 = 0
        for number in 0..<wanted {
            let thinkNs = number == 0 ? 0 : Self.think(spec.think, &random)
            var pair = lengths.sample(using: &random)
            let before = UInt64(prefix.tokens) + history
            if before + UInt64(pair.input) + UInt64(pair.output) > context {
                guard number == 0 else { break }
                pair = Self.fitted(pair, into: UInt32(context - before))
            }
            // A prompt longer than a segment can say ends the session too.
            guard before + UInt64(pair.input) <= UInt64(UInt32.max) else { break }
            history += UInt64(pair.input)
            var prompt: [PromptSegment] = []
            if prefix.tokens > 0 { prompt.append(prefix) }
            prompt.append(PromptSegment(seed: own, tokens: UInt32(history)))
            turns.append(Turn(prompt: prompt, outputTokens: pair.output, thinkNs: thinkNs))
            history += UInt64(pair.output)
        }
    }

    static func think(_ law: RandomLaw, _ random: inout RandomStream) -> Int64 {
        Int64(min(max((law.sample(using: &random) * 1e9).rounded(), 0), thinkLimitNs))
    }

    /// A first turn shortened into `room` >= 2 tokens: the answer first, to no less than 1.
    static func fitted(_ pair: LengthPair, into room: UInt32) -> LengthPair {
        let output = max(1, min(pair.output, room / 2, room - min(pair.input, room - 1)))
        return LengthPair(input: min(pair.input, room - output), output: output)
    }

    /// A row's input is its whole prompt: the class's prefix is its beginning, not an addition.
    private static func replayed(
        _ row: TraceRow, spec: ClassSpec, prefix: PromptSegment, own: UInt64, seed: UInt64,
        _ random: inout RandomStream
    ) -> Turn {
        var pair =
            spec.lengths?.sample(using: &random)
            ?? LengthPair(input: row.input, output: row.output)
        if let context = spec.contextTokens, UInt64(pair.input) + UInt64(pair.output) > context {
            pair = fitted(pair, into: context)
        }
        let output = pair.output
        if !row.blocks.isEmpty, spec.lengths == nil {
            let prompt = blocks(row, tokens: pair.input, own: own, seed: seed)
            return Turn(prompt: prompt, outputTokens: output, thinkNs: 0)
        }
        var prompt: [PromptSegment] = []
        let shared = min(prefix.tokens, pair.input)
        if shared > 0 { prompt.append(PromptSegment(seed: prefix.seed, tokens: shared)) }
        if pair.input > shared {
            prompt.append(PromptSegment(seed: own, tokens: pair.input - shared))
        }
        return Turn(prompt: prompt, outputTokens: output, thinkNs: 0)
    }

    /// Most blocks of a prompt; what is beyond them is the session's own.
    private static let blockLimit = 32_767

    /// One segment a block, the last one partial; tokens beyond the ids are the session's own.
    private static func blocks(
        _ row: TraceRow, tokens: UInt32, own: UInt64, seed: UInt64
    ) -> [PromptSegment] {
        var rest = tokens
        var prompt: [PromptSegment] = []
        for id in row.blocks.prefix(blockLimit) where rest > 0 {
            let count = min(rest, row.blockTokens)
            let key = RandomStream.key(seed: seed, purpose: .blockPrompt, index: id)
            prompt.append(PromptSegment(seed: key, tokens: count))
            rest -= count
        }
        if rest > 0 { prompt.append(PromptSegment(seed: own, tokens: rest)) }
        return prompt
    }
}

import Randomness

extension SessionDraft {
    /// Most segments of a prompt of recorded calls: one that would have more begins anew.
    private static let segmentLimit = 1_024

    /// The requests of a session that a trace recorded.
    ///
    /// - Parameters:
    ///   - prefix: The class's, which conversations begin with; it is part of their lengths.
    ///   - own: Names the session's prompts.
    ///   - atMost: most requests, at least 1: the first ones of a session that has more.
    init(
        _ calls: [TraceCall], spec: ClassSpec, prefix: PromptSegment, own: UInt64, atMost: Int,
        random: inout RandomStream
    ) {
        var turns: [Turn] = []
        // Whose last segment goes on in another one.
        var isContinued: [Bool] = []
        for (index, call) in calls.prefix(min(atMost, Int(UInt16.max))).enumerated() {
            var pair =
                spec.lengths?.sample(using: &random)
                ?? LengthPair(input: call.input, output: call.output)
            if let context = spec.contextTokens, UInt64(pair.input) + UInt64(pair.output) > context
            {
                pair = Self.fitted(pair, into: context)
            }
            let branch = RandomStream.key(
                seed: own, purpose: .conversationPrompt, index: UInt64(index))
            var prompt: [PromptSegment] = []
            var shared = min(call.sharedTokens, pair.input - 1)
            if let continued = call.continues.map({ Int($0) }), turns.indices.contains(continued),
                turns[continued].prompt.count < Self.segmentLimit
            {
                prompt = turns[continued].prompt
                prompt[prompt.count - 1].tokens += turns[continued].outputTokens
                let whole = prompt.reduce(UInt64(0)) { $0 + UInt64($1.tokens) }
                shared = UInt32(min(UInt64(shared), whole))
                if UInt64(shared) == whole, !isContinued[continued] {
                    isContinued[continued] = true
                    prompt[prompt.count - 1].tokens += pair.input - shared
                } else {
                    prompt = Self.beginning(of: prompt, tokens: shared)
                    prompt.append(PromptSegment(seed: branch, tokens: pair.input - shared))
                }
            } else {
                let head = min(prefix.tokens, pair.input - 1)
                if head > 0 { prompt.append(PromptSegment(seed: prefix.seed, tokens: head)) }
                prompt.append(PromptSegment(seed: branch, tokens: pair.input - head))
            }
            isContinued.append(false)
            let turn = UInt16(index)
            let begins = call.after.isEmpty
            let isLine = turn == 0 || call.after == [turn - 1]
            turns.append(
                Turn(
                    prompt: prompt, outputTokens: pair.output,
                    thinkNs: begins ? 0 : min(call.waitNs, Int64(Self.thinkLimitNs)),
                    offsetNs: begins ? call.waitNs : 0, after: isLine ? nil : call.after,
                    sharedSegments: prompt[0].seed == prefix.seed ? 1 : 0,
                    isUnread: !call.isLast))
        }
        self.init(turns: turns)
    }

    /// The first `tokens` of a prompt.
    private static func beginning(of prompt: [PromptSegment], tokens: UInt32) -> [PromptSegment] {
        var rest = tokens
        var beginning: [PromptSegment] = []
        for segment in prompt where rest > 0 {
            let count = min(rest, segment.tokens)
            beginning.append(PromptSegment(seed: segment.seed, tokens: count))
            rest -= count
        }
        return beginning
    }
}

import Randomness

/// A library whose pieces have their indices among the plan's texts.
struct IndexedPrompts {
    var library: PromptLibrary
    /// Where its texts, and the pieces of its frame, begin.
    var textBase: UInt64
    var frameBase: UInt64
}

extension SessionDraft {
    /// Most pieces of a prompt: a session ends before the turn that would pass them.
    static let pieceLimit = 4_000

    /// The turns of a conversation of a file, the texts of earlier turns before those of later
    /// ones.
    ///
    /// - Parameter atMost: most turns, at least 1.
    init(
        _ conversation: Conversation, of prompts: IndexedPrompts, spec: ClassSpec,
        random: inout RandomStream, atMost: Int
    ) {
        var messages: [PromptMessage] = []
        var turns: [Turn] = []
        let context = UInt64(spec.contextTokens ?? .max)
        for (number, turn) in conversation.turns.prefix(min(atMost, Int(UInt16.max))).enumerated() {
            let prompt: [PromptSegment]
            switch turn.content {
            case .members(let whole):
                prompt = PromptFrame.segments(of: whole, textBase: prompts.textBase)
            case .messages(let added):
                messages += added
                prompt = prompts.library.frame.prompt(
                    of: messages, textBase: prompts.textBase, frameBase: prompts.frameBase)
            }
            guard var output = spec.answer?.sample(using: &random) ?? turn.outputTokens else {
                preconditionFailure("validate() admits prompts without an answer length nowhere")
            }
            let input = prompt.reduce(UInt64(0)) { $0 + UInt64($1.tokens) }
            if input + UInt64(output) > context || prompt.count > Self.pieceLimit {
                guard number == 0 else { break }
                output = UInt32(max(1, Int64(context) - Int64(min(input, context))))
            }
            guard input <= UInt64(UInt32.max) else { break }
            var thinkNs: Int64 = 0
            if number > 0 {
                thinkNs = min(
                    turn.thinkNs ?? Self.think(spec.think, &random), Int64(Self.thinkLimitNs))
            }
            turns.append(Turn(prompt: prompt, outputTokens: output, thinkNs: thinkNs))
        }
        self.init(turns: turns)
    }
}

import TokenLog

/// One choice of a stream event, without its text.
struct ScannedChoice: Equatable {
    /// The choice's index, 0 where none was stated.
    var index: UInt32 = 0
    /// The part of the answer that its text belongs to; `content` where it has none.
    var kind = TokenKind.content
    /// Whether some of its text fields is not empty, or it has a tool call.
    var hasText = false
    /// Whether a text field is there and none has text.
    var hasEmptyText = false
    var hasRole = false
    var finish: FinishReason?
    /// How many token ids it lists; nil where the list is null or absent.
    var tokenIDs: Int?
    /// UTF-8 bytes of its text, escapes resolved: no token has less than one.
    var textBytes = 0
}

/// One stream event, without any text.
struct ScannedEvent: Equatable {
    var choices: [ScannedChoice] = []
    /// `usage.completion_tokens`.
    var completionTokens: UInt32?
    /// `usage.prompt_tokens`.
    var promptTokens: UInt32?
    /// Tokens of reasoning in the usage; nil where it does not say.
    var reasoningTokens: UInt32?
    /// Whether those are counted beside ``completionTokens`` and not among them.
    var isReasoningApart = false
    /// Whether the event reports an error: an `error` member that is not null, or `object: error`.
    var isError = false
    /// Where the name lies of a delta's member that has text and is not known.
    var unknownField: Range<Int>?
    /// Where a finish reason lies that is not known.
    var otherReason: Range<Int>?

    /// Forgets the event and keeps the choices' storage.
    mutating func clear() {
        choices.removeAll(keepingCapacity: true)
        completionTokens = nil
        promptTokens = nil
        forgetRarities()
    }

    private mutating func forgetRarities() {
        reasoningTokens = nil
        isReasoningApart = false
        isError = false
        unknownField = nil
        otherReason = nil
    }

    /// Whether it holds what is looked up in its own bytes, so that another event of its shape does
    /// not say the same.
    var hasRarities: Bool {
        isError || unknownField != nil || otherReason != nil || reasoningTokens ?? 0 > 0
    }

    /// Becomes an event of the same shape as `other`, with its own numbers in the holes.
    mutating func repeats(
        _ other: ScannedEvent, textBytes: Int, ids: UInt32?, completion: UInt32?, prompt: UInt32?
    ) {
        // One element at most, in the storage that is there.
        choices.removeAll(keepingCapacity: true)
        if var choice = other.choices.first {
            if let ids { choice.tokenIDs = Int(ids) }
            choice.textBytes = textBytes
            choices.append(choice)
        }
        completionTokens = completion
        promptTokens = prompt
        forgetRarities()
        reasoningTokens = other.reasoningTokens
    }
}

/// Where an event's variable parts lie, for ``EventShape``.
struct EventHoles: Equatable {
    /// The bytes of the one non-empty text, between its quotes; nil where there is not exactly one.
    var text: Range<Int>?
    /// The bytes of the token ids, between their brackets.
    var ids: Range<Int>?
    /// Whether the event has a tool call, and so more than one variable part.
    var hasToolCall = false
    /// Texts that are not empty.
    var texts = 0
    /// The digits of `usage.completion_tokens`, where they are nothing else.
    var completion: Range<Int>?
    /// The digits of `usage.prompt_tokens`, likewise.
    var prompt: Range<Int>?
    /// The digits of `usage.total_tokens`, likewise.
    var total: Range<Int>?
    /// The digits of the event's `created`, likewise.
    var created: Range<Int>?
    /// The bytes of the event's `id`, between its quotes.
    var id: Range<Int>?
    /// Whether one of the members above, or what holds them, came twice: the last counts, and no
    /// template may be made of the event.
    var isRepeated = false
}

extension EventHoles {
    /// Whether another event with the same bytes outside the holes says what `event` said, but for
    /// the holes: at most one text, no tool call, no error, and counts that are plain numbers.
    func areAll(of event: ScannedEvent) -> Bool {
        texts == (text == nil ? 0 : 1) && !hasToolCall && !isRepeated && !event.isError
            && (event.completionTokens == nil) == (completion == nil)
            && (event.promptTokens == nil) == (prompt == nil)
            && (event.choices.first?.tokenIDs == nil) == (ids == nil)
    }

    /// Forgets what the choices gave: another `choices` member follows.
    mutating func forgetChoices() {
        text = nil
        ids = nil
        hasToolCall = false
        texts = 0
    }

    /// Notes where a member's variable part lies; nil for a value of another shape.
    static func note(_ range: Range<Int>?, in hole: inout Range<Int>?, repeated: inout Bool) {
        if hole != nil { repeated = true }
        hole = range
    }
}

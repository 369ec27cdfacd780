import TokenLog

/// Counts the tokens of one answer while its events come, in the order of trust of
/// ``TokenLog/TokenEvidence``.
///
/// The content of an event was delivered; a usage is evidence of how many tokens that was, and of
/// nothing that no event brought: see ``delivered``.
struct AnswerTally {
    /// One choice of the answer, as far as it is known.
    private struct Choice {
        var isSeen = false
        var finish: FinishReason?
        /// The last `completion_tokens` that came with this choice alone.
        var usage: UInt32?
    }

    /// Events with text, and the UTF-8 bytes of their texts.
    struct Text: Equatable {
        var events = 0
        var bytes = 0

        static func + (a: Text, b: Text) -> Text {
            Text(events: a.events + b.events, bytes: a.bytes + b.bytes)
        }
    }

    private var choices: [Choice] = []
    /// Text of the answer itself: content and tool calls.
    private(set) var answerText = Text()
    /// Text that may be reasoning: known as such, or in a member that is not known.
    private(set) var reasoningText = Text()
    private(set) var emptyContentEvents = 0
    private(set) var promptTokens: UInt32?
    /// `completion_tokens` of an event without choices.
    private(set) var totalUsage: UInt32?
    /// The last count of reasoning tokens in a usage, and whether it stands beside the others.
    private(set) var reasoning: (tokens: UInt32, isApart: Bool) = (0, false)
    private(set) var idTokens: UInt64 = 0
    private var hasIDs = false
    private var contentEventsWithoutIDs = 0
    private(set) var isContinuous = false
    /// Tokens that events brought by what their usage grew by.
    private(set) var continuousTokens: UInt64 = 0
    /// Whether some event's usage grew by more than the answer's text had room for.
    private(set) var doubtsContinuousUsage = false
    private var contentEventsWithoutUsage = 0

    /// Bytes of a character that are held back until it is whole: as many tokens may come before
    /// their text.
    private static let heldBackBytes = 3

    /// Events with text.
    var contentEvents: Int { answerText.events + reasoningText.events }

    /// How many choices were seen.
    var choicesSeen: Int { choices.count { $0.isSeen } }

    /// The finish reason of the lowest choice that has one.
    var finish: FinishReason? { choices.lazy.compactMap(\.finish).first }

    /// Whether at least one choice was seen and all that were have a finish reason.
    var isFinished: Bool {
        choicesSeen > 0 && choices.allSatisfy { !$0.isSeen || $0.finish != nil }
    }

    /// Whether some choice ended for `reason`.
    func ended(for reason: FinishReason) -> Bool { choices.contains { $0.finish == reason } }

    /// Whether every event with text had token ids.
    var countsByIDs: Bool { hasIDs && contentEventsWithoutIDs == 0 && idTokens > 0 }

    /// Whether every event with text had a usage.
    var countsByContinuousUsage: Bool {
        isContinuous && contentEventsWithoutUsage == 0 && continuousTokens > 0
    }

    /// `completion_tokens` of the whole answer; nil where no usage came.
    var usage: UInt64? {
        let usages = choices.lazy.compactMap(\.usage)
        let summed = usages.isEmpty ? nil : usages.reduce(UInt64(0)) { $0 + UInt64($1) }
        return totalUsage.map(UInt64.init) ?? summed
    }

    /// Counts an event of a stream.
    ///
    /// - Returns: the tokens that the event carried, nil for none.
    mutating func count(_ event: ScannedEvent) -> AnswerTokens? {
        if let prompt = event.promptTokens { promptTokens = prompt }
        if let tokens = event.reasoningTokens { reasoning = (tokens, event.isReasoningApart) }
        var tokens: UInt64 = 0
        var kind = TokenKind.content
        let usage = event.choices.count == 1 ? event.completionTokens : nil
        for choice in event.choices {
            let count = count(choice, usage: usage)
            if tokens == 0 && count > 0 { kind = choice.kind }
            tokens += count
        }
        if event.choices.isEmpty, let total = event.completionTokens { totalUsage = total }
        guard tokens > 0 else { return nil }
        return AnswerTokens(count: UInt32(clamping: tokens), kind: kind)
    }

    /// The last `completion_tokens` that came with a choice, 0 for none.
    func usage(of index: UInt32) -> UInt32 {
        index < choices.count ? choices[Int(index)].usage ?? 0 : 0
    }

    /// Counts events that repeat one that was counted: the same choice, with text, with ids or
    /// usage where it had them.
    mutating func count(_ run: RepeatedEvents, of choice: ScannedChoice, hasUsage: Bool) {
        add(Text(events: run.events, bytes: run.textBytes), of: choice.kind)
        if hasUsage {
            choices[Int(choice.index)].usage = run.usage
            if choice.tokenIDs == nil { continuousTokens += UInt64(run.tokens) }
        } else {
            contentEventsWithoutUsage += run.events
        }
        if choice.tokenIDs == nil {
            contentEventsWithoutIDs += run.events
        } else {
            idTokens += run.ids
        }
    }

    private mutating func add(_ text: Text, of kind: TokenKind) {
        switch kind {
        case .content, .tool: answerText = answerText + text
        case .reasoning, .other: reasoningText = reasoningText + text
        }
    }

    private mutating func count(_ choice: ScannedChoice, usage: UInt32?) -> UInt64 {
        let index = Int(choice.index)
        while choices.count <= index { choices.append(Choice()) }
        choices[index].isSeen = true
        if let finish = choice.finish { choices[index].finish = finish }
        let isEmptyText = choice.hasEmptyText && !choice.hasRole && choice.finish == nil
        if choice.hasText {
            add(Text(events: 1, bytes: choice.textBytes), of: choice.kind)
        } else if isEmptyText {
            emptyContentEvents += 1
        }
        // Usage on the closing event is the final one; on an event before it it is continuous.
        if usage != nil, choice.finish == nil, contentEventsWithoutUsage == 0,
            choice.hasText || isEmptyText
        {
            isContinuous = true
        }
        let before = choices[index].usage ?? 0
        if let usage { choices[index].usage = usage }
        if choice.hasText && usage == nil { contentEventsWithoutUsage += 1 }
        if let ids = choice.tokenIDs {
            hasIDs = true
            idTokens += UInt64(ids)
            return UInt64(ids)
        }
        if choice.hasText { contentEventsWithoutIDs += 1 }
        if isContinuous, let usage {
            let tokens = believed(usage > before ? usage - before : 0, of: choice)
            continuousTokens += tokens
            return tokens
        }
        return choice.hasText ? 1 : 0
    }

    /// Tokens that an event brought whose usage grew by `growth`: as many, where its text has room
    /// for them, or the text of all events so far has; else what an event without a usage has.
    private mutating func believed(_ growth: UInt32, of choice: ScannedChoice) -> UInt64 {
        if growth <= 1 || Int(growth) <= choice.textBytes { return UInt64(growth) }
        let room = (answerText + reasoningText).bytes + emptyContentEvents + Self.heldBackBytes
        guard continuousTokens + UInt64(growth) > room else { return UInt64(growth) }
        doubtsContinuousUsage = true
        return choice.hasText ? 1 : 0
    }
}

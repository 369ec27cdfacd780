package import TokenLog

/// Tokens of one kind that one stream event carried, or several that came together.
package struct AnswerTokens: Hashable, Sendable {
    /// At least one an event.
    package var count: UInt32
    /// Events with tokens.
    package var events: UInt32
    package var kind: TokenKind

    package init(count: UInt32, events: UInt32 = 1, kind: TokenKind) {
        self.count = count
        self.events = events
        self.kind = kind
    }
}

/// What a run of events that matched one template adds up to.
struct RepeatedEvents {
    var events = 0
    /// Those of them that carried tokens, and how many.
    var tokenEvents = 0
    var tokens = 0
    /// Token ids of all of them.
    var ids: UInt64 = 0
    /// The last event's `completion_tokens`.
    var usage: UInt32
}

/// Counts the tokens of one answer while its events come, in the order of trust of
/// ``TokenLog/TokenEvidence``.
struct AnswerTally {
    /// What is known of one choice.
    private struct Choice {
        var isSeen = false
        var finish: FinishReason?
        /// The last `completion_tokens` that came with this choice alone.
        var usage: UInt32?
    }

    private var choices: [Choice] = []
    private(set) var contentEvents = 0
    private(set) var emptyContentEvents = 0
    private(set) var promptTokens: UInt32?
    /// `completion_tokens` of an event without choices.
    private var totalUsage: UInt32?
    private var idTokens: UInt64 = 0
    private var hasIDs = false
    private var contentEventsWithoutIDs = 0
    private var isContinuous = false
    private var contentEventsWithoutUsage = 0

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

    /// Counts an event of a stream.
    ///
    /// - Returns: the tokens that the event carried, nil for none.
    mutating func count(_ event: ScannedEvent) -> AnswerTokens? {
        if let prompt = event.promptTokens { promptTokens = prompt }
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
        contentEvents += run.events
        if hasUsage {
            choices[Int(choice.index)].usage = run.usage
        } else {
            contentEventsWithoutUsage += run.events
        }
        if choice.tokenIDs == nil {
            contentEventsWithoutIDs += run.events
        } else {
            idTokens += run.ids
        }
    }

    private mutating func count(_ choice: ScannedChoice, usage: UInt32?) -> UInt64 {
        let index = Int(choice.index)
        while choices.count <= index { choices.append(Choice()) }
        choices[index].isSeen = true
        if let finish = choice.finish { choices[index].finish = finish }
        if choice.hasText {
            contentEvents += 1
        } else if choice.hasEmptyText && !choice.hasRole && choice.finish == nil {
            emptyContentEvents += 1
        }
        // Usage on the closing event is the final one; on an event before it it is continuous.
        if usage != nil && choice.hasText && choice.finish == nil { isContinuous = true }
        let before = choices[index].usage ?? 0
        if let usage { choices[index].usage = usage }
        if choice.hasText && usage == nil { contentEventsWithoutUsage += 1 }
        if let ids = choice.tokenIDs {
            hasIDs = true
            idTokens += UInt64(ids)
            return UInt64(ids)
        }
        if choice.hasText { contentEventsWithoutIDs += 1 }
        if isContinuous, let usage { return usage > before ? UInt64(usage - before) : 0 }
        return choice.hasText ? 1 : 0
    }

    /// The trusted count of output tokens so far, and what it rests on.
    var output: (tokens: UInt32, evidence: TokenEvidence) {
        let usages = choices.lazy.compactMap(\.usage)
        let summed = usages.isEmpty ? nil : usages.reduce(UInt64(0)) { $0 + UInt64($1) }
        if hasIDs && contentEventsWithoutIDs == 0 && idTokens > 0 {
            return (UInt32(clamping: idTokens), .tokenIDs)
        }
        if isContinuous && contentEventsWithoutUsage == 0, let summed, summed > 0 {
            return (UInt32(clamping: summed), .continuousUsage)
        }
        if let usage = totalUsage.map(UInt64.init) ?? summed, usage > 0 {
            return (UInt32(clamping: usage), .finalUsage)
        }
        if contentEvents > 0 { return (UInt32(clamping: contentEvents), .contentEvents) }
        return (0, .none)
    }
}

import TokenLog

/// Output tokens of an answer: those that its events brought, and those that the server counted
/// and none brought.
struct DeliveredTokens: Equatable {
    var tokens: UInt32 = 0
    var evidence = TokenEvidence.none
    var hidden: UInt32 = 0
    /// Whether the usage counts more tokens than the text has room for, reasoning aside.
    var isUsageDoubted = false
}

extension AnswerTally {
    /// How far the events may outnumber the tokens that a usage leaves them when its reasoning is
    /// taken away, before that reasoning must have been among their text: an eighth and one.
    ///
    /// Servers that send a token's bytes apart, or a text with the end of the sequence, have some
    /// events more than tokens.
    private static func outnumbers(_ events: Int, _ tokens: UInt64) -> Bool {
        UInt64(events) > tokens + tokens / 8 + 1
    }

    /// The trusted count of delivered tokens so far, what it rests on, and what was not delivered.
    ///
    /// Ids and the growth of a continuous usage count each event's own tokens, but for thoughts
    /// that the latter counts and no event brings. A final usage is
    /// spread over the events with text, and is believed as far as their text can have carried it:
    ///
    /// - Tokens of reasoning that the usage tells apart (`reasoning_tokens`) were delivered where
    ///   events brought text that may be reasoning, and as many tokens as that text has bytes, at
    ///   most; or where there are more events with text than tokens without them, which shows that
    ///   they came among the answer's text. Else they are hidden.
    /// - All others were delivered if there are no more of them than bytes of text, empty text
    ///   events (a character's bytes held back) and ends of choices (which have a token and no
    ///   text). Else the usage is not believed: each event with text brought one, which is a floor,
    ///   and the rest is hidden.
    ///
    /// Without any event with text nothing was delivered, whatever the usage says.
    ///
    /// - Parameter isWhole: for an answer in one document, whose one text stands for all its
    ///   events: where its usage is not believed its tokens are the bytes of its text, an upper
    ///   bound.
    func delivered(isWhole: Bool = false) -> DeliveredTokens {
        var found = DeliveredTokens()
        let claimed = claimed
        if countsByIDs {
            found.tokens = UInt32(clamping: idTokens)
            found.evidence = .tokenIDs
        } else if countsByContinuousUsage, !hasCountedHiddenThoughts {
            found.tokens = UInt32(clamping: continuousTokens)
            found.evidence = .continuousUsage
            found.isUsageDoubted =
                doubtsContinuousUsage
                && (claimed ?? 0) > continuousTokens + UInt64(reasoning.tokens)
        } else if contentEvents > 0 {
            found.evidence = .contentEvents
            found.tokens = UInt32(clamping: contentEvents)
            if let claimed, claimed > 0 {
                if let believed = believed(claimed) {
                    // Some text came, and no text is no token.
                    found.tokens = UInt32(clamping: max(1, believed))
                    found.evidence = .finalUsage
                } else {
                    found.isUsageDoubted = true
                    if isWhole { found.tokens = UInt32(clamping: allText.bytes) }
                }
            }
        }
        let hidden = (claimed ?? 0).subtractingReportingOverflow(UInt64(found.tokens))
        found.hidden = hidden.overflow ? 0 : UInt32(clamping: hidden.partialValue)
        return found
    }

    /// Whether a usage of the whole answer came and counts what the events brought.
    var hasAgreeingUsage: Bool {
        guard totalUsage != nil || (choicesSeen == 1 && !isContinuous) else { return false }
        let found = delivered()
        return found.tokens > 0 && found.evidence != .contentEvents && !found.isUsageDoubted
            && (usage ?? 0) > 0
    }

    /// Every token that the server says it made.
    private var claimed: UInt64? {
        usage.map { $0 + (reasoning.isApart ? UInt64(reasoning.tokens) : 0) }
    }

    private var allText: Text { answerText + reasoningText }

    /// Whether the growth of the usage, which the text of some event had room for, was that of
    /// thoughts which no event brought: the whole answer's usage tells them apart.
    private var hasCountedHiddenThoughts: Bool {
        guard reasoning.tokens > 0, reasoningText.events == 0, let claimed else { return false }
        let visible = claimed - min(UInt64(reasoning.tokens), claimed)
        return continuousTokens > visible && !Self.outnumbers(contentEvents, visible)
    }

    /// How many of `claimed` tokens the events brought; nil where their text has no room for them.
    private func believed(_ claimed: UInt64) -> UInt64? {
        let reasoned = min(UInt64(reasoning.tokens), claimed)
        let visible = claimed - reasoned
        func fits(_ tokens: UInt64, _ text: Text) -> Bool {
            tokens <= UInt64(text.bytes + emptyContentEvents + choicesSeen)
        }
        if reasoned == 0 || Self.outnumbers(contentEvents, visible) && reasoningText.events == 0 {
            return fits(claimed, allText) ? claimed : nil
        }
        guard reasoningText.events > 0 else { return fits(visible, answerText) ? visible : nil }
        guard fits(visible, answerText) else { return nil }
        let brought =
            reasoned <= UInt64(reasoningText.bytes) ? reasoned : UInt64(reasoningText.events)
        return visible + brought
    }
}

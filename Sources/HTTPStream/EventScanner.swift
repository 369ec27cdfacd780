import TokenLog

/// Reads an OpenAI chat or completions event (stream chunk or whole answer) without building it.
///
/// Allocates nothing once the event's choice array has grown. Unknown members are skipped, members
/// may come in any order, null counts as absent; of a repeated member the last counts.
enum EventScanner {
    /// Most choices of one event, and one more than the highest index.
    static let choices = 128

    /// Scans `bytes` into `event`, which is cleared first.
    ///
    /// - Returns: where the variable parts lie.
    /// - Throws: ``JSONError`` for what is no JSON object, and for members of an unexpected type.
    static func scan(
        _ bytes: UnsafeRawBufferPointer, into event: inout ScannedEvent
    ) throws(JSONError) -> EventHoles {
        event.clear()
        var holes = EventHoles()
        var scanner = JSONScanner(bytes)
        try scanner.expect(0x7B, "an object's opening brace")
        var isFirst = true
        var hasError = false
        var isErrorObject = false
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "choices") {
                event.choices.removeAll(keepingCapacity: true)
                holes.forgetChoices()
                try scanChoices(&scanner, &event, &holes)
            } else if scanner.equals(key, "usage") {
                try scanUsage(&scanner, &event, &holes)
            } else if scanner.equals(key, "error") {
                hasError = try !scanner.skipNull()
                if hasError { try scanner.skipValue(depth: 2) }
            } else if scanner.equals(key, "object"), scanner.peek() == 0x22 {
                isErrorObject = scanner.equals(try scanner.string(), "error")
            } else if scanner.equals(key, "created") {
                let digits = try scanner.plainDigits(depth: 2)
                EventHoles.note(
                    digits, in: &holes.created, repeated: &holes.isRepeated)
            } else if scanner.equals(key, "id"), scanner.peek() == 0x22 {
                let text = try scanner.string()
                EventHoles.note(text.range, in: &holes.id, repeated: &holes.isRepeated)
            } else {
                try scanner.skipValue(depth: 2)
            }
        }
        try scanner.expectEnd()
        event.isError = hasError || isErrorObject
        return holes
    }

    private static func scanUsage(
        _ scanner: inout JSONScanner, _ event: inout ScannedEvent, _ holes: inout EventHoles
    ) throws(JSONError) {
        if event.completionTokens != nil || event.promptTokens != nil { holes.isRepeated = true }
        event.completionTokens = nil
        event.promptTokens = nil
        if try scanner.skipNull() { return }
        try scanner.expect(0x7B, "the usage's opening brace")
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "completion_tokens") {
                event.completionTokens = try scanCount(
                    &scanner, &holes.completion, &holes.isRepeated)
            } else if scanner.equals(key, "prompt_tokens") {
                event.promptTokens = try scanCount(&scanner, &holes.prompt, &holes.isRepeated)
            } else if scanner.equals(key, "total_tokens") {
                let digits = try scanner.plainDigits(depth: 3)
                EventHoles.note(digits, in: &holes.total, repeated: &holes.isRepeated)
            } else {
                try scanner.skipValue(depth: 3)
            }
        }
    }

    /// A count, and where its digits lie.
    private static func scanCount(
        _ scanner: inout JSONScanner, _ hole: inout Range<Int>?, _ isRepeated: inout Bool
    ) throws(JSONError) -> UInt32? {
        _ = scanner.peek()
        let begin = scanner.position
        let count = try scanner.wholeNumber(depth: 3)
        EventHoles.note(
            count == nil ? nil : begin..<scanner.position, in: &hole, repeated: &isRepeated)
        return count
    }

    private static func scanChoices(
        _ scanner: inout JSONScanner, _ event: inout ScannedEvent, _ holes: inout EventHoles
    ) throws(JSONError) {
        if try scanner.skipNull() { return }
        try scanner.expect(0x5B, "the choices' opening bracket")
        var isFirst = true
        while try scanner.nextElement(&isFirst) {
            guard event.choices.count < choices else {
                throw scanner.error("more than \(choices) choices")
            }
            event.choices.append(try scanChoice(&scanner, &holes))
        }
    }

    private static func scanChoice(
        _ scanner: inout JSONScanner, _ holes: inout EventHoles
    ) throws(JSONError) -> ScannedChoice {
        var choice = ScannedChoice()
        var texts = ChoiceTexts()
        try scanner.expect(0x7B, "a choice's opening brace")
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "delta") || scanner.equals(key, "message") {
                texts.forgetDelta()
                choice.hasRole = false
                try scanDelta(&scanner, &choice, &texts)
            } else if scanner.equals(key, "text") {
                texts.plain = try scanText(&scanner)
            } else if scanner.equals(key, "index") {
                guard let index = try scanner.wholeNumber(depth: 4), index < choices else {
                    throw scanner.error("a choice's index is not a number below \(choices)")
                }
                choice.index = index
            } else if scanner.equals(key, "finish_reason") {
                choice.finish = try scanFinish(&scanner)
            } else if scanner.equals(key, "token_ids") {
                (choice.tokenIDs, holes.ids) = try scanIDs(&scanner)
            } else {
                try scanner.skipValue(depth: 4)
            }
        }
        texts.settle(&choice, &holes)
        return choice
    }

    private static func scanDelta(
        _ scanner: inout JSONScanner, _ choice: inout ScannedChoice, _ texts: inout ChoiceTexts
    ) throws(JSONError) {
        if try scanner.skipNull() { return }
        try scanner.expect(0x7B, "a delta's opening brace")
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "content") {
                texts.content = try scanText(&scanner)
            } else if scanner.equals(key, "reasoning_content") {
                texts.reasoningContent = try scanText(&scanner)
            } else if scanner.equals(key, "reasoning") {
                texts.reasoning = try scanText(&scanner)
            } else if scanner.equals(key, "refusal") {
                texts.refusal = try scanText(&scanner)
            } else if scanner.equals(key, "role") {
                choice.hasRole = try !scanner.skipNull()
                if choice.hasRole { try scanner.skipValue(depth: 5) }
            } else if scanner.equals(key, "tool_calls") {
                texts.hasToolCalls = try scanToolCalls(&scanner)
            } else if scanner.equals(key, "function_call") {
                texts.hasFunctionCall = try !scanner.skipNull()
                if texts.hasFunctionCall { try scanner.skipValue(depth: 5) }
            } else {
                try scanner.skipValue(depth: 5)
            }
        }
    }

    /// A text member: a string, null, or a list of parts, which counts as text unless it is empty.
    private static func scanText(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> ChoiceTexts.Member {
        if try scanner.skipNull() { return .absent }
        if scanner.peek() == 0x5B {
            return try scanList(&scanner) ? .parts : .empty
        }
        let text = try scanner.string()
        return text.range.isEmpty ? .empty : .text(text.range)
    }

    private static func scanToolCalls(_ scanner: inout JSONScanner) throws(JSONError) -> Bool {
        if try scanner.skipNull() { return false }
        return try scanList(&scanner)
    }

    /// Consumes a list and says whether it has elements.
    private static func scanList(_ scanner: inout JSONScanner) throws(JSONError) -> Bool {
        try scanner.expect(0x5B, "a list's opening bracket")
        var isFirst = true
        var hasElements = false
        while try scanner.nextElement(&isFirst) {
            hasElements = true
            try scanner.skipValue(depth: 6)
        }
        return hasElements
    }

    private static func scanFinish(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> FinishReason? {
        if try scanner.skipNull() { return nil }
        let word = try scanner.string()
        for reason in FinishReason.allCases where scanner.equals(word, reason.word) {
            return reason
        }
        return .other
    }

    private static func scanIDs(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> (count: Int?, hole: Range<Int>?) {
        if try scanner.skipNull() { return (nil, nil) }
        try scanner.expect(0x5B, "the token ids' opening bracket")
        let begin = scanner.position
        var count = 0
        var isFirst = true
        while try scanner.nextElement(&isFirst) {
            guard try scanner.number().isInteger else {
                throw scanner.error("a token id is not a whole number")
            }
            count += 1
        }
        return (count, begin..<(scanner.position - 1))
    }
}

/// The text members of one choice while it is scanned; the last of each name counts.
private struct ChoiceTexts {
    enum Member {
        case absent
        case empty
        case text(Range<Int>)
        /// A list of parts.
        case parts
    }

    var plain = Member.absent
    var content = Member.absent
    var refusal = Member.absent
    var reasoningContent = Member.absent
    var reasoning = Member.absent
    var hasToolCalls = false
    var hasFunctionCall = false

    mutating func forgetDelta() {
        let plain = plain
        self = ChoiceTexts()
        self.plain = plain
    }

    /// Puts what the texts say into `choice`, and the one non-empty text into `holes`.
    func settle(_ choice: inout ScannedChoice, _ holes: inout EventHoles) {
        var hasContent = false
        var hasReasoning = false
        func note(_ member: Member, isReasoning: Bool) {
            switch member {
            case .absent: return
            case .empty: choice.hasEmptyText = true
            case .text(let range):
                holes.texts += 1
                holes.text = holes.texts == 1 ? range : nil
            case .parts:
                holes.texts += 1
                holes.text = nil
            }
            if case .empty = member { return }
            if isReasoning { hasReasoning = true } else { hasContent = true }
        }
        note(plain, isReasoning: false)
        note(content, isReasoning: false)
        note(refusal, isReasoning: false)
        note(reasoningContent, isReasoning: true)
        note(reasoning, isReasoning: true)
        let hasTool = hasToolCalls || hasFunctionCall
        if hasTool { holes.hasToolCall = true }
        choice.hasText = hasContent || hasReasoning || hasTool
        if choice.hasText { choice.hasEmptyText = false }
        choice.kind = hasContent || !choice.hasText ? .content : hasReasoning ? .reasoning : .tool
    }
}

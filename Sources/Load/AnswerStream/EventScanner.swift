import JSON
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
                event.unknownField = nil
                event.otherReason = nil
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
            event.choices.append(try scanChoice(&scanner, &event, &holes))
        }
    }

    private static func scanChoice(
        _ scanner: inout JSONScanner, _ event: inout ScannedEvent, _ holes: inout EventHoles
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
                let word: Range<Int>?
                (choice.finish, word) = try scanFinish(&scanner)
                if event.otherReason == nil { event.otherReason = word }
            } else if scanner.equals(key, "token_ids") {
                (choice.tokenIDs, holes.ids) = try scanIDs(&scanner)
            } else {
                try scanner.skipValue(depth: 4)
            }
        }
        texts.settle(&choice, &holes)
        if choice.kind == .other, event.unknownField == nil {
            event.unknownField = texts.otherName
        }
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
            } else if scanner.equals(key, "tool_calls") || scanner.equals(key, "function_call") {
                if try !scanner.skipNull() {
                    let found = try scanTexts(&scanner, depth: 5, namesCount: true)
                    texts.add(tool: found)
                }
            } else if scanner.holdsText(key) {
                let found = try scanTexts(&scanner, depth: 5, namesCount: false)
                texts.add(other: found, named: key.range)
            } else {
                try scanner.skipValue(depth: 5)
            }
        }
    }

    /// A text member: a string, null, or a list of parts, whose texts are its own.
    private static func scanText(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> FoundTexts? {
        if try scanner.skipNull() { return nil }
        if scanner.peek() == 0x5B {
            return try scanTexts(&scanner, depth: 6, namesCount: false)
        }
        var found = FoundTexts()
        found.add(try scanner.string(), in: scanner)
        return found
    }

    private static func scanFinish(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> (reason: FinishReason?, unknown: Range<Int>?) {
        if try scanner.skipNull() { return (nil, nil) }
        let word = try scanner.string()
        for reason in FinishReason.allCases where scanner.equals(word, reason.word) {
            return (reason, nil)
        }
        return (.other, word.range)
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

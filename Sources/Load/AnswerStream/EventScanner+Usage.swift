import JSON

extension EventScanner {
    static func scanUsage(
        _ scanner: inout JSONScanner, _ event: inout ScannedEvent, _ holes: inout EventHoles
    ) throws(JSONError) {
        if event.completionTokens != nil || event.promptTokens != nil { holes.isRepeated = true }
        event.completionTokens = nil
        event.promptTokens = nil
        event.reasoningTokens = nil
        event.isReasoningApart = false
        if try scanner.skipNull() { return }
        var total: UInt32?
        try scanner.expect(0x7B, "the usage's opening brace")
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if scanner.equals(key, "completion_tokens") {
                event.completionTokens = try scanCount(
                    &scanner, &holes.completion, &holes.isRepeated)
                // A server that counts at the end alone has no count in the events before it.
                if event.completionTokens == 0 {
                    event.completionTokens = nil
                    holes.completion = nil
                }
            } else if scanner.equals(key, "prompt_tokens") {
                event.promptTokens = try scanCount(&scanner, &holes.prompt, &holes.isRepeated)
            } else if scanner.equals(key, "total_tokens") {
                total = try scanCount(&scanner, &holes.total, &holes.isRepeated)
            } else if isReasoningCount(scanner, key) {
                event.reasoningTokens = try scanner.count(depth: 3)
            } else if scanner.equals(key, "completion_tokens_details")
                || scanner.equals(key, "output_tokens_details")
            {
                if let count = try scanDetails(&scanner) { event.reasoningTokens = count }
            } else {
                try scanner.skipValue(depth: 3)
            }
        }
        event.isReasoningApart = isReasoningApart(event, total: total)
    }

    private static func isReasoningCount(_ scanner: JSONScanner, _ key: JSONScanner.Text) -> Bool {
        scanner.equals(key, "reasoning_tokens") || scanner.equals(key, "thinking_tokens")
    }

    /// Whether the count of reasoning tokens stands beside `completion_tokens`, as some servers
    /// have it: it is larger, or the total is the sum of all three.
    private static func isReasoningApart(_ event: ScannedEvent, total: UInt32?) -> Bool {
        guard let reasoning = event.reasoningTokens, reasoning > 0 else { return false }
        let completion = UInt64(event.completionTokens ?? 0)
        if UInt64(reasoning) > completion { return true }
        guard let total, let prompt = event.promptTokens else { return false }
        return UInt64(total) == UInt64(prompt) + completion + UInt64(reasoning)
    }

    /// The reasoning tokens of a usage's details; nil where they do not say.
    private static func scanDetails(_ scanner: inout JSONScanner) throws(JSONError) -> UInt32? {
        guard scanner.peek() == 0x7B else {
            try scanner.skipValue(depth: 4)
            return nil
        }
        try scanner.expect(0x7B, "the details' opening brace")
        var count: UInt32?
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            if isReasoningCount(scanner, key) {
                count = try scanner.count(depth: 4)
            } else {
                try scanner.skipValue(depth: 4)
            }
        }
        return count
    }

    /// A count, and where its digits lie.
    private static func scanCount(
        _ scanner: inout JSONScanner, _ hole: inout Range<Int>?, _ isRepeated: inout Bool
    ) throws(JSONError) -> UInt32? {
        _ = scanner.peek()
        let begin = scanner.position
        let count = try scanner.count(depth: 3)
        EventHoles.note(
            count == nil ? nil : begin..<scanner.position, in: &hole, repeated: &isRepeated)
        return count
    }
}

extension JSONScanner {
    /// Consumes a value and gives the whole number that it is, at most 2^32 - 1: a count beyond
    /// that is as far from the truth. Nil for any other value.
    mutating func count(depth: Int) throws(JSONError) -> UInt32? {
        guard let digits = try plainDigits(depth: depth) else { return nil }
        guard digits.count <= 10 else { return .max }
        let value = digits.reduce(0 as UInt64) { $0 * 10 + UInt64(bytes[$1] - 0x30) }
        return UInt32(clamping: value)
    }

    /// The bytes of a string in UTF-8, escapes resolved; half a surrogate pair counts as the three
    /// bytes of the character that stands for it.
    func utf8Count(_ text: Text) -> Int {
        guard text.hasEscapes else { return text.range.count }
        var count = 0
        var index = text.range.lowerBound
        while index < text.range.upperBound {
            guard bytes[index] == 0x5C else {
                count += 1
                index += 1
                continue
            }
            guard bytes[index + 1] == 0x75 else {
                count += 1
                index += 2
                continue
            }
            let begin = index
            guard let scalar = scalar(at: &index, before: text.range.upperBound) else {
                count += 3
                index = begin + 6
                continue
            }
            count += UTF8.width(scalar)
        }
        return count
    }
}

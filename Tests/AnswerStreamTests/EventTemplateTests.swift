import Randomness
import Testing
import TokenLog

@testable import AnswerStream

/// Scans without a template.
private func scan(_ event: [UInt8]) -> ScannedEvent? {
    var scanned = ScannedEvent()
    // Nil stands for "no acceptable event", which a template must not match either.
    guard (try? event.withUnsafeBytes { try EventScanner.scan($0, into: &scanned) }) != nil else {
        return nil
    }
    return scanned
}

/// A template learnt from `events`, one after the other.
private func template(_ events: [String]) throws -> EventTemplate {
    var template = EventTemplate()
    var scanned = ScannedEvent()
    for event in events {
        try Array(event.utf8).withUnsafeBytes {
            let holes = try EventScanner.scan($0, into: &scanned)
            template.learn($0, scanned, holes)
        }
    }
    return template
}

/// The event as `template` reads it; nil where it does not match.
private func reading(_ template: borrowing EventTemplate, _ event: [UInt8]) -> ScannedEvent? {
    event.withUnsafeBufferPointer { bytes in
        guard var choice = template.choice, let base = bytes.baseAddress,
            let match = template.match(at: base, end: base + bytes.count),
            match.length == bytes.count
        else { return nil }
        if choice.tokenIDs != nil { choice.tokenIDs = Int(match.ids) }
        choice.textBytes = Int(match.textBytes)
        return ScannedEvent(
            choices: [choice], completionTokens: template.hasUsage ? match.completion : nil,
            promptTokens: template.promptTokens)
    }
}

private func usage(_ text: String, _ completion: String, created: Int = 7) -> String {
    #"{"id":"c","created":\#(created),"choices":[{"index":0,"text":"\#(text)"}],"usage":"#
        + #"{"prompt_tokens":3,"total_tokens":\#(created),"completion_tokens":\#(completion)}}"#
}

@Suite struct EventTemplateTests {
    static let events = [
        usage("x", "1"), usage("x", "12", created: 1_790_000_000),
        #"{"id":"a","created":1,"id":"b","choices":[{"text":"x"}],"created":2}"#,
        #"{"usage":{"completion_tokens":1},"choices":[{"text":"x"}],"usage":null}"#,
        #"{"usage":{"completion_tokens":1,"completion_tokens":2},"choices":[{"text":"x"}]}"#,
        #"{"choices":[{"text":"x"}],"usage":{"completion_tokens":1,"completion_tokens":null}}"#,
        chat(#""content":"word""#), chat(#""content":"word""#, more: #","token_ids":[5,16]"#),
        #"{"choices":[{"token_ids":[7],"index":0,"text":"word","logprobs":null}]}"#,
        chat(#""reasoning_content":"hm","content":null"#), chat(#""content":"a","content":"b""#),
        #"{ "choices" : [ { "text" : "word" } ] , "created" : 12 }"#,
        chat(#""content":"x","reasoning":"y""#), chat(#""content":"x""#, finish: "\"stop\""),
        #"{"choices":[{"text":"x","token_ids":[1],"token_ids":[2]}]}"#,
        #"{"choices":[{"text":"x"}],"choices":[{"text":"y","index":1}]}"#,
        chat(#""content":[{"type":"text","text":"x"}]"#),
        chat(#""thinking":"hm","content":"""#),
        chat(#""reasoning":"hm","reasoning_details":[{"type":"t","text":"hm"}]"#),
        usage("x", "0"), usage("é\\u00e9\\ud83d\\ude00\\ud83d", "3"),
    ]

    @Test func simpleEventsAreLearntAndMatched() throws {
        let template = try template([chat(#""content":"one""#, more: #","token_ids":[1]"#)])
        let second = Array(chat(#""content":"a \"b\"\n""#, more: #","token_ids":[20,3]"#).utf8)
        let match = reading(template, second)?.choices.first
        #expect(match?.tokenIDs == 2 && match?.hasText == true)
        for other in [
            chat(#""content":"one""#), chat(#""content":"""#, more: #","token_ids":[1]"#),
            chat(#""content":"x""#, finish: "\"stop\"", more: #","token_ids":[1]"#),
            chat(#""content":"x""#, more: #","token_ids":[01]"#),
            chat(#""content":"x""#, more: #","token_ids":[1,]"#),
            chat(#""content":"\x""#, more: #","token_ids":[1]"#),
        ] {
            #expect(reading(template, Array(other.utf8)) == nil, "\(other)")
        }
    }

    @Test func usageIsReadAndWhatVariesBesideItOnceItHas() throws {
        let narrow = try template([usage("a", "1")])
        #expect(reading(narrow, Array(usage("b", "25").utf8))?.completionTokens == 25)
        let later = Array(usage("b", "2", created: 1_790_000_000).utf8)
        #expect(reading(narrow, later) == nil)
        let wide = try template([usage("a", "1"), usage("b", "2", created: 8)])
        #expect(reading(wide, later) == scan(later))
        for number in ["02", "2.0", "-2", "2e1", "4000000000", "", "null"] {
            let event = Array(usage("b", number, created: 8).utf8)
            #expect(reading(wide, event) == nil, "\(number)")
        }
        let uncounted = Array(usage("b", "null").utf8)
        #expect(reading(try template([usage("a", "null")]), uncounted) == scan(uncounted))
    }

    /// Mutates events and asserts that whatever a template matches the scan reads the same.
    @Test(arguments: 0..<24)
    func aTemplateSaysWhatTheScanSays(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        var matches = 0
        for _ in 0..<40 {
            let event = Self.events.randomElement(using: &rng)!
            let base = Array(event.utf8)
            var scanned = ScannedEvent()
            let holes = try base.withUnsafeBytes { try EventScanner.scan($0, into: &scanned) }
            let template = try template(
                Array(repeating: event, count: Int.random(in: 1...2, using: &rng)))
            for _ in 0..<100 {
                let mutated = mutated(base, holes, using: &rng)
                guard let match = reading(template, mutated) else { continue }
                matches += 1
                // Where it lies was looked up when the template was learnt.
                var scanned = scan(mutated)
                scanned?.unknownField = nil
                #expect(match == scanned, "\(String(decoding: mutated, as: UTF8.self))")
            }
        }
        #expect(matches > 100)
    }

    @Test func withoutRecognitionEveryEventIsReadAlone() {
        let text = streamed(Array(repeating: chat(#""content":"x""#), count: 5) + ["[DONE]"])
        func events(_ memory: ServerMemory) -> [UInt32] {
            var stream = AnswerStream(memory: memory)
            var tokens: [AnswerTokens] = []
            Array(text.utf8).withUnsafeBytes { bytes in
                var input = bytes
                _ = stream.read(&input, into: &tokens)
            }
            return tokens.map(\.events)
        }
        #expect(events(ServerMemory()) == [1, 4])
        #expect(events(ServerMemory(recognisesEvents: false)) == [1, 1, 1, 1, 1])
    }
}

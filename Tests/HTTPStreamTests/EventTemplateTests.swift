import Testing
import TokenLog

@testable import HTTPStream

/// Scans without a template.
private func scan(_ event: [UInt8]) -> ScannedEvent? {
    var scanned = ScannedEvent()
    // Nil stands for "no acceptable event", which a template must not match either.
    guard (try? event.withUnsafeBytes { try EventScanner.scan($0, into: &scanned) }) != nil else {
        return nil
    }
    return scanned
}

@Suite struct EventTemplateTests {
    private static let events = [
        chat(#""content":"word""#), chat(#""content":"word""#, more: #","token_ids":[5,16]"#),
        #"{"choices":[{"token_ids":[7],"index":0,"text":"word","logprobs":null}]}"#,
        chat(#""reasoning_content":"hm","content":null"#), chat(#""content":"a","content":"b""#),
        #"{ "choices" : [ { "text" : "word" } ] , "created" : 12 }"#,
        chat(#""content":"x","reasoning":"y""#), chat(#""content":"x""#, finish: "\"stop\""),
        #"{"choices":[{"text":"x","token_ids":[1],"token_ids":[2]}]}"#,
        #"{"choices":[{"text":"x"}],"choices":[{"text":"y","index":1}]}"#,
    ]

    @Test func simpleEventsAreLearntAndMatched() throws {
        let first = Array(chat(#""content":"one""#, more: #","token_ids":[1]"#).utf8)
        var template = EventTemplate()
        var scanned = ScannedEvent()
        try first.withUnsafeBytes {
            let holes = try EventScanner.scan($0, into: &scanned)
            template.learn($0, scanned, holes)
        }
        let second = Array(chat(#""content":"a \"b\"\n""#, more: #","token_ids":[20,3]"#).utf8)
        let match = second.withUnsafeBytes { template.match($0) }
        #expect(match?.tokenIDs == 2 && match?.hasText == true)
        for other in [
            chat(#""content":"one""#), chat(#""content":"""#, more: #","token_ids":[1]"#),
            chat(#""content":"x""#, finish: "\"stop\"", more: #","token_ids":[1]"#),
            chat(#""content":"x""#, more: #","token_ids":[01]"#),
            chat(#""content":"x""#, more: #","token_ids":[1,]"#),
            chat(#""content":"\x""#, more: #","token_ids":[1]"#),
        ] {
            #expect(Array(other.utf8).withUnsafeBytes { template.match($0) } == nil, "\(other)")
        }
    }

    /// Mutates events and asserts that whatever a template matches the scan reads the same.
    @Test(arguments: 0..<24)
    func aTemplateSaysWhatTheScanSays(seed: UInt64) throws {
        var rng = SeededGenerator(seed: seed)
        var matches = 0
        for _ in 0..<40 {
            let base = Array(Self.events.randomElement(using: &rng)!.utf8)
            var template = EventTemplate()
            var scanned = ScannedEvent()
            let holes = try base.withUnsafeBytes { try EventScanner.scan($0, into: &scanned) }
            base.withUnsafeBytes { template.learn($0, scanned, holes) }
            for _ in 0..<100 {
                let mutated = Self.mutated(base, holes, using: &rng)
                guard let match = mutated.withUnsafeBytes({ template.match($0) }) else { continue }
                matches += 1
                let full = scan(mutated)
                #expect(
                    full == ScannedEvent(choices: [match]),
                    "\(String(decoding: mutated, as: UTF8.self))")
            }
        }
        #expect(matches > 100)
    }

    private static func mutated(
        _ base: [UInt8], _ holes: EventHoles, using rng: inout SeededGenerator
    ) -> [UInt8] {
        var event = base
        let fragments = [
            "x", "\\\"", "\"", "\\", "\\u0041", "\\u00", "\u{1}", "é", "", "0", "12", ",", "]", "[",
            "{", "}", ":", "null", "\",\"content\":\"", " ", "\n",
        ]
        for _ in 0..<Int.random(in: 1..<3, using: &rng) {
            let fragment = Array(fragments.randomElement(using: &rng)!.utf8)
            let place: Range<Int>
            switch Int.random(in: 0..<4, using: &rng) {
            case 0, 1: place = holes.text ?? 0..<0
            case 2: place = holes.ids ?? 0..<0
            default:
                let start = Int.random(in: 0..<event.count, using: &rng)
                place = start..<min(event.count, start + Int.random(in: 0..<3, using: &rng))
            }
            guard place.upperBound <= event.count else { continue }
            if Bool.random(using: &rng) {
                event.replaceSubrange(place, with: fragment)
            } else {
                event.insert(contentsOf: fragment, at: place.lowerBound)
            }
        }
        return event
    }
}

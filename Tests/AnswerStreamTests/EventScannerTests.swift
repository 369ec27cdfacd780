import JSON
import Randomness
import Testing
import TokenLog

@testable import AnswerStream

private func usage(_ text: String, _ completion: String) -> String {
    #"{"id":"c","created":7,"choices":[{"index":0,"text":"\#(text)"}],"usage":"#
        + #"{"prompt_tokens":3,"total_tokens":7,"completion_tokens":\#(completion)}}"#
}

@Suite struct EventScannerTests {
    private static let events = [
        usage("x", "12"), usage("é\\u00e9\\ud83d\\ude00\\ud83d", "3"),
        #"{"id":"a","created":1,"id":"b","choices":[{"text":"x"}],"created":2}"#,
        #"{"usage":{"completion_tokens":1,"completion_tokens":2},"choices":[{"text":"x"}]}"#,
        chat(#""role":"assistant","content":"""#), chat(#""content":"x","reasoning":"y""#),
        chat(#""content":"word""#, finish: "\"length\"", more: #","token_ids":[5,16]"#),
        #"{ "choices" : [ { "text" : "word" } ] , "created" : 12 }"#,
        chat(#""content":[{"type":"text","text":"x"}]"#), #"{"error":{"message":"no"}}"#,
        chat(#""reasoning":"hm","reasoning_details":[{"type":"t","text":"hm"}]"#),
        chat(#""tool_calls":[{"index":0,"function":{"name":"f","arguments":"x"}}]"#),
    ]
    private static let fragments = [
        "x", "\\\"", "\"", "\\", "\\u0041", "\\u00", "\u{1}", "é", "", "0", "12", ",", "]", "[",
        "{", "}", ":", "null", "\",\"content\":\"", " ", "\n",
    ]

    /// An event with a few bytes replaced or inserted.
    private func mutated(_ base: [UInt8], using rng: inout SplitMix64) -> [UInt8] {
        var event = base
        for _ in 0..<Int.random(in: 1..<3, using: &rng) {
            let start = Int.random(in: 0..<event.count, using: &rng)
            let end = min(event.count, start + Int.random(in: 0..<3, using: &rng))
            let fragment = Self.fragments.randomElement(using: &rng)!
            event.replaceSubrange(start..<end, with: Array(fragment.utf8))
        }
        return event
    }

    /// Mutates events and asserts that what is scanned is JSON, but for its strings' UTF-8.
    @Test(arguments: 0..<24)
    func whatIsScannedIsJSON(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        var scans = 0
        for _ in 0..<2_000 {
            let base = Self.events.randomElement(using: &rng)!
            let event = mutated(Array(base.utf8), using: &rng)
            var scanned = ScannedEvent()
            let isScanned =
                (try? event.withUnsafeBytes { try EventScanner.scan($0, into: &scanned) }) != nil
            guard isScanned else { continue }
            scans += 1
            do throws(JSONSyntaxError) {
                let value = try JSONValue(parsing: event)
                #expect(value.members != nil)
            } catch {
                #expect(
                    error.problem.contains("UTF-8"),
                    "\(String(decoding: event, as: UTF8.self)): \(error)")
            }
        }
        #expect(scans > 300)
    }

    @Test(
        arguments: [
            ("12", 12), ("0", nil), ("null", nil), ("2.0", nil), ("-2", nil), ("2e1", nil),
            ("4000000000", 4_000_000_000), ("40000000000", .max),
        ] as [(String, UInt32?)])
    func aUsageCountsWhereItIsACount(number: String, tokens: UInt32?) throws {
        var scanned = ScannedEvent()
        try Array(usage("é\\n", number).utf8).withUnsafeBytes {
            _ = try EventScanner.scan($0, into: &scanned)
        }
        #expect(scanned.completionTokens == tokens && scanned.promptTokens == 3)
        #expect(scanned.choices.first?.textBytes == 3)
    }
}

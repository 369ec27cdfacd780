import JSON
import Randomness
import Testing

@testable import AnswerStream

/// The result of a scan: the event and its holes, or why there is none.
private struct Scan: Equatable {
    var event = ScannedEvent()
    var holes: EventHoles?
    var error: JSONError?

    /// - Parameter memory: nil for the plain scanner.
    init(_ bytes: [UInt8], with memory: EventMemory? = nil) {
        bytes.withUnsafeBytes { bytes in
            do throws(JSONError) {
                if let memory {
                    holes = try memory.scan(bytes, into: &event)
                } else {
                    holes = try EventScanner.scan(bytes, into: &event)
                }
            } catch {
                self.error = error
                event.clear()
            }
        }
    }
}

private let last = #"{"id":"a","created":7,"choices":[{"delta":{},"finish_reason":"stop"}]}"#
private func count(_ prompt: String, _ completion: String, _ total: String = "9") -> String {
    #"{"id":"b","created":8,"choices":[],"usage":{"prompt_tokens":\#(prompt),"#
        + #""total_tokens":\#(total),"completion_tokens":\#(completion)}}"#
}

@Suite struct EventMemoryTests {
    private static let events =
        EventTemplateTests.events + [
            chat(#""role":"assistant","content":"""#), chat(#""content":"""#, finish: "\"length\""),
            last, count("31", "200"), #"{"usage":{"prompt_tokens":4},"choices":[]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":1},"usage":{"prompt_tokens":2}}"#,
            #"{"error":{"message":"no"},"choices":[]}"#,
            #"{"choices":[{"text":"a"},{"text":"b"}]}"#,
            chat(#""tool_calls":[{"index":0,"function":{"name":"f","arguments":"x"}}]"#),
        ]

    /// Mutates events and asserts that a memory that knows the originals, and whatever came since,
    /// gives what a scan gives.
    @Test(arguments: 0..<24)
    func aMemorySaysWhatTheScanSays(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let memory = EventMemory()
            let chosen = Self.events.shuffled(using: &rng).prefix(4).map { Array($0.utf8) }
            for event in chosen { #expect(Scan(event, with: memory) == Scan(event)) }
            for _ in 0..<100 {
                let base = chosen.randomElement(using: &rng)!
                let holes = Scan(base).holes ?? EventHoles()
                let event = mutated(base, holes, using: &rng)
                #expect(
                    Scan(event, with: memory) == Scan(event),
                    "\(String(decoding: event, as: UTF8.self))")
            }
        }
    }

    @Test func aKnownEventIsNotScannedAgain() {
        let memory = EventMemory()
        for event in [last, count("31", "200")] { _ = Scan(Array(event.utf8), with: memory) }
        let scans = memory.scans
        let other = last.replacing("\"a\"", with: "\"another\"").replacing("7", with: "1790")
        for event in [last, other, count("5", "1", "6"), count("123456789", "0")] {
            let bytes = Array(event.utf8)
            #expect(Scan(bytes, with: memory) == Scan(bytes))
        }
        #expect(memory.scans == scans)
        // Ten digits may be more than a count holds.
        _ = Scan(Array(count("1234567890", "1").utf8), with: memory)
        #expect(memory.scans == scans + 1)
    }

    @Test func whatNeverRepeatsDoesNotDriveOutWhatDoes() {
        let memory = EventMemory()
        var scans = 0
        for answer in 0..<100 {
            let timing = #"{"choices":[],"timing":\#(answer)}"#
            for event in [last, timing, count("31", "200")] {
                _ = Scan(Array(event.utf8), with: memory)
            }
            if answer == 0 { scans = memory.scans }
        }
        #expect(memory.scans == scans + 99)
    }

    @Test func aLongEventIsNotKept() {
        let memory = EventMemory()
        let event = Array(chat(#""content":"\#(String(repeating: "x", count: 5_000))""#).utf8)
        for scans in 1...2 {
            #expect(Scan(event, with: memory) == Scan(event))
            #expect(memory.scans == scans)
        }
    }
}

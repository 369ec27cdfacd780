import Goodput
import JSON
import Randomness
import Testing

@testable import Results

@Suite struct TokenEventsTests {
    /// Runs of single tokens of every length, with events of several between them.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func theyAreReadAsTheyWereWritten(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = [0, 1, 127, 128, 129, 300].randomElement(using: &random) ?? 0
        let events = (0..<count).map { index in
            TokenEvent(
                time: Int64(index) * 1_000_003 - 500,
                count: seed % 3 == 0 && Int.random(in: 0..<60, using: &random) == 0
                    ? .random(in: 1...9, using: &random) : 1)
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("tokens")
            writer.tokens(events)
        }
        let text = String(decoding: writer.bytes, as: UTF8.self)
        let expected = events.map { $0.count == 1 ? "\($0.time)" : "[\($0.time),\($0.count)]" }
        #expect(text == "{\"tokens\":[\(expected.joined(separator: ","))]}")
        #expect(try TokenEvent.list(in: JSONValue(parsing: writer.bytes)) == events)
    }
}

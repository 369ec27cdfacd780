import Goodput
import Testing

@testable import Database

@Suite("Token times as bytes")
struct TokenDeltasTests {
    @Test("Deltas and counts are varints, the lowest seven bits first")
    func worked() {
        let events = [
            TokenEvent(time: 1_128), TokenEvent(time: 1_133, count: 2),
            TokenEvent(time: 1_133 + 16_384, count: 300),
        ]
        #expect(
            TokenDeltas.encoded(events, since: 1_000)
                == [0x80, 0x01, 0x01, 0x05, 0x02, 0x80, 0x80, 0x01, 0xac, 0x02])
        #expect(TokenDeltas.encoded([], since: 1_000).isEmpty)
    }

    @Test("Any times can be written, also those that no stream has")
    func extremes() {
        let events = [TokenEvent(time: .min, count: .max), TokenEvent(time: .max)]
        #expect(TokenDeltas.encoded(events, since: .max).count == 1 + 5 + 10 + 1)
        #expect(
            TokenDeltas.encoded([TokenEvent(time: 0)], since: 1)
                == [UInt8](repeating: 0xff, count: 9) + [0x01, 0x01])
    }
}

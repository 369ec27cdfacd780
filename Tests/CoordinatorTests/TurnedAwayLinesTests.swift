import Testing
import TimeBase

@testable import Coordinator

@Suite("What is said of peers that are turned away")
struct TurnedAwayLinesTests {
    private let begin = LocalInstant(ns: 5)

    @Test("One line a cause at once, then a count every half minute, and the rest at the end")
    func counts() {
        var lines = TurnedAwayLines()
        func at(_ seconds: Int64, _ host: String? = "h", _ reason: String = "no token") -> String? {
            lines.sentence(host: host, reason: reason, now: begin + .seconds(seconds))
        }
        #expect(at(0) == "h was turned away: no token")
        #expect(at(0, "i") == "i was turned away: no token")
        #expect(at(1) == nil && at(29) == nil)
        #expect(at(30) == "h was turned away 3 times more: no token")
        #expect(at(31) == nil && lines.rest() == ["h was turned away once more: no token"])
        #expect(lines.rest().isEmpty)
        #expect(at(40, nil, "no TLS") == "a peer was turned away: no TLS")
    }

    @Test("Peers that invent causes get no line each, and take no memory")
    func many() {
        var lines = TurnedAwayLines()
        let told = (0..<1_000).compactMap {
            lines.sentence(host: "h", reason: "\($0)", now: begin)
        }
        #expect(told.count == 17)
        #expect(lines.rest() == ["others was turned away 983 times more: for other reasons"])
    }
}

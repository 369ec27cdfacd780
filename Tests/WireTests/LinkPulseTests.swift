import Testing
import TimeBase
import Wire

private func at(_ ms: Int64) -> LocalInstant { LocalInstant(ns: 5_000_000 + ms * 1_000_000) }

@Suite("The watch over a link")
struct LinkPulseTests {
    @Test("A ping every 2 s, whatever is heard, each with its own nonce")
    func pings() {
        var pulse = LinkPulse()
        var pings: [Int64: UInt64] = [:]
        for ms in stride(from: 0 as Int64, through: 9_000, by: 250) {
            pulse.heard(now: at(ms))
            if case .ping(let nonce) = pulse.ticked(now: at(ms)) { pings[ms] = nonce }
        }
        #expect(pings == [2_000: 1, 4_000: 2, 6_000: 3, 8_000: 4])
    }

    @Test("Silence is counted from the last thing heard, and 10 s of it are the end")
    func silence() {
        var pulse = LinkPulse()
        _ = pulse.ticked(now: at(0))
        for ms in stride(from: 250 as Int64, through: 12_750, by: 250) {
            if ms == 3_000 { pulse.heard(now: at(ms)) }
            #expect(pulse.ticked(now: at(ms)) != .silent, "after \(ms) ms")
        }
        #expect(pulse.ticked(now: at(13_000)) == .silent)
    }

    @Test("A side that stood still itself does not hold it against the peer")
    func ownPause() {
        var pulse = LinkPulse()
        _ = pulse.ticked(now: at(0))
        #expect(pulse.ticked(now: at(60_000)) != .silent)
        for ms in stride(from: 60_250 as Int64, to: 70_000, by: 250) {
            #expect(pulse.ticked(now: at(ms)) != .silent)
        }
        #expect(pulse.ticked(now: at(70_000)) == .silent)
    }

    @Test("Something heard out of order does not turn the watch back")
    func order() {
        var pulse = LinkPulse()
        _ = pulse.ticked(now: at(0))
        pulse.heard(now: at(1_900))
        pulse.heard(now: at(100))
        for ms in stride(from: 250 as Int64, to: 11_900, by: 250) {
            #expect(pulse.ticked(now: at(ms)) != .silent)
        }
        #expect(pulse.ticked(now: at(12_000)) == .silent)
    }
}

import ClockSync
import PlainText
import Randomness
import Testing
import TimeBase
import Timeline

@testable import Results

@Suite("Changes of CLOCK_REALTIME") struct RealtimeChangesTests {
    /// Ten readings a second for a minute; every twentieth was interrupted between two clocks.
    private func readings(
        _ change: (_ raw: Int64) -> (realtime: Int64, slewed: Int64)
    ) -> [ClockReading] {
        var generator = SplitMix64(seed: 8)
        return (0..<600).map { step in
            let raw = 7_000_000_000 + Int64(step) * 100_000_000
            let moved = change(raw)
            let skew = raw / 50_000  // 20 ppm, as a disciplined clock has
            var noise = Int64.random(in: 30...120, using: &generator)
            if step % 20 == 7 { noise += Int64.random(in: 50_000...900_000, using: &generator) }
            let monotonic = raw + skew + moved.slewed
            return ClockReading(
                rawNs: raw, monotonicNs: monotonic, boottimeNs: monotonic,
                realtimeNs: 1_700_000_000_000_000_000 + monotonic + moved.realtime + noise)
        }
    }

    @Test func aQuietHostShowsNone() {
        #expect(RealtimeChange.all(in: readings { _ in (0, 0) }).isEmpty)
        #expect(RealtimeChange.all(in: []).isEmpty)
        #expect(RealtimeChange.all(in: Array(readings { _ in (0, 0) }.prefix(5))).isEmpty)
    }

    @Test(arguments: [-3_600_000_000_000, -50_000, 25_000, 1_000_000_000] as [Int64])
    func aStepIsFoundWhereItWas(by: Int64) throws {
        let at: Int64 = 7_000_000_000 + 31_150_000_000
        let changes = RealtimeChange.all(in: readings { ($0 >= at ? by : 0, 0) }.reversed())
        #expect(changes.count == 1, "\(changes)")
        let change = try #require(changes.first)
        guard case .step(let size) = change.size else {
            Issue.record("\(change)")
            return
        }
        #expect((size - by).magnitude < 1_000 && (change.at - at).magnitude <= 200_000_000)
        let words = try #require(
            RealtimeChange.sentence(changes, of: "node-01") { "\($0 / 1_000_000_000) s" })
        #expect(words.contains("node-01 was stepped by \(Figures.span(size)) at 38 s"), "\(words)")
        #expect(RealtimeChange.sentence([], of: "a") { "\($0)" } == nil)
    }

    @Test func aSlewIsFoundWhenItBeginsAndEnds() {
        // 500 ppm for 20 s.
        let from: Int64 = 7_000_000_000 + 20_000_000_000
        let changes = RealtimeChange.all(
            in: readings { (0, min(max(0, $0 - from), 20_000_000_000) / 2_000) })
        #expect(!changes.isEmpty)
        var total = 0.0
        for change in changes {
            guard case .slew(let ppm) = change.size else {
                Issue.record("\(change)")
                continue
            }
            total += ppm
        }
        #expect(total.magnitude < 10, "what began has ended: \(changes)")
    }

    @Test func stampsNearTheEndsOfInt64DoNotTrap() {
        let rows = [Int64.min, -1, 0, 1, .max, .max - 1, 5, 6, 7].map {
            ClockReading(rawNs: $0, monotonicNs: .max &- $0, boottimeNs: $0, realtimeNs: .min &+ $0)
        }
        _ = RealtimeChange.all(in: rows)
    }
}

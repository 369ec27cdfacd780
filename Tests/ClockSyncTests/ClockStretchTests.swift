import Testing

@testable import ClockSync

@Suite("A stretch of exchanges, and the steps that look at it")
struct ClockStretchTests {
    /// Exchanges `spacingNs` apart whose agent takes a microsecond: by how much the coordinator is
    /// ahead of it at each, and how long both ways take together.
    private func stretch(
        _ ahead: [Int64], spacingNs: Int64, roundTrip: (Int) -> Int64 = { _ in 0 }
    ) throws -> ClockStretch {
        let exchanges = ahead.enumerated().map { place, ahead in
            let t2 = Int64(place) * spacingNs
            let way = roundTrip(place) / 2
            return ClockExchange(
                train: UInt32(place), member: 1, t1: t2 + ahead - way, t2: t2, t3: t2 + 1_000,
                t4: t2 + 1_000 + ahead + way)
        }
        return ClockStretch(
            try ClockProbe.all(of: exchanges), spacingNs: spacingNs, rate: 600_000)
    }

    @Test("An exchange that contradicts all before it is what the next one is held against")
    func contradictions() throws {
        let second: Int64 = 1_000_000_000
        let stretch = try stretch([0, 0, second, 2 * second, 2 * second], spacingNs: 250_000_000)
        let rules = MembershipRules(rate: 600_000, wander: 100, shrink: 0, leastRoundTrip: 0)
        func found(backwards: Bool) -> [Int] {
            SetMembership.contradictions(
                stretch.probes, bins: stretch.bins[...], frame: stretch.frame, rules: rules,
                backwards: backwards)
        }
        #expect(found(backwards: false) == [2, 3])
        #expect(found(backwards: true) == [2, 1])
    }

    @Test("A zone reaches into the time without exchanges beside it, and into none of them")
    func gaps() throws {
        let stretch = try stretch([0, 0, 0, 0, 0], spacingNs: 1_000_000_000)
        let zone: ClosedRange<Int64> = 2_000_000_000...2_000_001_000
        #expect(stretch.withGapsBeside(zone, in: zone) == 1_000_001_001...2_999_999_999)
    }

    @Test("A path that became longer has another floor a minute later")
    func floor() throws {
        let stretch = try stretch(Array(repeating: 0, count: 300), spacingNs: 1_000_000_000) {
            $0 < 100 ? 20_000 : 220_000
        }
        let variances = PointMeasurements(stretch.probes, frame: stretch.frame).variances
        #expect(variances.count == 300 && variances[299] == variances[0])
        #expect(variances[110] > variances[0])
    }
}

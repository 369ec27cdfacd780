import Randomness
import Testing
import TimeBase

@testable import ClockSync

/// Clocks whose rate changes as fast as is assumed, over paths with all delay in one direction: the
/// truth lies at the very edge of what is possible, and an allowance too small by nanoseconds loses
/// it.
@Suite("The allowance for wander")
struct ClockWanderTests {
    /// ns/s^2.
    private static let wander = 100.0

    /// The offset at a time of the agent in seconds: a parabola either way from the middle of 20 s.
    private func offset(_ seconds: Double, _ sign: Double) -> Double {
        let from = seconds - 10
        return sign * (Self.wander / 2 * from * from.magnitude + 20_000 * from)
    }

    /// Ten trains of two a second, whose way out (or back) takes no time at all.
    private func exchanges(_ sign: Double, isOutInstant: Bool) -> [ClockExchange] {
        (0..<400).map { place in
            let t2 = Int64(place / 2) * 100_000_000 + Int64(place % 2) * 150_000
            let t3 = t2 + 1_000
            let sent = t2 + Int64(offset(Double(t2) / 1e9, sign).rounded())
            let answered = t3 + Int64(offset(Double(t3) / 1e9, sign).rounded())
            return ClockExchange(
                train: UInt32(place / 2), member: UInt16(place % 2),
                t1: sent - (isOutInstant ? 0 : 40_000), t2: t2, t3: t3,
                t4: answered + (isOutInstant ? 40_000 : 0))
        }
    }

    /// Knots far apart, so that what a rate does between an exchange and its knot is not below a
    /// nanosecond, and dozens of constraints of one knot meet in a point: the polygons that they
    /// were cut to turned inside out by rounding.
    @Test("Holds the truth, whatever the knots' spacing", arguments: [1.0, -1], [true, false])
    func holds(sign: Double, isOutInstant: Bool) throws {
        var options = ClockFitOptions(wanderPPBPerSecond: Self.wander)
        var random = SplitMix64(seed: 1)
        let spacings = (0..<16).map { _ in Int64(random.magnitude(1e6...6e10).magnitude) }
        for spacing in [250_000_000, 2_000_000_000, 5_000_000_000] + spacings {
            options.knotSpacing = TimeSpan(ns: spacing)
            let fit = try ClockFit(
                exchanges: exchanges(sign, isOutInstant: isOutInstant), options: options)
            #expect(fit.events.isEmpty)
            for step in 0...500 as ClosedRange<Int64> {
                let stamp = step * 40_000_000 - 30_000_000
                let mapped = fit.map(LocalInstant(ns: stamp))
                let truth = Double(stamp) + offset(Double(stamp) / 1e9, sign)
                #expect(Double(mapped.hardLowNs) <= truth + 1, "knots \(spacing) ns apart")
                #expect(truth - 1 <= Double(mapped.hardHighNs), "knots \(spacing) ns apart")
            }
        }
    }

    @Test(
        "Costs no more than it must: an edge that is touched is a few nanoseconds away",
        arguments: [true, false])
    func isTight(isOutInstant: Bool) throws {
        let fit = try ClockFit(exchanges: exchanges(1, isOutInstant: isOutInstant))
        for stamp in stride(from: 1_000_000_000 as Int64, to: 19_000_000_000, by: 100_000_000) {
            let mapped = fit.map(LocalInstant(ns: stamp))
            let truth = Double(stamp) + offset(Double(stamp) / 1e9, 1)
            let apart =
                isOutInstant
                ? truth - Double(mapped.hardLowNs) : Double(mapped.hardHighNs) - truth
            #expect(apart < 10)
        }
    }

    @Test(
        "Stamps are whole nanoseconds, cut down or up, and the truth is between them",
        arguments: [FloatingPointRoundingRule.down, .up])
    func wholeStamps(rule: FloatingPointRoundingRule) throws {
        func offset(_ stamp: Int64) -> Double { Double(stamp) * 17e-6 }
        let exchanges = (0..<400).map { (place: Int64) -> ClockExchange in
            let stamp = place / 2 * 100_000_007 + place % 2 * 150_003
            let other = stamp + Int64(offset(stamp).rounded(rule))
            return ClockExchange(
                train: UInt32(place / 2), member: UInt16(place % 2), t1: other, t2: stamp,
                t3: stamp, t4: other)
        }
        let fit = try ClockFit(
            exchanges: exchanges, options: ClockFitOptions(wanderPPBPerSecond: 1e-3))
        #expect(fit.events.isEmpty)
        for exchange in exchanges {
            let mapped = fit.map(LocalInstant(ns: exchange.t2))
            let truth = Double(exchange.t2) + offset(exchange.t2)
            #expect(Double(mapped.hardLowNs) <= truth && truth <= Double(mapped.hardHighNs))
        }
    }

    /// Ten exchanges a second that take no time, over 20 s, with a coordinator that is `ahead` by
    /// so many ns at seconds of the agent.
    private func instant(_ ahead: (Double) -> Double) -> [ClockExchange] {
        (0..<200).map { (place: Int64) -> ClockExchange in
            let stamp = place * 100_000_000
            let other = stamp + Int64(ahead(Double(stamp) / 1e9).rounded())
            return ClockExchange(
                train: UInt32(place / 2), member: UInt16(place % 2), t1: other, t2: stamp,
                t3: stamp, t4: other)
        }
    }

    @Test("Beyond the exchanges the rate may go on changing, either way", arguments: [1.0, -1])
    func extrapolates(sign: Double) throws {
        let fit = try ClockFit(
            exchanges: instant { offset($0, sign) },
            options: ClockFitOptions(wanderPPBPerSecond: Self.wander))
        #expect(fit.events.isEmpty)
        for seconds in [-10.0, -1, 21, 30] {
            let mapped = fit.map(LocalInstant(ns: Int64(seconds * 1e9)))
            let truth = seconds * 1e9 + offset(seconds, sign)
            #expect(Double(mapped.hardLowNs) <= truth + 1, "at \(seconds) s")
            #expect(truth - 1 <= Double(mapped.hardHighNs), "at \(seconds) s")
        }
    }

    @Test("A clock whose rate wanders beyond any clock's is broken", arguments: [1.0, -1])
    func fastest(sign: Double) throws {
        func events(from ppm: Double) throws -> Int {
            let exchanges = instant { sign * (ppm * 1e3 * $0 + Self.wander / 2 * $0 * $0) }
            return try ClockFit(exchanges: exchanges).events.count
        }
        // By 20 s it is faster by 2 ppm.
        #expect(try events(from: 597) == 0)
        #expect(try events(from: 599) > 0)
    }

    @Test("The rate is that of coordinator against agent, in parts per million")
    func skew() throws {
        let fit = try ClockFit(exchanges: exchanges(1, isOutInstant: true))
        // From 205 us below to 205 us above, over 20 s.
        #expect(try abs(#require(fit.skewPPM) - 20.5) < 0.2)
    }

    @Test("Later stamps never map to earlier instants, knots and breaks included")
    func order() throws {
        var shape = RunShape()
        shape.seconds = 12
        shape.trainsPerSecond = 8
        for change in [ClockBreak.rate(ppm: 0), .rate(ppm: -400), .slew(ppm: 450, seconds: 1)] {
            shape.breaks = [(6.3, change)]
            let run = SimulatedRun(shape, seed: 5)
            let fit = try ClockFit(exchanges: run.exchanges)
            let first = try #require(run.agentStamp(1))
            var last = Int64.min
            for step in 0..<50_000 as Range<Int64> {
                let mapped = fit.map(LocalInstant(ns: first + step * 200_000)).coordinatorNs
                #expect(mapped > last)
                last = mapped
            }
        }
    }
}

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

    @Test("Costs no more than it must: an edge that is touched is a few nanoseconds away")
    func isTight() throws {
        let fit = try ClockFit(exchanges: exchanges(1, isOutInstant: true))
        for stamp in stride(from: 1_000_000_000 as Int64, to: 19_000_000_000, by: 100_000_000) {
            let mapped = fit.map(LocalInstant(ns: stamp))
            let truth = Double(stamp) + offset(Double(stamp) / 1e9, 1)
            #expect(truth - Double(mapped.hardLowNs) < 10)
        }
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

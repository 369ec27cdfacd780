import Foundation
import Randomness
import Testing
import TimeBase

@testable import ClockSync

/// Simulated clocks and networks: whatever they do, the hard interval holds the truth.
///
/// The suite makes a few runs; `CLOCK_RUNS=10000 swift test --filter ClockPropertyTests` (with
/// `-c release`) makes as many of each kind as asked, from `CLOCK_SEED` on.
@Suite("The guaranteed interval, whatever clocks and network do")
struct ClockPropertyTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let isSoak = environment["CLOCK_RUNS"] != nil
    private static let runs = environment["CLOCK_RUNS"].flatMap { Int($0) } ?? 40
    private static let firstSeed = environment["CLOCK_SEED"].flatMap { UInt64($0) } ?? 1
    private static let seeds = firstSeed..<firstSeed + UInt64(runs)

    /// Lengths of a run, s, and instants at which it is checked: a soak's are those of real runs.
    private static let seconds = isSoak ? 8.0...40 : 5.0...8
    private static let instants = isSoak ? 400 : 40

    /// The result of a run.
    private struct Outcome {
        var misses: [(at: Double, by: Double)]
        var fit: ClockFit
        /// Whether the point was off by more than `est` outside of zones, asymmetry aside.
        var isBeyondEst: Bool
    }

    private func outcome(_ shape: RunShape, _ seed: UInt64) throws -> Outcome {
        var shape = shape
        if !Self.isSoak {
            shape.trainsPerSecond = min(shape.trainsPerSecond, 6)
            shape.burst = 8
        }
        let run = SimulatedRun(shape, seed: seed)
        var options = ClockFitOptions()
        if seed % 2 == 0 {
            // Bounds hold whatever the spacing of their knots.
            var random = SplitMix64(seed: seed)
            options.knotSpacing = TimeSpan(ns: Int64(random.magnitude(1e6...6e10).magnitude))
        }
        let fit = try ClockFit(exchanges: run.exchanges, options: options)
        let instants = run.instants(Self.instants)
        let isBeyond = instants.contains { instant in
            guard let stamp = run.agentStamp(instant) else { return false }
            let mapped = fit.map(LocalInstant(ns: stamp))
            let error = Double(mapped.coordinatorNs - run.coordinatorBase) - instant * 1e9
            return (error + shape.asymmetry).magnitude > Double(mapped.estNs)
        }
        return Outcome(
            misses: run.misses(fit, at: instants), fit: fit, isBeyondEst: isBeyond)
    }

    @Test("Clocks that only drift: no miss, no event")
    func drift() throws {
        for seed in Self.seeds {
            let outcome = try outcome(.random(seed, seconds: Self.seconds), seed)
            #expect(outcome.misses.isEmpty, "seed \(seed)")
            #expect(outcome.fit.events.isEmpty, "seed \(seed)")
        }
    }

    @Test("Nearly all delay in one direction, rates that change as fast as is assumed: no miss")
    func lopsided() throws {
        for seed in Self.seeds {
            let outcome = try outcome(.lopsided(seed, seconds: Self.seconds), seed)
            #expect(outcome.misses.isEmpty, "seed \(seed)")
        }
    }

    @Test("Steps, slews, changes of rate and suspends of any size: no miss")
    func breaks() throws {
        var found = 0
        for seed in Self.seeds {
            let outcome = try outcome(.broken(seed, seconds: Self.seconds), seed)
            #expect(outcome.misses.isEmpty, "seed \(seed)")
            found += outcome.fit.events.isEmpty ? 0 : 1
        }
        #expect(found * 2 > Self.runs)
    }

    @Test("Breaks too small for the bounds: no miss, and those that move the point are suspected")
    func smallBreaks() throws {
        var seen = 0
        var missed = 0
        // A few long ones: what is not seen for long cannot be suspected.
        let seeds = Self.isSoak ? Self.seeds : 1..<15
        let seconds = Self.isSoak ? 20.0...60 : 20.0...25
        for seed in seeds {
            let outcome = try outcome(.small(seed, seconds: seconds), seed)
            #expect(outcome.misses.isEmpty, "seed \(seed)")
            guard outcome.fit.events.isEmpty else { continue }
            seen += outcome.fit.suspected.isEmpty ? 0 : 1
            missed += outcome.fit.suspected.isEmpty && outcome.isBeyondEst ? 1 : 0
        }
        #expect(seen >= missed && seen > 0, "\(seen) suspected, \(missed) not")
    }
}

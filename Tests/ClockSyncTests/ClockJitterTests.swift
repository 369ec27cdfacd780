import ClockSync
import Testing
import TimeBase

/// Where jitter is even, all midpoints count; where it is a queue's, the shortest round trips do.
@Suite("Jitter of a path")
struct ClockJitterTests {
    /// A run over a path of 200 us one way.
    private func shape(_ change: (inout RunShape) -> Void) -> RunShape {
        var shape = RunShape()
        shape.seconds = 60
        shape.trainsPerSecond = 20
        shape.members = 4
        shape.out = 200_000
        shape.back = 200_000
        shape.jitter = 300
        shape.loss = 0.01
        change(&shape)
        return shape
    }

    /// |point - truth| at the 99th percentile, ns; every bound that is stated must hold.
    private func error(
        _ shape: RunShape, seed: UInt64, isEstKept: Bool = true
    ) throws -> Double {
        let run = SimulatedRun(shape, seed: seed)
        let fit = try ClockFit(exchanges: run.exchanges)
        let instants = run.instants(1_000)
        #expect(run.misses(fit, at: instants).isEmpty)
        #expect(fit.events.isEmpty)
        var errors: [Double] = []
        var far = 0
        for instant in instants {
            guard let stamp = run.agentStamp(instant) else { continue }
            let mapped = fit.map(LocalInstant(ns: stamp))
            let error = Double(mapped.coordinatorNs - run.coordinatorBase) - instant * 1e9
            errors.append(abs(error + shape.asymmetry))
            if errors[errors.count - 1] > Double(mapped.estNs) { far += 1 }
        }
        // Three standard deviations, and errors of neighbouring instants are the same one.
        #expect(!isEstKept || far <= instants.count / 20)
        errors.sort()
        return errors[errors.count * 99 / 100]
    }

    @Test("Even jitter is averaged out", arguments: 1...6 as ClosedRange<UInt64>)
    func even(seed: UInt64) throws {
        for jitter in [5_000.0, 20_000] {
            let p99 = try error(shape { $0.evenJitter = jitter }, seed: seed)
            #expect(p99 < 0.08 * jitter, "\(p99) ns of \(jitter)")
        }
    }

    @Test(
        "A burst of queueing on top of even jitter moves nothing",
        arguments: 1...4 as ClosedRange<UInt64>)
    func congested(seed: UInt64) throws {
        let p99 = try error(
            shape {
                $0.evenJitter = 10_000
                $0.congestion = [(20, 24, 600_000, 0)]
            }, seed: seed)
        #expect(p99 < 2_500, "\(p99) ns")
    }

    @Test(
        "A queue in one direction all the time is not taken for even jitter",
        arguments: 1...4 as ClosedRange<UInt64>)
    func queued(seed: UInt64) throws {
        // All that remains of the queue lies on one side, which no scatter shows.
        let p99 = try error(
            shape { $0.congestion = [(0, 100, 100_000, 0)] }, seed: seed, isEstKept: false)
        // The mean is 50,000 ns off, half of it in the midpoint.
        #expect(p99 < 2_500, "\(p99) ns")
    }

    @Test(
        "Queues in both directions, one longer, are not either",
        arguments: 1...4 as ClosedRange<UInt64>)
    func queuedBothWays(seed: UInt64) throws {
        let p99 = try error(
            shape { $0.congestion = [(0, 100, 100_000, 40_000)] }, seed: seed, isEstKept: false)
        #expect(p99 < 4_000, "\(p99) ns")
    }

    @Test("What is suspected at the very start does not widen the bound, lost segments or not")
    func suspectedAtTheStart() throws {
        var suspicions = 0
        for seed in 1...6 as ClosedRange<UInt64> {
            let shape = shape {
                $0.seconds = 30
                $0.trainsPerSecond = 1
                $0.burst = 100
                $0.evenJitter = 10_000
                $0.breaks = [(0.2, .step(ns: 60_000))]
                // A lost segment comes after 200 ms.
                $0.spikes = 0.05
                $0.spike = 200_000_000
            }
            let run = SimulatedRun(shape, seed: seed)
            let fit = try ClockFit(exchanges: run.exchanges)
            #expect(fit.events.isEmpty)
            suspicions += fit.suspected.count
            #expect(run.misses(fit, at: run.instants(400)).isEmpty)
            for instant in stride(from: 3, through: 25, by: 0.01) {
                let stamp = try #require(run.agentStamp(instant))
                let mapped = fit.map(LocalInstant(ns: stamp))
                #expect(mapped.hardHalfWidthNs < 800_000)
                #expect(
                    mapped.estNs
                        <= max(
                            mapped.hardHighNs - mapped.coordinatorNs,
                            mapped.coordinatorNs - mapped.hardLowNs))
            }
        }
        #expect(suspicions > 0)
    }
}

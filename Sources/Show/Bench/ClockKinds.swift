import ClockSync
import Randomness
import Results
import TimeBase

/// Kinds of runs on which a point estimate has its trouble: some of each, from seeds.
struct ClockKinds {
    private let hours: Int
    private let hour: Int64
    private let slews: Int

    init(_ size: BenchSize) {
        hours = size == .full ? 24 : 2
        hour = size == .full ? 3_600 : 120
        slews = size == .full ? 240 : 4
    }

    /// Rows of errors outside of event zones; where a guaranteed bound does not hold there are
    /// none.
    func rows() throws(BenchFailure) -> [BenchRow] {
        let length = hour >= 3_600 ? "1 h" : "\(hour) s"
        let wander = SimulatedProbes.Kind(seconds: hour, trainsPerSecond: 2, wander: 10)
        let wandering = try judged(
            "\(hours) x \(length), 10 ppb/sqrt(s)", Array(repeating: wander, count: hours))
        let slewed = try judged(
            "\(slews) x 20 to 120 s, a slew", (0..<slews).map { Self.slew(seed: UInt64($0)) })
        return [
            row("\(wandering.name), p99, median", wandering.tail, nil),
            row("\(wandering.name), worst", wandering.greatest, nil, .atMost(0.6)),
            wandering.suspicions,
            row(
                "\(slewed.name), p99, mean", slewed.tails, slewed.plainTails, .atMostFloors(1.1)),
            row(
                "\(slewed.name), worst, mean", slewed.worsts, slewed.plainWorsts,
                .atMostFloors(1.3)),
            slewed.suspicions,
        ]
    }

    /// A run with a slew of either sign by 100 to 500 ppm, from shorter than a zone on, or one that
    /// does not end.
    private static func slew(seed: UInt64) -> SimulatedProbes.Kind {
        var generator = SplitMix64(seed: 77 &+ seed)
        let seconds = Int64.random(in: 20...120, using: &generator)
        let begin = seconds * Int64.random(in: 200_000_000...600_000_000, using: &generator)
        let length = seconds * Int64.random(in: 20_000_000...200_000_000, using: &generator)
        let share = Double.random(in: 100e-6...500e-6, using: &generator)
        return SimulatedProbes.Kind(
            seconds: seconds, trainsPerSecond: Int64.random(in: 2...20, using: &generator),
            slew: (
                begin...(Bool.random(using: &generator) ? .max : begin + length),
                Bool.random(using: &generator) ? share : -share
            ),
            jitterNs: Double.random(in: 500...4_000, using: &generator),
            lost: Double.random(in: 0...0.2, using: &generator))
    }

    /// The outcome of some runs, errors in ns.
    private struct Outcome {
        var name: String
        /// The errors of each run's fit, and those of the plain smoother.
        var errors: [(tail: Int64, worst: Int64)] = []
        var plain: [(tail: Int64, worst: Int64)] = []
        var suspected = 0

        /// The median of the p99.
        var tail: Double { Double(errors.map(\.tail).sorted()[errors.count / 2]) }
        var greatest: Double { Double(errors.map(\.worst).max() ?? 0) }
        var tails: Double { Self.mean(errors.map(\.tail)) }
        var worsts: Double { Self.mean(errors.map(\.worst)) }
        var plainTails: Double { Self.mean(plain.map(\.tail)) }
        var plainWorsts: Double { Self.mean(plain.map(\.worst)) }

        var suspicions: BenchRow {
            BenchRow(
                benchmark: .clock, name: "\(name), suspected breaks", value: Double(suspected),
                unit: "breaks", goal: nil)
        }

        private static func mean(_ errors: [Int64]) -> Double {
            errors.reduce(0) { $0 + Double($1) } / Double(errors.count)
        }
    }

    private func judged(
        _ name: String, _ kinds: [SimulatedProbes.Kind]
    ) throws(BenchFailure) -> Outcome {
        var outcome = Outcome(name: name)
        for (number, kind) in kinds.enumerated() {
            let probes = SimulatedProbes(kind, seed: 1_000 + UInt64(number))
            let fit: ClockFit
            do throws(ClockError) {
                fit = try ClockFit(exchanges: probes.exchanges)
            } catch {
                throw wrong("\(name): \(error)")
            }
            let errors = ClockErrors(
                probes.instants.map { ($0.agentNs, fit.map(LocalInstant(ns: $0.agentNs))) },
                truth: probes.instants.map(\.coordinatorNs), events: fit.events)
            guard errors.hardCoverage == 1 else {
                throw wrong("\(name): the hard interval misses the truth in run \(number)")
            }
            guard fit.events.isEmpty == (kind.slew == nil) else {
                throw wrong("\(name): run \(number) has the events \(fit.events)")
            }
            outcome.errors.append((errors.p99 ?? .max, errors.maximum ?? .max))
            outcome.suspected += fit.suspected.count
            if kind.slew != nil { outcome.plain.append(plain(probes, events: fit.events)) }
        }
        return outcome
    }

    /// The errors of the plain smoother at the same instants.
    private func plain(
        _ probes: SimulatedProbes, events: [ClockEvent]
    ) -> (tail: Int64, worst: Int64) {
        let smoother = PlainSmoother(probes.exchanges, breaks: probes.breaks)
        let errors = probes.instants.filter { instant in
            !events.contains {
                $0.fromAgentNs <= instant.agentNs && instant.agentNs <= $0.toAgentNs
            }
        }.map { abs(smoother.map($0.agentNs) - $0.coordinatorNs) }.sorted()
        return (errors[min(errors.count - 1, errors.count * 99 / 100)], errors[errors.count - 1])
    }

    private func row(
        _ name: String, _ ns: Double, _ floor: Double?, _ goal: BenchRow.Goal? = nil
    ) -> BenchRow {
        BenchRow(
            benchmark: .clock, name: name, value: ns / 1e3, unit: "us",
            floor: floor.map { $0 / 1e3 }, goal: goal)
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .clock, problem: problem)
    }
}

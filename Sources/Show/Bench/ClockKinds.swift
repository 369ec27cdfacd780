import ClockSync
import Results
import TimeBase

/// Kinds of runs on which a point estimate has its trouble: some of each, from seeds.
struct ClockKinds {
    private let runs: Int
    private let hour: Int64
    private let short: Int64 = 20

    init(_ size: BenchSize) {
        runs = size == .full ? 24 : 2
        hour = size == .full ? 3_600 : 120
    }

    /// Rows of errors outside of event zones; where a guaranteed bound does not hold there are
    /// none.
    func rows() throws(BenchFailure) -> [BenchRow] {
        let length = hour >= 3_600 ? "1 h" : "\(hour) s"
        return try rows("\(runs) x \(length), 10 ppb/sqrt(s)", worst: 0.6) { _ in
            SimulatedProbes.Kind(seconds: hour, trainsPerSecond: 2, wander: 10)
        }
            + rows("\(runs) x \(short) s, slew of 500 ppm", worst: 1.5) { number in
                // Shorter and longer than a zone, and one that does not end.
                let length = Int64(number % 4 + 1) * 800_000_000
                let begin: Int64 = 8_000_000_000 + Int64(number) * 37_000_000
                return SimulatedProbes.Kind(
                    seconds: short, trainsPerSecond: 5,
                    slew: (
                        begin...(number % 4 == 3 ? .max : begin + length),
                        number.isMultiple(of: 2) ? 500e-6 : -500e-6
                    ))
            }
    }

    private func rows(
        _ name: String, worst goal: Double, _ kind: (Int) -> SimulatedProbes.Kind
    ) throws(BenchFailure) -> [BenchRow] {
        var tails: [Int64] = []
        var greatest: Int64 = 0
        var suspected = 0
        for number in 0..<runs {
            let kind = kind(number)
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
            tails.append(errors.p99 ?? .max)
            greatest = max(greatest, errors.maximum ?? .max)
            suspected += fit.suspected.count
        }
        tails.sort()
        return [
            row("\(name), p99, median", Double(tails[tails.count / 2]) / 1e3, "us"),
            row("\(name), worst", Double(greatest) / 1e3, "us", .atMost(goal)),
            row("\(name), suspected breaks", Double(suspected), "breaks"),
        ]
    }

    private func row(
        _ name: String, _ value: Double, _ unit: String, _ goal: BenchRow.Goal? = nil
    ) -> BenchRow {
        BenchRow(benchmark: .clock, name: name, value: value, unit: unit, goal: goal)
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .clock, problem: problem)
    }
}

import ClockSync
import Glibc
import Results
import TimeBase
import Timeline

/// Clock fits of simulated probes: how near the truth they come, and what they cost.
struct ClockBenchmark {
    private let size: BenchSize
    /// The length of the one fit; ``agentSeconds`` is that of each of many fits.
    private let seconds: Int64
    private let agents: Int
    private let agentSeconds: Int64
    private let repetitions: Int

    init(_ size: BenchSize) {
        self.size = size
        seconds = size == .full ? 3_600 : 30
        agents = size == .full ? 64 : 4
        agentSeconds = size == .full ? 300 : 10
        repetitions = size == .full ? 3 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let probes = SimulatedProbes(seconds: seconds, seed: 17)
        let (fit, spent) = try timedFit(probes)
        let errors = try judged(fit, probes)
        let floor = Stopwatch.leastNs(repetitions) { keep(Self.onePass(probes.exchanges)) }
        let window = LocalInstant(ns: probes.instants[0].agentNs)
        let end = LocalInstant(ns: probes.instants[probes.instants.count - 1].agentNs)
        let width = fit.hardHalfWidth(in: window...end)
        let length = seconds >= 3_600 ? "\(seconds / 3_600) h" : "\(seconds) s"
        return try [
            row("hard interval holds the truth", errors.hardCoverage * 100, "%", .atLeast(100)),
            row("|estimate - truth| p50", Self.us(errors.p50), "us", nil),
            row("|estimate - truth| p99", Self.us(errors.p99), "us", .atMost(0.3)),
            row("|estimate - truth| max", Self.us(errors.maximum), "us", .atMost(0.6)),
            BenchRow(
                benchmark: .clock, name: "hard half-width, median",
                value: Double(width.median) / 1e3, unit: "us",
                floor: Double(fit.minRTTNs) / 2e3,
                goal: .atMost(Double(fit.minRTTNs) / 2e3 + 1)),
            BenchRow(
                benchmark: .clock, name: "fit, \(length) of 20 trains/s", value: spent / 1e9,
                unit: "s", floor: floor / 1e9, goal: .atMost(2)),
            mapping(fit, probes), parallel(),
        ] + ClockLayout(size, fit, from: window, to: end, length).rows()
            + ClockKinds(size).rows()
    }

    /// Nothing is within a zone, or the benchmark would have failed.
    private static func us(_ ns: Int64?) -> Double { Double(ns ?? .max) / 1e3 }

    private func row(
        _ name: String, _ value: Double, _ unit: String, _ goal: BenchRow.Goal?
    ) -> BenchRow {
        BenchRow(benchmark: .clock, name: name, value: value, unit: unit, goal: goal)
    }

    private func timedFit(
        _ probes: SimulatedProbes
    ) throws(BenchFailure) -> (ClockFit, ns: Double) {
        var made: Result<ClockFit, ClockError>?
        let spent = Stopwatch.leastNs(repetitions) {
            made = Result { () throws(ClockError) in try ClockFit(exchanges: probes.exchanges) }
        }
        switch made {
        case .success(let fit): return (fit, spent)
        case .failure(let error): throw wrong("\(error)")
        case nil: throw wrong("nothing was fitted")
        }
    }

    /// The fit against the truth; a bound that does not hold, or an event where nothing broke, is a
    /// failure.
    private func judged(
        _ fit: ClockFit, _ probes: SimulatedProbes
    ) throws(BenchFailure) -> ClockErrors {
        let errors = ClockErrors(
            probes.instants.map { ($0.agentNs, fit.map(LocalInstant(ns: $0.agentNs))) },
            truth: probes.instants.map(\.coordinatorNs), events: fit.events)
        guard errors.hardCoverage == 1 else {
            throw wrong("the hard interval misses the truth at some instant")
        }
        guard fit.isValid, fit.events.isEmpty else {
            throw wrong("the fit sees a break where none is: \(fit.events) \(fit.reasons)")
        }
        return errors
    }

    /// The floor: every exchange is looked at once.
    private static func onePass(_ exchanges: [ClockExchange]) -> Int64 {
        var least = Int64.max
        for exchange in exchanges {
            least = min(least, (exchange.t4 &- exchange.t1) &- (exchange.t3 &- exchange.t2))
        }
        return least
    }

    /// Stamps in order, as a request's tokens come.
    private func mapping(
        _ fit: ClockFit, _ probes: SimulatedProbes
    ) throws(BenchFailure) -> BenchRow {
        let count = size == .full ? 1_000_000 : 10_000
        let first = probes.instants[0].agentNs
        let last = probes.instants[probes.instants.count - 1].agentNs
        let step = (last - first) / Int64(count)
        let stamps = (0..<count).map { first + Int64($0) * step }
        var mapped: [Int64] = []
        let spent = Stopwatch.leastNs(repetitions) {
            mapped = stamps.map { fit.map(LocalInstant(ns: $0)).coordinatorNs }
        }
        guard zip(mapped, mapped.dropFirst()).allSatisfy(<) else {
            throw wrong("stamps in order map to instants out of order")
        }
        let offset = mapped[0] - stamps[0]
        let floor = Stopwatch.leastNs(repetitions) { keep(stamps.map { $0 &+ offset }) }
        let rate = Double(count) * 1e9
        return BenchRow(
            benchmark: .clock, name: "stamps mapped", value: rate / spent, unit: "stamps/s",
            floor: rate / floor)
    }

    /// Many fits at once against the same ones after one another, shared out over all cores without
    /// loss.
    private func parallel() throws(BenchFailure) -> BenchRow {
        let clocks = (0..<agents).map { agent in
            ClockFits.Evidence(
                exchanges: SimulatedProbes(seconds: agentSeconds, seed: 100 + UInt64(agent))
                    .exchanges)
        }
        let begin = Self.wallNs
        let together = ClockFits.all(clocks)
        let spent = Self.wallNs - begin
        var alone: [Result<ClockFit, ClockError>] = []
        let loneBegin = Self.wallNs
        for clock in clocks { alone += ClockFits.all([clock]) }
        let lone = Self.wallNs - loneBegin
        for (one, other) in zip(together, alone) {
            guard case .success(let a) = one, case .success(let b) = other,
                a.minRTTNs == b.minRTTNs, a.skewPPM == b.skewPPM, a.exchanges == b.exchanges
            else { throw wrong("a fit beside others differs from the same fit alone") }
        }
        let cores = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        return BenchRow(
            benchmark: .clock, name: "\(agents) agents, \(agentSeconds) s each, all cores",
            value: spent / 1e9, unit: "s", floor: lone / cores / 1e9)
    }

    private static var wallNs: Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .clock, problem: problem)
    }
}

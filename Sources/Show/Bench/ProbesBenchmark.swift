import CReceiver
import ClockSync
import Coordinator
import CoordinatorCore
import Glibc
import RunRecord
import TimeBase

/// The cost of a clock probe on either side, beside a C program that exchanges as many bytes.
struct ProbesBenchmark {
    private let size: BenchSize

    init(_ size: BenchSize) { self.size = size }

    /// Trains a second where the cost of one exchange is measured: enough to be exact, with a pause
    /// after each train, as a run has it.
    private static let trainsPerSecond: Int64 = 500
    private static let members = 4
    /// How often the cost is measured, a second each.
    private static let rounds = 6
    /// A probe's frame without encryption.
    private static let frameBytes = 90
    /// A probe costs at most so many times what the C program's exchange does, without encryption.
    private static let mostFloors = 1.3

    func rows() throws(BenchFailure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for isSecure in [false, true] { rows += try exchange(isSecure: isSecure) }
        rows += try shares()
        // The least that user stamps can be off by here: how differently this machine wakes two
        // threads.
        let least = try error(echoedAtPace())
        for isSecure in [false, true] { rows += try errors(isSecure: isSecure, least: least) }
        return rows
    }

    /// CPU of one exchange, both sides, and of the C program's in turn: the least of some rounds
    /// each, because what disturbs one only ever adds.
    private func exchange(isSecure: Bool) throws(BenchFailure) -> [BenchRow] {
        let pace = ClockLink.Pace(
            interval: TimeSpan(ns: 1_000_000_000 / Self.trainsPerSecond), isJittered: false)
        var least = (asking: Double.infinity, answering: Double.infinity)
        var floor = least
        for _ in 0..<(size == .full ? Self.rounds : 1) {
            let outcome = try drive(
                agents: 1, pace, for: size == .full ? .seconds(1) : .milliseconds(100),
                isSecure: isSecure)
            let exchanges = Double(outcome.exchanges)
            least.asking = min(least.asking, Double(outcome.coordinatorNs) / exchanges)
            least.answering = min(least.answering, Double(outcome.agentNs) / exchanges)
            let (cost, echoed) = try echo(
                trains: size == .full ? Int(Self.trainsPerSecond) : 50,
                pauseMs: Int32(1_000 / Self.trainsPerSecond))
            let echoes = Double(echoed.count)
            floor.asking = min(floor.asking, Double(cost.asking_ns) / echoes)
            floor.answering = min(floor.answering, Double(cost.answering_ns) / echoes)
        }
        let name = isSecure ? "under TLS" : "plain"
        // Encryption is no work of ours: its cost is shown, and not judged.
        let goal = isSecure ? nil : BenchRow.Goal.atMostFloors(Self.mostFloors)
        return [
            BenchRow(
                benchmark: .probes, name: "coordinator, \(name)", value: least.asking / 1e3,
                unit: "CPU us/probe", floor: floor.asking / 1e3, goal: goal),
            BenchRow(
                benchmark: .probes, name: "agent, \(name)", value: least.answering / 1e3,
                unit: "CPU us/probe", floor: floor.answering / 1e3, goal: goal),
        ]
    }

    /// The C program's cost, and its exchanges by its own clock readings.
    private func echo(
        trains: Int, pauseMs: Int32
    ) throws(BenchFailure) -> (legato_echoed, [ClockExchange]) {
        let count = trains * Self.members
        var asked = [Int64](repeating: 0, count: 2 * count)
        var answered = asked
        var cost = legato_echoed()
        let code = legato_echo(
            UInt32(trains), UInt32(Self.members), pauseMs, Self.frameBytes, &asked, &answered,
            &cost)
        guard code == 0 else { throw wrong("the C echo: \(String(cString: strerror(code)))") }
        let exchanges = (0..<count).map { index in
            ClockExchange(
                train: UInt32(index / Self.members), member: UInt16(index % Self.members),
                t1: asked[2 * index], t2: answered[2 * index], t3: answered[2 * index + 1],
                t4: asked[2 * index + 1])
        }
        return (cost, exchanges)
    }

    /// Shares of a core at a run's own rates, under TLS.
    private func shares() throws(BenchFailure) -> [BenchRow] {
        let length = size == .full ? TimeSpan.seconds(5) : .milliseconds(300)
        let one = try drive(agents: 1, .run(agents: 1), for: length, isSecure: true)
        let count = size == .full ? 1_000 : 20
        let many = try drive(agents: count, .run(agents: count), for: length, isSecure: true)
        return [
            BenchRow(
                benchmark: .probes, name: "an agent at its rate",
                value: share(one.agentNs, of: one, agents: 1), unit: "% of a core", floor: nil,
                goal: .atMost(0.5)),
            BenchRow(
                benchmark: .probes, name: "a coordinator of \(count) agents",
                value: share(many.coordinatorNs, of: many, agents: count),
                unit: "% of a core", floor: nil, goal: .atMost(50)),
        ]
    }

    /// The CPU that all probes that were due would have taken, % of a core: a busy machine answers
    /// fewer.
    private func share(_ cpuNs: Int64, of outcome: ProbeDrive.Outcome, agents: Int) -> Double {
        let perSecond =
            Double(agents * Self.members) * 1e9
            / Double(ClockLink.Pace.run(agents: agents).interval.ns)
        return 100 * Double(cpuNs) / Double(outcome.exchanges) / 1e9 * perSecond
    }

    /// Distance of the fit from the truth, which is known: both ends read one clock, the offset is
    /// 0.
    private func errors(isSecure: Bool, least: FitError) throws(BenchFailure) -> [BenchRow] {
        let outcome = try drive(
            agents: 1, .run(agents: 1), for: size == .full ? .seconds(10) : .milliseconds(500),
            isSecure: isSecure)
        let kernel = outcome.rows[0].map(\.exchange)
        let user = kernel.map { exchange in
            var exchange = exchange
            exchange.k2 = nil
            exchange.k4 = nil
            return exchange
        }
        let suffix = isSecure ? ", TLS" : ""
        return try rows(error(user), "user stamps\(suffix)", least, p99: 0.25, most: 0.5)
            + rows(error(kernel), "kernel stamps\(suffix)", nil, p99: 0.1, most: 0.3)
    }

    /// The C program's exchanges at a run's pace.
    private func echoedAtPace() throws(BenchFailure) -> [ClockExchange] {
        let perSecond = 1_000_000_000 / ClockLink.Pace.run(agents: 1).interval.ns
        return try echo(
            trains: size == .full ? Int(10 * perSecond) : 10, pauseMs: Int32(1_000 / perSecond)
        ).1
    }

    /// Distance of a fit from the truth, in us.
    private struct FitError {
        var p99: Double
        var most: Double
    }

    private func error(_ exchanges: [ClockExchange]) throws(BenchFailure) -> FitError {
        let fit: ClockFit
        do throws(ClockError) { fit = try ClockFit(exchanges: exchanges) } catch {
            throw wrong("\(error)")
        }
        guard let first = exchanges.first?.t2, let last = exchanges.last?.t3 else {
            throw wrong("no probe was answered")
        }
        var errors: [Int64] = []
        for local in stride(from: first, through: last, by: 1_000_000) {
            let mapped = fit.map(LocalInstant(ns: local))
            guard mapped.hardLowNs <= local, local <= mapped.hardHighNs else {
                throw wrong("the guaranteed interval does not hold the truth at \(local)")
            }
            errors.append(abs(mapped.coordinatorNs - local))
        }
        errors.sort()
        return FitError(
            p99: Double(errors[(errors.count - 1) * 99 / 100]) / 1e3,
            most: Double(errors[errors.count - 1]) / 1e3)
    }

    private func rows(
        _ error: FitError, _ name: String, _ floor: FitError?, p99: Double, most: Double
    ) -> [BenchRow] {
        [
            BenchRow(
                benchmark: .probes, name: "|error| p99, \(name)", value: error.p99, unit: "us",
                floor: floor?.p99, goal: .atMost(p99)),
            BenchRow(
                benchmark: .probes, name: "|error| max, \(name)", value: error.most, unit: "us",
                floor: floor?.most, goal: .atMost(most)),
        ]
    }

    /// Probes, and checks that enough was answered.
    private func drive(
        agents: Int, _ pace: ClockLink.Pace, for length: TimeSpan, isSecure: Bool
    ) throws(BenchFailure) -> ProbeDrive.Outcome {
        let outcome: ProbeDrive.Outcome
        do throws(ProbeDrive.Failure) {
            outcome = try ProbeDrive.run(
                agents: agents, pace: pace, for: length, isSecure: isSecure, keepsRows: true)
        } catch {
            throw wrong("\(error)")
        }
        guard outcome.exchanges > 0 else { throw wrong("no probe was answered") }
        for (agent, rows) in outcome.rows.enumerated() where rows.isEmpty {
            throw wrong("agent \(agent) answered nothing")
        }
        for row in outcome.rows.joined() {
            // One host, one clock.
            let exchange = row.exchange.stampedByKernel
            guard exchange.t1 <= exchange.t2, exchange.t2 <= exchange.t3, exchange.t3 <= exchange.t4
            else { throw wrong("the stamps \(row.exchange) go backwards on one clock") }
        }
        return outcome
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .probes, problem: problem)
    }
}

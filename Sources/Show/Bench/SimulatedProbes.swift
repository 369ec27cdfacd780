import ClockSync
import Glibc
import Randomness

/// Probes between two clocks whose every instant is known, over a network of queues: what a fit can
/// be judged by.
///
/// The agent's oscillator is off by up to 50 ppm; its rate walks at random by 1 ppb a root second
/// and swings by 0.3 ppm with the heat of ten minutes. A path takes 20 us and log-normal jitter;
/// one probe in fifty meets a burst and one in two hundred a busy host, one in a hundred is lost,
/// and a train's first pays two cold wake-ups.
struct SimulatedProbes {
    /// A run as it may be.
    struct Kind {
        var seconds: Int64
        var trainsPerSecond: Int64 = 20
        /// The rate's random walk, ppb a root second.
        var wander = 1.0
        /// When the agent's clock is slewed, ns of the run, and by what share of its rate.
        var slew: (span: ClosedRange<Int64>, share: Double)?
        /// The median of either way's jitter, ns, and the share of exchanges that are lost.
        var jitterNs = 2_000.0
        var lost = 0.01
    }

    let exchanges: [ClockExchange]
    /// Instants of the agent within the run, and the coordinator's time at each.
    let instants: [(agentNs: Int64, coordinatorNs: Int64)]
    /// When the agent's clock broke, on it.
    let breaks: [Int64]

    private static let members: UInt16 = 4
    private static let start: Int64 = 1_200_000_000_000_000
    private static let agentStart: Int64 = -340_000_000_000_000
    private static let floorNs = 20_000.0

    init(seconds: Int64, seed: UInt64) { self.init(Kind(seconds: seconds), seed: seed) }

    init(_ kind: Kind, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let seconds = kind.seconds
        let clock = WanderingClock(kind, using: &generator)
        let count = seconds * kind.trainsPerSecond
        let spacing = 1_000_000_000 / kind.trainsPerSecond
        var exchanges: [ClockExchange] = []
        exchanges.reserveCapacity(Int(count) * Int(Self.members))
        func agent(_ ns: Int64) -> Int64 {
            Self.agentStart + (ns - Self.start)
                + Int64(clock.offset(atNs: ns - Self.start).rounded(.down))
        }
        for train in 0..<count {
            let jitter = Double.random(in: -0.3...0.3, using: &generator)
            var t1 = Self.start + train * spacing + Int64((0.5 + jitter) * Double(spacing))
            for member in 0..<Self.members {
                if Double.random(in: 0..<1, using: &generator) < kind.lost { break }
                let there = t1 + Self.delay(member, kind.jitterNs, using: &generator)
                let leaves = there + Int64.random(in: 1_000...2_500, using: &generator)
                let back = leaves + Self.delay(member, kind.jitterNs, using: &generator)
                exchanges.append(
                    ClockExchange(
                        train: UInt32(train), member: member, t1: t1, t2: agent(there),
                        t3: agent(leaves), t4: back))
                t1 = back + Int64.random(in: 1_000...2_500, using: &generator)
            }
        }
        self.exchanges = exchanges
        let ends = kind.slew.map { [$0.span.lowerBound, $0.span.upperBound] } ?? []
        breaks = ends.filter { $0 < seconds * 1_000_000_000 }.map { agent(Self.start + $0) }
        let samples: Int64 = 2_000
        instants = (1..<samples).map { step in
            let ns = Self.start + seconds * 1_000_000_000 / samples * step
            return (agent(ns), ns)
        }
    }

    /// One way of one exchange, ns.
    private static func delay(
        _ member: UInt16, _ jitterNs: Double, using generator: inout SplitMix64
    ) -> Int64 {
        var delay = floorNs + jitterNs * exp(generator.nextNormal() * 0.8)
        switch Int.random(in: 0..<1_000, using: &generator) {
        case ..<5: delay += Double.random(in: 50_000...400_000, using: &generator)
        case ..<25: delay += Double.random(in: 0...80_000, using: &generator)
        default: break
        }
        if member == 0 { delay += Double.random(in: 3_000...7_000, using: &generator) }
        return Int64(delay)
    }
}

/// How far one clock is ahead of another over time, with a rate that is continuous.
private struct WanderingClock {
    private static let stepNs: Int64 = 10_000_000
    /// At each step: ns gained so far, and the rate from there.
    private var gained: [Double] = []
    private var rates: [Double] = []

    init(_ kind: SimulatedProbes.Kind, using generator: inout SplitMix64) {
        let seconds = kind.seconds + 2
        let base = Double.random(in: -50e-6...50e-6, using: &generator)
        let phase = Double.random(in: 0...(2 * .pi), using: &generator)
        var walked = 0.0
        var total = 0.0
        for step in 0...(seconds * 1_000_000_000 / Self.stepNs) {
            let time = Double(step * Self.stepNs) / 1e9
            var rate = base + walked + 0.3e-6 * sin(2 * .pi * time / 600 + phase)
            if let slew = kind.slew, slew.span.contains(step * Self.stepNs) { rate += slew.share }
            if let last = rates.last { total += (last + rate) / 2 * Double(Self.stepNs) }
            gained.append(total)
            rates.append(rate)
            // Uniform, not normal: the rate's own slope then has a bound, 17 ppb/s.
            walked += kind.wander * Double.random(in: -1.7e-10...1.7e-10, using: &generator)
        }
    }

    func offset(atNs ns: Int64) -> Double {
        let step = Int(ns / Self.stepNs)
        let rest = Double(ns % Self.stepNs)
        let slope = (rates[step + 1] - rates[step]) / Double(Self.stepNs)
        return gained[step] + rates[step] * rest + slope * rest * rest / 2
    }
}

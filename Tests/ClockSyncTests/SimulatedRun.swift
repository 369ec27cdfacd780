import ClockSync
import Glibc
import Randomness
import TimeBase

extension SplitMix64 {
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &self)
    }

    /// Uniform in the logarithm, with a random sign.
    mutating func magnitude(_ range: ClosedRange<Double>) -> Double {
        exp(uniform(log(range.lowerBound)...log(range.upperBound))) * (chance(0.5) ? 1 : -1)
    }

    mutating func chance(_ share: Double) -> Bool { uniform(0...1) < share }
}

/// Something that an agent's clock does in a run, at a time of the coordinator in seconds.
enum ClockBreak: Hashable, Sendable {
    /// The offset (coordinator minus agent) jumps by so many ns: a positive one sets the agent
    /// back.
    case step(ns: Double)
    /// The offset's rate changes by so many ppm.
    case rate(ppm: Double)
    /// The rate changes, and changes back.
    case slew(ppm: Double, seconds: Double)
    /// The agent's host stands still, its RAW too.
    case suspend(seconds: Double)
}

/// How clocks and network of a run are made up.
struct RunShape: Sendable {
    var seconds = 30.0
    var trainsPerSecond = 10.0
    var members = 3
    /// Base delays out and back, ns.
    var out = 22_000.0
    var back = 22_000.0
    /// Median of the lognormal jitter of either direction, ns, and its spread.
    var jitter = 2_000.0
    var jitterSpread = 0.7
    /// Standard deviation of jitter that shortens as well as lengthens either direction, ns.
    var evenJitter = 0.0
    var loss = 0.1
    var skewPPM = 20.0
    /// Random walk of the rate, ppb a root second.
    var wander = 1.1
    /// Amplitude, ppb, and period, s, of a thermal swing.
    var thermal = 0.0
    var thermalPeriod = 60.0
    /// Host spikes: their share of messages and their size, ns.
    var spikes = 0.0
    var spike = 300_000.0
    /// Congestion: from, to (s), queue out and back at most, ns.
    var congestion: [(from: Double, to: Double, out: Double, back: Double)] = []
    var burst = 30
    var breaks: [(at: Double, what: ClockBreak)] = []

    /// The least round trip that no jitter can undercut, ns.
    var floor: Double { out + back }
    /// The error that no two-way protocol can see, ns: the estimate is truth less this.
    var asymmetry: Double { (out - back) / 2 }
}

/// One run of probes between simulated clocks over a simulated network, with the truth.
struct SimulatedRun: Sendable {
    /// Grid of the clock's integration, s.
    private static let grid = 0.002

    private(set) var exchanges: [ClockExchange] = []
    let shape: RunShape
    /// Coordinator and agent stamps of time 0, ns.
    let coordinatorBase: Int64
    let agentBase: Int64

    private var random: SplitMix64
    /// Smooth offset (ns, since time 0) and its rate (ns/s) at each grid point.
    private var offsets: [Double] = []
    private var rates: [Double] = []
    private var train: UInt32 = 0

    init(_ shape: RunShape, seed: UInt64) {
        self.shape = shape
        random = SplitMix64(seed: seed)
        coordinatorBase = Int64(random.uniform(0...1e15))
        agentBase = Int64(random.uniform(-1e15...1e15))
        integrate()
        probe()
    }

    // MARK: The clock

    private mutating func integrate() {
        let count = Int(((shape.seconds + 40) / Self.grid).rounded(.up)) + 2
        var rate = shape.skewPPM * 1e3
        var offset = 0.0
        let phase = random.uniform(0...6.28)
        var walk = 0.0
        offsets.reserveCapacity(count)
        rates.reserveCapacity(count)
        for index in 0..<count {
            let now = Double(index) * Self.grid
            walk += random.nextNormal() * shape.wander * sqrt(Self.grid)
            var bent = shape.skewPPM * 1e3 + walk
            bent += shape.thermal * sin(phase + 2 * .pi * now / shape.thermalPeriod)
            for (at, what) in shape.breaks where now >= ran(at) {
                switch what {
                case .rate(let ppm): bent += ppm * 1e3
                case .slew(let ppm, let seconds):
                    bent += now < ran(at + seconds) ? ppm * 1e3 : 0
                default: break
                }
            }
            if index > 0 { offset += rate * Self.grid }
            rate = bent
            offsets.append(offset)
            rates.append(rate)
        }
    }

    /// Coordinator minus agent, ns since both bases, at `seconds` of the coordinator's time.
    private func offset(_ seconds: Double) -> Double {
        let ran = ran(seconds)
        let index = min(max(0, Int(ran / Self.grid)), offsets.count - 1)
        var offset = offsets[index] + rates[index] * (ran - Double(index) * Self.grid)
        for (at, what) in shape.breaks where seconds >= at {
            switch what {
            case .step(let ns): offset += ns
            case .suspend(let span): offset += min(span, seconds - at) * 1e9
            default: break
            }
        }
        return offset
    }

    /// How long the agent's clock has run by then: it neither goes on nor drifts while it stands.
    private func ran(_ seconds: Double) -> Double {
        var ran = seconds
        for case (let at, .suspend(let span)) in shape.breaks {
            ran -= min(span, max(0, seconds - at))
        }
        return ran
    }

    /// The stamp that the agent takes at `seconds` of the coordinator's time; nil while it stands
    /// still.
    func agentStamp(_ seconds: Double) -> Int64? {
        guard running(seconds) == seconds else { return nil }
        return agentBase + Int64((seconds * 1e9 - offset(seconds)).rounded(.down))
    }

    /// When the agent next runs.
    private func running(_ seconds: Double) -> Double {
        for case (let at, .suspend(let span)) in shape.breaks
        where seconds >= at && seconds < at + span {
            return at + span
        }
        return seconds
    }

    private func coordinatorStamp(_ seconds: Double) -> Int64 {
        coordinatorBase + Int64((seconds * 1e9).rounded(.down))
    }

    // MARK: The probes

    /// Bursts in the second before 1 s and in the last one, trains with 30 % jitter between.
    private mutating func probe() {
        var now = 0.0
        let end = shape.seconds
        while now < end {
            let isBurst = now < 1 || now > end - 1
            let rate = isBurst ? Double(shape.burst) : shape.trainsPerSecond
            let next = now + random.uniform(0.7...1.3) / rate
            now = max(next, sendTrain(at: now))
        }
    }

    /// Sends a train; returns when it was over, ns.
    private mutating func sendTrain(at start: Double) -> Double {
        var sent = start
        for member in 0..<shape.members {
            if random.chance(shape.loss) { break }
            let arrived = running(sent + delay(sent, isOut: true, isCold: member == 0))
            let answered = running(arrived + random.uniform(1e-6...3e-6))
            let received = answered + delay(answered, isOut: false, isCold: member == 0)
            guard let t2 = agentStamp(arrived), let t3 = agentStamp(answered) else { break }
            exchanges.append(
                ClockExchange(
                    train: train, member: UInt16(member), t1: coordinatorStamp(sent), t2: t2,
                    t3: max(t2, t3), t4: coordinatorStamp(received)))
            sent = received + random.uniform(1e-6...4e-6)
        }
        train += 1
        return sent
    }

    /// One way's delay, s.
    private mutating func delay(_ now: Double, isOut: Bool, isCold: Bool) -> Double {
        var ns = isOut ? shape.out : shape.back
        ns += shape.jitter * exp(shape.jitterSpread * random.nextNormal())
        if shape.evenJitter > 0 { ns = max(0, ns + shape.evenJitter * random.nextNormal()) }
        if isCold { ns += 5_000 * exp(0.5 * random.nextNormal()) }
        if random.chance(shape.spikes) { ns += shape.spike * random.uniform(0...1) }
        for queue in shape.congestion where queue.from <= now && now < queue.to {
            ns += (isOut ? queue.out : queue.back) * random.uniform(0...1)
        }
        return ns / 1e9
    }
}

extension SimulatedRun {
    /// Instants at which a mapping is checked: over the probed time, and closely about each break.
    func instants(_ count: Int) -> [Double] {
        var random = SplitMix64(seed: UInt64(count) &+ UInt64(exchanges.count))
        let begin = Double(exchanges[0].t4 - coordinatorBase) / 1e9
        let end = Double(exchanges[exchanges.count - 1].t1 - coordinatorBase) / 1e9
        var instants = (0..<count).map { _ in random.uniform(begin...end) }
        for (at, what) in shape.breaks {
            var moments = [at]
            if case .slew(_, let seconds) = what { moments.append(at + seconds) }
            if case .suspend(let seconds) = what { moments.append(at + seconds) }
            for moment in moments {
                for span in [1e-6, 1e-3, 0.03, 0.3, 2] {
                    instants += (0..<count / 20).map { _ in moment + random.uniform(-span...span) }
                }
            }
        }
        return instants.filter { begin <= $0 && $0 <= end }
    }

    /// Instants whose true time lies outside the hard interval of the agent's stamp, and by how
    /// many ns.
    func misses(_ fit: ClockFit, at instants: [Double]) -> [(at: Double, by: Double)] {
        instants.compactMap { instant in
            guard let stamp = agentStamp(instant) else { return nil }
            let mapped = fit.map(LocalInstant(ns: stamp))
            let low = Double(mapped.hardLowNs - coordinatorBase) - instant * 1e9
            let high = instant * 1e9 - Double(mapped.hardHighNs - coordinatorBase)
            // Both stamps are whole nanoseconds.
            let by = max(low, high) - 1
            return by > 0 ? (instant, by) : nil
        }
    }
}

extension RunShape {
    /// A network and clocks without breaks, from a seed.
    static func random(_ seed: UInt64, seconds: ClosedRange<Double>) -> RunShape {
        var random = SplitMix64(seed: seed ^ 0xC10C)
        var shape = RunShape()
        shape.seconds = random.uniform(seconds)
        shape.trainsPerSecond = exp(random.uniform(log(2)...log(20)))
        shape.members = Int.random(in: 2...4, using: &random)
        let floor = exp(random.uniform(log(10_000)...log(200_000)))
        // Up to nine tenths of the budget of 35 %.
        let asymmetry = random.chance(0.5) ? random.uniform(-0.157...0.157) * floor : 0
        shape.out = floor / 2 + asymmetry
        shape.back = floor / 2 - asymmetry
        shape.jitter = floor * random.uniform(0.01...0.15)
        shape.jitterSpread = random.uniform(0.3...1)
        shape.loss = random.chance(0.7) ? random.uniform(0...0.2) : 0
        shape.skewPPM = random.uniform(-50...50)
        shape.wander = random.uniform(0...2)
        if random.chance(0.5) {
            // |g''| = amplitude * 2 pi / period, at most 80 of the 100 ppb/s.
            shape.thermalPeriod = random.uniform(30...300)
            shape.thermal = random.uniform(0...80) * shape.thermalPeriod / 6.2832
        }
        if random.chance(0.4) {
            shape.spikes = random.uniform(0...0.05)
            shape.spike = random.uniform(50_000...1_000_000)
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) where random.chance(0.6) {
            let from = random.uniform(1...shape.seconds)
            shape.congestion.append(
                (
                    from, from + random.uniform(0.05...5),
                    random.magnitude(20_000...2_000_000).magnitude,
                    random.chance(0.5) ? 0 : random.uniform(0...1_000_000)
                ))
        }
        if random.chance(0.25) { shape.evenJitter = floor * random.uniform(0.01...0.08) }
        return shape
    }

    /// The same with nearly all of the delay in one direction and clocks that swing as fast as is
    /// assumed: the truth lies at the edge of what is possible.
    static func lopsided(_ seed: UInt64, seconds: ClosedRange<Double>) -> RunShape {
        var shape = random(seed, seconds: seconds)
        var random = SplitMix64(seed: seed ^ 0x10B5)
        let floor = shape.floor
        shape.out = floor * (random.chance(0.5) ? 0.001 : 0.999)
        shape.back = floor - shape.out
        shape.jitter = random.uniform(20...500)
        shape.wander = 1
        shape.thermalPeriod = random.uniform(6...30)
        shape.thermal = 95 * shape.thermalPeriod / 6.2832
        return shape
    }

    /// The same with breaks large enough to be seen at once or never seen at all, as it comes.
    static func broken(_ seed: UInt64, seconds: ClosedRange<Double>) -> RunShape {
        var shape = random(seed, seconds: seconds)
        var random = SplitMix64(seed: seed ^ 0xB4EA)
        for number in 0..<Int.random(in: 1...2, using: &random) {
            let at = random.uniform(shape.seconds * 0.1...shape.seconds * 0.9)
            // No break in a host's sleep, and some exchanges between two.
            if let other = shape.breaks.first, number > 0, (at - other.at).magnitude < 10 {
                continue
            }
            let what: ClockBreak =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .step(ns: random.magnitude(100...1e9))
                case 1: .rate(ppm: random.magnitude(0.2...400))
                case 2: .slew(ppm: random.magnitude(0.2...400), seconds: random.uniform(0.2...8))
                default: .suspend(seconds: random.uniform(0.01...6))
                }
            shape.breaks.append((at, what))
        }
        shape.clearCongestion()
        return shape
    }

    /// Without the congestion that hides a change of rate until it is over: what has changed then
    /// is seen by no exchange, and the bounds assume an oscillator that drifts.
    private mutating func clearCongestion() {
        for (at, what) in breaks {
            let until: Double
            switch what {
            case .rate: until = at
            case .slew(_, let seconds): until = at + seconds
            default: continue
            }
            congestion.removeAll { $0.from < until + 4 && $0.to > at - 2 }
        }
    }

    /// The same with one break too small for the bounds.
    static func small(_ seed: UInt64, seconds: ClosedRange<Double>) -> RunShape {
        var shape = random(seed, seconds: seconds)
        var random = SplitMix64(seed: seed ^ 0x54A1)
        let at = random.uniform(shape.seconds * 0.2...shape.seconds * 0.8)
        let least = shape.floor
        shape.breaks = [
            (
                at,
                random.chance(0.5)
                    ? .step(ns: random.uniform(-0.35...0.35) * least)
                    : .rate(ppm: random.uniform(-1...1) * 3.6 * sqrt(least / 45_000))
            )
        ]
        shape.clearCongestion()
        return shape
    }
}

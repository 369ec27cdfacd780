import Randomness

/// Kinds of runs on a LAN that the point estimate is judged by.
extension RunShape {
    /// 42 us there and back, queues of some microseconds, a host's hiccup now and then.
    private static func lan(_ seconds: Double, _ trainsPerSecond: Double) -> RunShape {
        var shape = RunShape()
        shape.seconds = seconds
        shape.trainsPerSecond = trainsPerSecond
        (shape.out, shape.back) = (21_000, 21_000)
        (shape.jitter, shape.jitterSpread) = (1_500, 0.8)
        (shape.spikes, shape.spike) = (0.01, 300_000)
        return shape
    }

    /// An hour in which the rate wanders by chance and with the heat, and queues come and go.
    static func wanderingHour(_ seed: UInt64) -> RunShape {
        var random = SplitMix64(seed: seed &* 77)
        var shape = lan(3_600, [2.0, 5, 10, 20][Int(seed % 4)])
        shape.skewPPM = random.uniform(-50...50)
        shape.wander = [1.1, 3, 10][Int.random(in: 0..<3, using: &random)]
        shape.thermal = random.uniform(0...500)
        shape.thermalPeriod = random.uniform(200...1_200)
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let from = random.uniform(1...3_598)
            shape.congestion.append(
                (
                    from, from + random.uniform(0.5...8), random.uniform(20_000...300_000),
                    random.chance(0.5) ? 0 : random.uniform(20_000...300_000)
                ))
        }
        return shape
    }

    /// A run of 10 to 30 s in which the agent's clock is slewed by 500 ppm, for some seconds or, in
    /// a third of them, to the end.
    static func slewed(_ seed: UInt64) -> RunShape {
        var random = SplitMix64(seed: seed &* 77)
        let seconds = [10.0, 15, 20, 30][Int.random(in: 0..<4, using: &random)]
        var shape = lan(seconds, [2.0, 5, 10, 20][Int(seed % 4)])
        shape.jitter = random.uniform(1_000...4_000)
        shape.jitterSpread = random.uniform(0.5...1)
        shape.spikes = random.uniform(0...0.08)
        shape.skewPPM = random.uniform(-50...50)
        shape.thermal = random.uniform(0...500)
        shape.thermalPeriod = random.uniform(200...1_200)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let from = random.uniform(1...seconds)
            shape.congestion.append(
                (
                    from, from + random.uniform(0.2...3), random.uniform(20_000...300_000),
                    random.chance(0.5) ? 0 : random.uniform(20_000...300_000)
                ))
        }
        let ppm = random.chance(0.5) ? 500.0 : -500
        let at = random.uniform(seconds * 0.25...seconds * 0.6)
        let span = random.uniform(0.5...4)
        shape.breaks = [
            (
                at,
                seed % 3 == 0
                    ? .rate(ppm: ppm) : .slew(ppm: ppm, seconds: min(span, seconds - at - 1.5))
            )
        ]
        return shape
    }

    /// A run of 24 s with few trains, many of them lost, in which the agent's clock is slewed for a
    /// moment.
    static func shortSlew(_ seed: UInt64) -> RunShape {
        var random = SplitMix64(seed: seed &* 77)
        var shape = lan(24, random.uniform(3...6))
        shape.loss = 0.2
        shape.jitter = random.uniform(1_000...3_000)
        let ppm = random.uniform(100...500) * (random.chance(0.5) ? 1 : -1)
        shape.breaks = [
            (random.uniform(11...12), .slew(ppm: ppm, seconds: random.uniform(0.3...1.6)))
        ]
        return shape
    }
}

import Randomness

/// The readers' time against an engine's own, whose steps take longer as a run goes on: the engine
/// lives in its own time, in which it is always as fast.
struct TimeWarp {
    private let pace: SampledRuns.Pace
    /// The length of the run in the engine's time, s.
    private let span: Double
    /// The readers' second at the begin of each stretch of the engine's; empty unless it wanders.
    private var walls: [Double] = []

    /// A stretch in which the pace is one, in the engine's seconds.
    private static let stretch = 0.5
    /// The deviation of a stretch's pace.
    private static let deviation = 0.05

    /// - Parameter seconds: Length of the run in the readers' time.
    init(_ pace: SampledRuns.Pace, over seconds: Double) {
        self.pace = pace
        span =
            switch pace {
            case .even, .slower, .wandering: seconds
            case .fading(let share), .falling(let share): seconds / (1 + share / 2)
            }
        if case .wandering(let seed) = pace { walls = Self.walls(over: 2 * seconds + 60, seed) }
    }

    private static func walls(over seconds: Double, _ seed: UInt64) -> [Double] {
        var random = RandomStream(seed: seed)
        var walls = [0.0]
        while Double(walls.count) * stretch < seconds {
            let factor = max(0.5, 1 + deviation * random.nextNormal())
            walls.append(walls[walls.count - 1] + stretch * factor)
        }
        return walls
    }

    /// The readers' second at a second of the engine.
    private func wall(_ engine: Double) -> Double {
        switch pace {
        case .even: return engine
        case .slower(let share): return engine * (1 + share)
        case .fading(let share):
            return engine <= span
                ? engine + share * engine * engine / (2 * span)
                : span * (1 + share / 2) + (engine - span) * (1 + share)
        case .falling(let share): return engine + share * max(0, engine - span / 2)
        case .wandering:
            let place = min(walls.count - 2, Int(engine / Self.stretch))
            let part = engine / Self.stretch - Double(place)
            return walls[place] + part * (walls[place + 1] - walls[place])
        }
    }

    /// The readers' instant at one of the engine, both in ns.
    func wall(_ engineNs: Int64) -> Int64 {
        if case .even = pace { return engineNs }
        return Int64((wall(Double(engineNs) / 1e9) * 1e9).rounded())
    }

    /// The engine's second at a second of the run: the inverse of the readers'.
    func engine(_ wall: Double) -> Double {
        switch pace {
        case .even: return wall
        case .slower(let share): return wall / (1 + share)
        case .fading(let share):
            // The root of engine + share engine^2 / (2 span) = wall; a run ends at its span.
            return span * ((1 + 2 * share * wall / span).squareRoot() - 1) / share
        case .falling(let share):
            return wall <= span / 2 ? wall : span / 2 + (wall - span / 2) / (1 + share)
        case .wandering:
            // The last stretch that begins by then.
            var (low, high) = (0, walls.count - 2)
            while low < high {
                let middle = (low + high + 1) / 2
                if walls[middle] <= wall { low = middle } else { high = middle - 1 }
            }
            let part = (wall - walls[low]) / (walls[low + 1] - walls[low])
            return (Double(low) + part) * Self.stretch
        }
    }
}

import EngineModel
import Goodput
import Randomness

/// Runs of the simulated engine in virtual time whose load and whose trends are known: Poisson
/// arrivals, lengths from gamma laws, prompts before decodes.
struct SampledRuns {
    /// How the engine's own speed moves over a run.
    enum Pace {
        case even
        /// Each step takes longer and longer, by this share at the end.
        case fading(Double)
        /// Each step of the second half takes longer by this share.
        case falling(Double)
    }

    private let engine: VirtualRun

    init() {
        var options = EngineOptions()
        options.gpu = .a100x80
        options.scheduler = .prefillFirst
        options.maxSequences = 64
        engine = VirtualRun(options: options)
    }

    /// Requests a second that the engine finishes when it never waits for one.
    func saturation(over count: Int) -> Double {
        let ends = times(rate: 1e6, count: count, seed: 7).map(\.finish).sorted()
        let (begin, end) = (count / 5, count * 4 / 5)
        return Double(end - begin) / (Double(ends[end] - ends[begin]) / 1e9)
    }

    /// A run of `count` requests at `rate` a second.
    func times(rate: Double, count: Int, seed: UInt64, pace: Pace = .even) -> [RequestTimes] {
        var rng = RandomStream(seed: seed)
        var at = 0.0
        let scheduled = (0..<count).map { _ in
            at += rng.nextExponential() / rate
            return at
        }
        let warp = TimeWarp(pace, over: at)
        let arrivals = scheduled.map { second in
            VirtualArrival(
                atNs: Int64(warp.engine(second) * 1e9),
                promptTokens: 1 + Int(min(4_000, rng.nextGamma(shape: 2) * 256)),
                outputTokens: 1 + Int(min(2_000, rng.nextGamma(shape: 2) * 50)))
        }
        let outcome = engine(arrivals)
        return arrivals.indices.map { id in
            let tokens = outcome.tokenNs[id].map { TokenEvent(time: warp.wall($0)) }
            let scheduled = warp.wall(arrivals[id].atNs)
            return RequestTimes(
                id: id, scheduled: scheduled, tokens: tokens,
                finish: tokens.last?.time ?? scheduled)
        }
    }
}

/// The readers' time against an engine's own, whose steps take longer as a run goes on: the engine
/// lives in its own time, in which it is always as fast.
private struct TimeWarp {
    private let pace: SampledRuns.Pace
    /// The length of the run in the engine's time, s.
    private let span: Double

    /// - Parameter seconds: Length of the run in the readers' time.
    init(_ pace: SampledRuns.Pace, over seconds: Double) {
        self.pace = pace
        span =
            switch pace {
            case .even: seconds
            case .fading(let share), .falling(let share): seconds / (1 + share / 2)
            }
    }

    /// The readers' second at a second of the engine.
    private func wall(_ engine: Double) -> Double {
        switch pace {
        case .even: engine
        case .fading(let share):
            engine <= span
                ? engine + share * engine * engine / (2 * span)
                : span * (1 + share / 2) + (engine - span) * (1 + share)
        case .falling(let share):
            engine + share * max(0, engine - span / 2)
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
        case .even: wall
        case .fading(let share):
            // The root of engine + share engine^2 / (2 span) = wall; a run ends at its span.
            span * ((1 + 2 * share * wall / span).squareRoot() - 1) / share
        case .falling(let share):
            wall <= span / 2 ? wall : span / 2 + (wall - span / 2) / (1 + share)
        }
    }
}

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
        /// Each step takes longer by this share.
        case slower(Double)
        /// All steps of half a second take longer or shorter together, by chance.
        case wandering(seed: UInt64)
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

    /// The mean way of a request to the engine where runs of one plan differ, ns.
    private static let meanWayNs = 1e6

    /// A run of `count` requests at `rate` a second.
    ///
    /// - Parameters:
    ///   - seed: The plan's.
    ///   - noise: The seed of what differs from run to run of one plan: how long each request is
    ///     on its way, and so which batch it comes into; nil for nothing.
    func times(
        rate: Double, count: Int, seed: UInt64, pace: Pace = .even, noise: UInt64? = nil
    ) -> [RequestTimes] {
        var rng = RandomStream(seed: seed)
        var at = 0.0
        let scheduled = (0..<count).map { _ in
            at += rng.nextExponential() / rate
            return at
        }
        let warp = TimeWarp(pace, over: at)
        var ways = noise.map { RandomStream(seed: $0) }
        let due = scheduled.map { Int64(warp.engine($0) * 1e9) }
        let arrivals = due.map { ns in
            let way = Int64((ways?.nextExponential() ?? 0) * Self.meanWayNs)
            return VirtualArrival(
                atNs: ns + way,
                promptTokens: 1 + Int(min(4_000, rng.nextGamma(shape: 2) * 256)),
                outputTokens: 1 + Int(min(2_000, rng.nextGamma(shape: 2) * 50)))
        }
        let outcome = engine(arrivals)
        return arrivals.indices.map { id in
            let tokens = outcome.tokenNs[id].map { TokenEvent(time: warp.wall($0)) }
            let scheduled = warp.wall(due[id])
            return RequestTimes(
                id: id, scheduled: scheduled, tokens: tokens,
                finish: tokens.last?.time ?? scheduled)
        }
    }
}

package import Goodput
import Randomness

/// Whether the servers of a run held tokens back, one target after the other.
///
/// The scored requests of a run are handed over once, in any order; of what a target has more than
/// a bound, stretches of the run are kept (``HoldingFigures/sample``). Equal requests and an equal
/// seed give equal figures, in whatever order they come.
///
/// Memory: 16 bytes an event, and some 100 a stream, of at most ``mostEvents`` events in all.
package struct HoldingAnalysis: Sendable {
    private var samples: [StreamSample]
    private let seed: UInt64

    /// Events that are kept of a run.
    package static let mostEvents = 1 << 20
    /// Events that are kept of a target however many there are: below, there is too little to look
    /// at.
    private static let fewestEvents = 1 << 14

    /// - Parameters:
    ///   - targets: How many servers there are.
    ///   - interval: From the first scored request to the last; nil without any.
    ///   - seed: The run's: what is drawn of a target depends on it.
    ///   - mostEvents: Events that are kept of all targets.
    package init(
        targets: Int, over interval: ServingInterval?, seed: UInt64, mostEvents: Int = mostEvents
    ) {
        self.seed = seed
        samples = (0..<targets).map { target in
            StreamSample(
                over: interval, seed: SplitMix64.draw(UInt64(target), of: seed),
                mostEvents: max(Self.fewestEvents, mostEvents / targets))
        }
    }

    /// Takes a request of `target` in. O(events).
    ///
    /// - Parameters:
    ///   - promptTokens: Nil where unknown.
    ///   - reads: The reads that brought its events, in order; empty where they are not known.
    ///     Events of a read that was late by over a quarter of the median gap are left out.
    /// - Precondition: `target` is one of the run's.
    package mutating func add(
        _ request: RequestTimes, target: Int, promptTokens: UInt32? = nil,
        reads: [ReadDelay] = []
    ) {
        samples[target].add(request, promptTokens: promptTokens, reads: reads)
    }

    /// The figures of each target, in order. O(n log n) of the events kept.
    package consuming func figures() -> [HoldingFigures] {
        samples.enumerated().map { target, sample in
            var random = SplitMix64(seed: SplitMix64.draw(UInt64(target), of: ~seed))
            return HoldingFigures(sample, using: &random)
        }
    }
}

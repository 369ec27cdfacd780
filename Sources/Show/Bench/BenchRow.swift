/// One line of a benchmark: a figure, and its ratio to a floor measured in the same run.
///
/// A bare time says more of the machine than of the code; a ratio to the least that the same work
/// could cost, a moment before on the same core, can be compared.
package struct BenchRow: Hashable, Sendable {
    /// The bound that a figure should keep.
    package enum Goal: Hashable, Sendable {
        case atLeast(Double)
        case atMost(Double)
        /// At most so many times the floor.
        case atMostFloors(Double)

        /// Whether `value`, so many times its floor, is as it should be. Without a floor nothing is
        /// at most some times it.
        package func holds(for value: Double, ratio: Double? = nil) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            case .atMostFloors(let bound): ratio.map { $0 <= bound } ?? false
            }
        }
    }

    package var benchmark: Benchmark
    /// The measured figure's name, such as `decode, 64 in step`.
    package var name: String
    package var value: Double
    package var unit: String
    /// The same figure of the floor; nil for figures that are no cost, such as bytes a token.
    package var floor: Double?
    /// Inclusive; nil where the figure is for comparison alone.
    package var goal: Goal?

    /// How many times the floor's cost it is; nil without a floor, or with one too small to be
    /// measured.
    package var ratio: Double? {
        guard let floor, floor > 0, value > 0 else { return nil }
        return isRate ? floor / value : value / floor
    }

    /// Whether more is better.
    private var isRate: Bool { unit.hasSuffix("/s") }

    /// Whether the goal holds; nil without one.
    package var meetsGoal: Bool? { goal?.holds(for: value, ratio: ratio) }
}

/// How much a benchmark does.
package enum BenchSize: Hashable, Sendable {
    /// Enough for figures that repeat within some percent: seconds each.
    case full
    /// Enough to see that it works and verifies: a fraction of a second each.
    case smoke
}

/// A benchmark by its name on the command line.
package enum Benchmark: String, Hashable, Sendable, CaseIterable {
    case client
    case fidelity
    case codec
    case merge
    case score
    case sampling
    case compare
    case virtual
    case results
    case probes
    case clock

    /// The subject of its measurement, a clause.
    package var abstract: String {
        switch self {
        case .client: "CPU a token of the stream client, against recv and a clock reading in C"
        case .fidelity:
            "stamps against the sender's own instants, beside a C program that reads the clock"
        case .codec: "the token log's encoding, against copying the records"
        case .merge: "merging the agents' logs, against appending the records to one list"
        case .score: "scoring a run, against one pass over its token times"
        case .sampling:
            "intervals of simulated runs, and how often they hold the mean of long ones"
        case .compare:
            "pairs of simulated runs, and how many are called different that are not"
        case .virtual:
            "engines in virtual time, alone and scored, against appending their stamps"
        case .results:
            "from a run's journal to its files, against decoding the journal alone"
        case .probes: "CPU a clock probe on either side, against an echo in C"
        case .clock:
            "clock fits of simulated probes whose truth is known, against one pass over them"
        }
    }

    /// Measures and verifies.
    ///
    /// - Throws: ``BenchFailure`` when a result is wrong or the system refuses something.
    package func run(_ size: BenchSize) throws(BenchFailure) -> [BenchRow] {
        switch self {
        case .client: try ClientBenchmark(size).rows()
        case .fidelity: try FidelityBenchmark(size).rows()
        case .codec: try CodecBenchmark(size).rows()
        case .merge: try MergeBenchmark(size).rows()
        case .score: try ScoreBenchmark(size).rows()
        case .sampling: try SamplingBenchmark(size).rows()
        case .compare: try CompareBenchmark(size).rows()
        case .virtual: try VirtualBenchmark(size).rows()
        case .results: try ResultsBenchmark(size).rows()
        case .probes: try ProbesBenchmark(size).rows()
        case .clock: try ClockBenchmark(size).rows()
        }
    }
}

/// Why a benchmark has no figures: its own result was wrong, or the system refused something.
package struct BenchFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var benchmark: Benchmark
    package var problem: String

    package var description: String { "benchmark \(benchmark.rawValue): \(problem)" }
}

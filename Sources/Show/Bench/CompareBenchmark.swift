import Goodput
import Sampling

/// The worth of `legato compare` over pairs of simulated runs whose truth is known: how many pairs
/// of identical systems it calls different, and how many that are a tenth apart it tells apart.
struct CompareBenchmark {
    private let pairs: Int
    private let requests: Int
    private let isFull: Bool
    private let reader: Reader
    private let simulated = SampledRuns()

    /// Pairs of identical systems that may be called different, of 400: at 95 % it is 20 in the
    /// mean, and more than 30 in one cell of a hundred.
    private static let mostFalse = 30.0

    init(_ size: BenchSize) throws(BenchFailure) {
        isFull = size == .full
        pairs = isFull ? 400 : 2
        requests = isFull ? 700 : 120
        do throws(ScoringError) {
            // Budget and speed near the engine's own, so that readers lose something at any load.
            reader = try Reader(
                ScoringParameters(readingSpeed: 40, ttftBudget: 200_000_000))
        } catch {
            throw BenchFailure(benchmark: .compare, problem: "\(error)")
        }
    }

    /// The way in which the runs of a pair differ.
    private enum Kind {
        /// One plan; requests take another time to the engine.
        case paired
        /// One plan; besides, all steps of half a second are slower or faster together.
        case inStep
        /// Two plans of one scenario.
        case independent

        var words: String {
            switch self {
            case .paired: "one plan"
            case .inStep: "in step"
            case .independent: "two plans"
            }
        }
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        do throws(ScoringError) {
            return try measured()
        } catch {
            throw BenchFailure(benchmark: .compare, problem: "\(error)")
        }
    }

    private func measured() throws(ScoringError) -> [BenchRow] {
        let saturation = simulated.saturation(over: isFull ? 4_000 : 500)
        let cells: [(Kind, Double)] =
            isFull
            ? [
                (.paired, 0.3), (.paired, 0.7), (.paired, 0.95), (.inStep, 0.7), (.inStep, 0.95),
                (.independent, 0.3), (.independent, 0.7),
            ] : [(.paired, 0.7), (.inStep, 0.7), (.independent, 0.3)]
        var rows: [BenchRow] = []
        for (kind, load) in cells {
            let rate = load * saturation
            rows += try self.rows("same, \(kind.words), \(load)", kind, rate, slower: nil)
        }
        for load in isFull ? [0.3, 0.7, 0.9] : [0.7] {
            let name = "10 % apart, \(Kind.paired.words), \(load)"
            rows += try self.rows(
                name, .paired, load * saturation, slower: 0.1, isCalm: load <= 0.7)
        }
        return rows
    }

    private static let figures: [(name: String, figure: ComparedFigure)] = [
        ("smooth goodput", .rate(.smoothGoodput)), ("TTFT p90", .percentile(.ttft)),
        ("TPOT p50", .percentile(.tpot)), ("E2E p50", .percentile(.e2e)),
    ]

    /// Pairs that are called different in each figure, by the interval alone, and those that are
    /// not compared.
    private func rows(
        _ name: String, _ kind: Kind, _ rate: Double, slower: Double?, isCalm: Bool = true
    ) throws(ScoringError) -> [BenchRow] {
        var shown = Self.figures.map { _ in 0 }
        var refused = 0
        for pair in 0..<UInt64(pairs) {
            let a = try run(kind, rate, pair: pair, side: 1, slower: slower)
            let b = try run(kind, rate, pair: pair, side: 2, slower: nil)
            guard let a, let b else { continue }
            let comparison = SystemComparison([a.compared], [b.compared], floor: 0)
            for (index, each) in Self.figures.enumerated() {
                do throws(SystemComparison.Refusal) {
                    let difference = try comparison.difference(
                        of: each.figure, [a.value(of: each.figure)], [b.value(of: each.figure)])
                    if difference.isShown { shown[index] += 1 }
                } catch {
                    if index == 0 { refused += 1 }
                }
            }
        }
        var rows: [BenchRow] = []
        for (index, each) in Self.figures.enumerated() {
            // Rates alone are compared of two plans.
            if kind == .independent, index > 0 { continue }
            rows.append(
                row(
                    "\(name): \(each.name)", shown[index],
                    slower == nil ? same(each.figure) : apart(each.figure, isCalm: isCalm)))
        }
        return rows + [row("\(name): not compared", refused, nil)]
    }

    /// TPOT and E2E follow a queue that two runs near saturation leave in other states, so that no
    /// interval of one run each holds how far they may lie: they are told, and have no goal.
    private func same(_ figure: ComparedFigure) -> BenchRow.Goal? {
        switch figure {
        case .rate, .percentile(.ttft): .atMost(Self.mostFalse)
        default: nil
        }
    }

    /// The whole answer is slower at every load; near saturation so few requests cannot say so each
    /// time.
    private func apart(_ figure: ComparedFigure, isCalm: Bool) -> BenchRow.Goal? {
        figure == .percentile(.e2e) && isCalm ? .atLeast(0.95 * Double(pairs)) : nil
    }

    private struct Run {
        var compared: ComparedRun
        var samples: RunSamples

        /// The figure of the run; 0 where it has none, which no percentile has.
        func value(of figure: ComparedFigure) -> Double {
            switch figure {
            case .rate(let rate): samples.run?[rate].value ?? 0
            case .percentile(let latency):
                samples.run?[latency][latency == .ttft ? .p90 : .p50]?.value ?? 0
            case .share, .whole: 0
            }
        }
    }

    /// One side of a pair; nil where its requests have no figures.
    private func run(
        _ kind: Kind, _ rate: Double, pair: UInt64, side: UInt64, slower: Double?
    ) throws(ScoringError) -> Run? {
        let noise = pair * 2 + side + 1 << 40
        let pace: SampledRuns.Pace =
            if let slower {
                .slower(slower)
            } else if kind == .inStep {
                .wandering(seed: noise + 1 << 41)
            } else {
                .even
            }
        let plan = kind == .independent ? noise : pair
        let times = simulated.times(
            rate: rate, count: requests, seed: plan, pace: pace, noise: noise)
        guard let samples = try RunSamples(of: times, for: reader, .open) else { return nil }
        return Run(
            compared: ComparedRun(plan: "\(plan)", seed: plan, samples: samples),
            samples: samples)
    }

    /// A goal only where the pairs are many.
    private func row(_ name: String, _ count: Int, _ goal: BenchRow.Goal?) -> BenchRow {
        BenchRow(
            benchmark: .compare, name: name, value: Double(count), unit: "of \(pairs)",
            goal: isFull ? goal : nil)
    }
}

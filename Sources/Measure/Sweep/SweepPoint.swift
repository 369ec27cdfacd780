package import Results
package import Sampling

/// A point of a sweep: a load with a setting of other fields, measured once or with several seeds.
package struct SweepPoint: Sendable {
    /// Sessions a second, or so many at once.
    package let load: Double
    /// Fields of the scenario that this sweep sets, with their values, as they were written.
    package let settings: [SweepSetting]
    /// Its runs, by their seeds.
    package private(set) var runs: [Run]
    /// Its differences to the best point of its curve; nil where none was compared.
    package var toBest: SweepDifferences?
    /// Its differences to the first curve's point of the same load; nil where none was compared.
    package var toFirst: SweepDifferences?

    /// A run of a point, as far as the sweep keeps it.
    package struct Run: Sendable {
        /// Its folder, relative to the sweep's.
        package var folder: String
        package var seed: UInt64
        package var verdict: Verdict
        /// Why it may not be used; nil where it may, or where the run has no sentence on it.
        package var reason: String?
        /// The end that came early, since the servers could not serve the load; nil where none did.
        package var overSaturated: OverSaturation?
        /// The steady state that was found; nil where none was looked for.
        package var steady: SteadyState?
        /// Each figure that the sweep looks at, where the run has it.
        var values: [SummaryFigure: Double]
        var intervals: [SummaryFigure: ClosedRange<Double>]
        /// Smooth goodput at each reading speed of the sweep, where its surface was asked for.
        var atSpeeds: [Double?]
        /// The run as it is compared with others of its sweep.
        var compared: ComparedRun

        /// Whether it counts in its point's figures: a run that is not valid is left out.
        package var isCounted: Bool { verdict != .notValid }

        /// - Parameters:
        ///   - figures: Those that are kept.
        ///   - speeds: Reading speeds, tokens/s.
        ///   - keepsRequests: Whether it is to be compared request by request, which takes some 120
        ///     bytes for each.
        package init(
            _ summary: RunSummary, folder: String, figures: [SummaryFigure],
            speeds: [Double] = [], keepsRequests: Bool = false
        ) {
            self.folder = folder
            compared = ComparedRun(
                plan: summary.header.planText, seed: summary.header.seed,
                samples: keepsRequests ? summary.analyses?.samples : nil)
            atSpeeds = speeds.map { summary.smoothGoodput(atSpeed: $0) }
            seed = summary.header.seed
            let judged = summary.header.validity.verdict
            verdict = judged
            reason =
                judged.isUsable
                ? nil
                : summary.header.findings.first { $0.weight == judged }?.sentence
                    ?? summary.header.validity.intervals.first?.reason
            overSaturated = summary.header.overSaturated
            steady = summary.analyses?.samples?.steady
            values = [:]
            intervals = [:]
            for figure in figures {
                values[figure] = figure.value(of: summary)
                intervals[figure] = figure.interval(of: summary)
            }
        }
    }

    /// - Precondition: There is a run.
    package init(load: Double, settings: [SweepSetting], runs: [Run]) {
        precondition(!runs.isEmpty, "a point was measured")
        self.load = load
        self.settings = settings
        self.runs = runs
    }

    /// Lets go of its requests, after all comparisons.
    mutating func forgetRequests() {
        for index in runs.indices { runs[index].compared.samples = nil }
    }

    /// The worst verdict of its runs.
    package var verdict: Verdict { runs.map(\.verdict).max() ?? .notValid }

    /// Whether more sessions came than were served, in some run.
    package var isOverloaded: Bool { runs.contains { $0.steady?.verdict == .overloaded } }

    /// Whether some run of it was ended early, since the servers could not serve the load.
    package var isOverSaturated: Bool { runs.contains { $0.overSaturated != nil } }

    /// Whether its figures may be used, or say at least that its load is too much.
    package var isTold: Bool { verdict.isUsable || isOverSaturated }

    /// Its runs that may be used, or all where none may.
    private var counted: [Run] {
        let counted = runs.filter(\.isCounted)
        return counted.isEmpty ? runs : counted
    }

    /// The figure over all runs that may be used, or over all where none may; nil where some of
    /// them lacks it.
    package func estimate(_ figure: SummaryFigure) -> SweepEstimate? {
        let runs = counted
        let values = runs.compactMap { $0.values[figure] }
        guard values.count == runs.count else { return nil }
        if values.count >= 3 {
            let joined = JoinedFigure(values)
            let interval = joined.low.flatMap { low in joined.high.map { low...$0 } }
            return SweepEstimate(value: joined.value, interval: interval)
        }
        let mean = values.reduce(0, +) / Double(values.count)
        return SweepEstimate(
            value: mean, interval: runs.count == 1 ? runs[0].intervals[figure] : nil)
    }

    /// All that a search needs to know of it.
    package func reading(_ figure: SummaryFigure, _ bound: SweepBound?) -> SweepReading {
        // Over less time a load that cannot be served looks better than it is.
        guard !isOverSaturated else {
            return SweepReading(
                load: load, value: nil, isMet: bound.map { _ in false }, isBeyond: true)
        }
        guard runs.contains(where: \.isCounted) else {
            return SweepReading(load: load, value: nil, isLeftOut: true)
        }
        let estimate = estimate(figure)
        return SweepReading(
            load: load, value: estimate.map { figure.goodness($0.value) },
            interval: estimate?.interval.map { interval in
                let ends = [interval.lowerBound, interval.upperBound].map(figure.goodness)
                return min(ends[0], ends[1])...max(ends[0], ends[1])
            },
            isMet: bound.flatMap { bound in
                bound.isMet { self.estimate($0)?.value }
            })
    }

    /// Figures of the bound that are not known here, each with the requests that it takes.
    package func unknown(of bound: SweepBound) -> [(figure: SummaryFigure, needed: Int?)] {
        bound.figures.filter { estimate($0) == nil }.map { ($0, $0.needed) }
    }
}

/// A figure of a point with its interval of 95 %: over its runs where there are three or more, its
/// one run's own otherwise.
package struct SweepEstimate: Hashable, Sendable {
    package var value: Double
    package var interval: ClosedRange<Double>?

    package init(value: Double, interval: ClosedRange<Double>? = nil) {
        self.value = value
        self.interval = interval
    }
}

/// A field of a scenario and the value that it is given, as they were written.
package struct SweepSetting: Hashable, Sendable {
    /// Such as `engine.scheduler`.
    package var field: String
    package var value: String

    package init(field: String, value: String) {
        self.field = field
        self.value = value
    }
}

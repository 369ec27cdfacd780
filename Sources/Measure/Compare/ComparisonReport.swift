import Goodput
package import Loss
package import Results
package import Sampling

/// Two or more systems side by side: each of them against the first one, the base, figure by
/// figure.
package struct ComparisonReport: Sendable {
    /// A difference to the base, or why there is none.
    package typealias Outcome = Result<Comparison, SystemComparison.Refusal>

    /// A figure of a system and of the base.
    package struct Row: Sendable {
        package let figure: SummaryFigure
        /// The means over the runs.
        package let base: Double
        package let value: Double
        package let outcome: Outcome

        /// How far the figure lies from the base's, as a share of it, where a difference can be
        /// told: that of the mean rates in the steady windows, for a percentile of one run each
        /// that of the two percentiles. nil where there is none, and over a base of 0.
        package var relative: Double? {
            guard case .success(let comparison) = outcome else { return nil }
            guard isShareBeyond else { return comparison.relative }
            return base == 0 ? nil : (value - base) / base.magnitude
        }

        /// Whether the difference is one of the shares of requests beyond the base's percentile.
        package var isShareBeyond: Bool {
            guard case .success(let comparison) = outcome, case .latency = figure else {
                return false
            }
            return comparison.pairing == .paired
        }

        package var judgement: Judgement {
            guard case .success(let comparison) = outcome else { return .notCompared }
            guard comparison.isShown else { return .notShown }
            return (comparison.difference > 0) == figure.isBetterLow ? .worse : .better
        }
    }

    /// The words on a difference: never "same", never "significant".
    package enum Judgement: String, Hashable, Sendable {
        case better
        case worse
        case notShown = "no difference shown"
        case notCompared = "not compared"
    }

    /// The systems in the order in which they were named; the first is the base.
    package let systems: [ComparedSystem]
    /// The rows of each system but the base; a figure that either side lacks is in none.
    package let rows: [[Row]]
    package let warnings: [ComparisonWarning]
    /// The leaders by reader; nil where some run has no surface.
    package let ranking: RankingMap?

    package var base: ComparedSystem { systems[0] }
    package var others: ArraySlice<ComparedSystem> { systems.dropFirst() }

    /// - Parameters:
    ///   - systems: Two at least; the first is the base.
    ///   - figures: Those that are compared, in order.
    ///   - floor: The share of the base within which no difference is shown; nil for 1 % with one
    ///     run each, and none with several.
    /// - Complexity: O(requests · figures).
    package init(_ systems: [ComparedSystem], _ figures: [SummaryFigure], floor: Double? = nil) {
        precondition(systems.count >= 2, "two systems are compared")
        self.systems = systems
        let base = systems[0]
        rows = systems.dropFirst().map { system in
            let comparison = SystemComparison(
                system.runs.map(\.compared), base.runs.map(\.compared), floor: floor)
            return figures.compactMap { figure in
                guard let value = system.value(of: figure), let its = base.value(of: figure) else {
                    return nil
                }
                let outcome = Result { () throws(SystemComparison.Refusal) in
                    try comparison.difference(
                        of: figure.compared, system.values(of: figure), base.values(of: figure))
                }
                return Row(figure: figure, base: its, value: value, outcome: outcome)
            }
        }
        warnings = ComparisonWarning.all(systems)
        let surfaces = systems.compactMap(\.surface)
        ranking = surfaces.count == systems.count ? RankingMap(surfaces) : nil
    }

    /// The figures that are compared where nobody says, with those of bounds where some are set.
    package static func figures(hasBounds: Bool) -> [SummaryFigure] {
        let bounded: [SummaryFigure] = hasBounds ? [.goodput, .attainment, .classic] : []
        return [.smooth, .robust, .throughput] + bounded + [.answered, .qoe]
            + [
                .latency(.ttft, .rank(.p50)), .latency(.ttft, .rank(.p90)),
                .latency(.ttft, .rank(.p99)), .latency(.tbt, .rank(.p99)),
                .latency(.tpot, .rank(.p50)), .latency(.tpot, .rank(.p99)),
                .latency(.e2e, .rank(.p50)), .latency(.e2e, .rank(.p99)),
                .latency(.idle, .rank(.p90)), .latency(.idle, .rank(.p99)),
            ]
    }
}

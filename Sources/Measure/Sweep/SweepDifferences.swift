package import Results
package import Sampling

/// How far a point lies from another one, its base, figure by figure.
package struct SweepDifferences: Sendable {
    /// The load of the base, and the settings of its curve.
    package let load: Double
    package let settings: [SweepSetting]
    /// In the order in which they were asked for; those that either point lacks are absent.
    package let figures: [(figure: SummaryFigure, outcome: Outcome)]

    /// A difference, the point less its base, or why there is none.
    package typealias Outcome = Result<Comparison, SystemComparison.Refusal>

    init(
        load: Double, settings: [SweepSetting],
        figures: [(figure: SummaryFigure, outcome: Outcome)]
    ) {
        self.load = load
        self.settings = settings
        self.figures = figures
    }

    /// Compares `point` with `base` in `figures`.
    ///
    /// - Parameter floor: As in ``SystemComparison``.
    /// - Complexity: O(requests) a figure with one run each.
    init(
        _ point: SweepPoint, to base: SweepPoint, _ figures: [SummaryFigure], floor: Double?
    ) {
        load = base.load
        settings = base.settings
        let systems = SystemComparison(
            point.runs.map(\.compared), base.runs.map(\.compared), floor: floor)
        self.figures = figures.compactMap { figure in
            let (own, its) = (point.values(of: figure), base.values(of: figure))
            guard own.count == point.runs.count, its.count == base.runs.count else { return nil }
            let outcome = Result { () throws(SystemComparison.Refusal) in
                try systems.difference(of: figure.compared, own, its)
            }
            return (figure, outcome)
        }
    }

    /// The difference of a figure; nil where either point lacks it.
    package subscript(figure: SummaryFigure) -> Outcome? {
        figures.first { $0.figure == figure }?.outcome
    }
}

extension SweepPoint {
    /// A figure in each run that has it.
    fileprivate func values(of figure: SummaryFigure) -> [Double] {
        runs.compactMap { $0.values[figure] }
    }

    /// Whether no difference to `best` is shown in a figure; nil where the two cannot be compared.
    func isLike(_ best: SweepPoint, in figure: SummaryFigure, floor: Double?) -> Bool? {
        if best.load == load { return true }
        let differences = SweepDifferences(self, to: best, [figure], floor: floor)
        guard case .success(let comparison)? = differences[figure] else { return nil }
        return !comparison.isShown
    }
}

extension SweepResult.Curve {
    /// Each point as a search among the values of a field needs it: with whether a difference to
    /// the best one is shown, since all of them had the same plan.
    package func readings(
        _ figure: SummaryFigure, _ bound: SweepBound?, floor: Double?
    ) -> [SweepReading] {
        var readings = points.map { $0.reading(figure, bound) }
        let best = PeakSearch.best(of: readings).flatMap { best in
            points.first { $0.load == best.load }
        }
        for (index, point) in points.enumerated() {
            // An interval is for other plans.
            readings[index].interval = nil
            readings[index].isLikeBest = best.flatMap {
                point.isLike($0, in: figure, floor: floor)
            }
        }
        return readings
    }

    /// Compares each point with the best one of `figure`.
    mutating func compareWithBest(
        _ figure: SummaryFigure, _ figures: [SummaryFigure], floor: Double?
    ) {
        let readings = points.map { $0.reading(figure, nil) }
        guard let best = PeakSearch.best(of: readings),
            let base = points.first(where: { $0.load == best.load })
        else { return }
        for index in points.indices where points[index].load != base.load {
            points[index].toBest = SweepDifferences(
                points[index], to: base, figures, floor: floor)
        }
    }
}

extension SweepResult {
    /// Compares the points of the last curve: with its best one, where a field is varied, and with
    /// those of the first curve. Requests are kept of the first curve alone.
    ///
    /// - Parameter floor: As in ``SystemComparison``.
    package mutating func compareLast(floor: Double?) {
        guard var last = curves.popLast() else { return }
        if case .field = axis { last.compareWithBest(figure, figures, floor: floor) }
        if let first = curves.first {
            for (index, point) in last.points.enumerated() {
                guard let base = first.points.first(where: { $0.load == point.load }) else {
                    continue
                }
                last.points[index].toFirst = SweepDifferences(
                    point, to: base, figures, floor: floor)
            }
            for index in last.points.indices { last.points[index].forgetRequests() }
        }
        curves.append(last)
    }
}

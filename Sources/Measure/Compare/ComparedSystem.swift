import Loss
package import Results
package import RunRecord
package import Sampling

/// A system that is compared: one run of it, or several.
package struct ComparedSystem: Sendable {
    /// A run, as far as a comparison keeps it.
    package struct Run: Sendable {
        /// Its folder, as it was named.
        package let path: String
        package let header: RunHeader
        /// The readers that it was scored for, by class.
        package let readers: [RunClass]
        package let steady: SteadyState?
        let values: [SummaryFigure: Double]
        let surface: Surface?
        let compared: ComparedRun

        /// - Parameter figures: Those that are compared.
        package init(_ summary: RunSummary, path: String, figures: [SummaryFigure]) {
            self.path = path
            header = summary.header
            readers = summary.classParameters
            let samples = summary.analyses?.samples
            steady = samples?.steady
            var values: [SummaryFigure: Double] = [:]
            for figure in figures { values[figure] = figure.value(of: summary) }
            self.values = values
            surface = summary.analyses?.surface?.whole
            compared = ComparedRun(
                plan: summary.header.planText, seed: summary.header.seed, samples: samples)
        }
    }

    package let name: String
    package let runs: [Run]

    /// - Precondition: There is a run.
    package init(name: String, runs: [Run]) {
        precondition(!runs.isEmpty, "a system was measured")
        self.name = name
        self.runs = runs
    }

    /// A figure in each run that has it.
    func values(of figure: SummaryFigure) -> [Double] { runs.compactMap { $0.values[figure] } }

    /// The mean of a figure over the runs; nil where some run lacks it.
    package func value(of figure: SummaryFigure) -> Double? {
        let values = values(of: figure)
        guard values.count == runs.count else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }

    /// The mean surface of the runs; nil where some run has none.
    var surface: Surface? {
        let surfaces = runs.compactMap(\.surface)
        return surfaces.count == runs.count ? Surface(meanOf: surfaces) : nil
    }
}

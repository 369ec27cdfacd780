package import EngineModel
package import Results

/// An engine of the model that answers as measured servers do, and how well it tells runs that it
/// was not fitted to.
package struct Calibration: Sendable {
    /// The engine, with the costs that fit all runs.
    package let engine: EngineOptions
    /// A run, and how far an engine lies from it that was fitted to the other runs; to itself where
    /// there is no other, which tests nothing.
    package struct Test: Sendable {
        package var path: String
        package var requests: Int
        package var agreement: Agreement
    }

    package let tests: [Test]

    /// Whether each run was told by an engine that was fitted to others.
    package var isTested: Bool { tests.count > 1 }

    /// Puts together what ``fits(_:_:)`` found.
    ///
    /// - Throws: ``FileProblem`` for times that cannot be scored.
    package init(_ runs: [CalibrationRun], _ fits: [EngineOptions]) throws(FileProblem) {
        precondition(fits.count == (runs.count > 1 ? runs.count + 1 : 1), "One fit a run left out.")
        engine = fits[0]
        var tests: [Test] = []
        for (index, run) in runs.enumerated() {
            tests.append(
                Test(
                    path: run.path, requests: run.counted,
                    agreement: try Agreement(run, fits.count == 1 ? fits[0] : fits[index + 1])))
        }
        self.tests = tests
    }

    /// The fits that a calibration takes: of all runs, then of all but one each. They are
    /// independent of each other.
    package static func fits(
        _ options: EngineOptions, _ runs: [CalibrationRun]
    ) -> [CostFit] {
        let all = CostFit(options, runs.flatMap(\.servings))
        guard runs.count > 1 else { return [all] }
        return [all]
            + runs.indices.map { left in
                CostFit(options, runs.indices.filter { $0 != left }.flatMap { runs[$0].servings })
            }
    }
}

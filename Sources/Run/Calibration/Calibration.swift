package import EngineModel
package import Results

/// An engine of the model that answers as measured servers do, and how well it tells runs that it
/// was not fitted to.
package struct Calibration: Sendable {
    /// The engine, with the costs that fit all runs.
    package let engine: EngineOptions
    /// Those costs, and how far each may be off.
    package let found: CostFit.Found
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

    /// Whether the engine tells every run: else it is another one than was described.
    package var isClose: Bool { tests.allSatisfy(\.agreement.isClose) }

    /// Puts together the findings of ``fits(_:_:)``.
    ///
    /// - Parameter options: As the fits had them.
    /// - Throws: ``FileProblem`` for times that cannot be scored.
    package init(
        _ options: EngineOptions, _ runs: [CalibrationRun], _ found: [CostFit.Found]
    ) throws(FileProblem) {
        precondition(found.count == (runs.count > 1 ? runs.count + 1 : 1), "One fit a run left out")
        func engine(_ found: CostFit.Found) -> EngineOptions {
            var engine = options
            engine.costs = found.costs
            return engine
        }
        self.found = found[0]
        self.engine = engine(found[0])
        var tests: [Test] = []
        for (index, run) in runs.enumerated() {
            let other = engine(found.count == 1 ? found[0] : found[index + 1])
            tests.append(
                Test(
                    path: run.path, requests: run.counted, agreement: try Agreement(run, other)))
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

import CoordinatorCore
import Results
import Scenario
import TokenLog
import Workload

extension ResultAssembly {
    /// The load as it was meant, for the verdict and for the head of the table.
    func loadPlan(of scenario: ResolvedScenario) -> LoadPlan {
        var load = LoadPlan(scored: count(.scored), warmup: count(.warmup))
        load.mostFailed = scenario.mostFailed
        load.pinsOutput = scenario.request.pinsOutput
        let description = LoadDescription(scenario.workload)
        load.words.endpoint = scenario.endpoint.rawValue
        load.words.load = description.load
        load.words.lengths = description.lengths
        load.words.duration = description.duration
        load.words.warmup = description.warmup
        return load
    }

    private func count(_ phase: Phase) -> LoadPlan.Count {
        var count = LoadPlan.Count(planned: 0, notNeeded: 0)
        for merged in merge.requests where plan.request(merged.id).phase == phase {
            count.planned += 1
            if merged.finish?.outcome == .notNeeded { count.notNeeded += 1 }
        }
        return count
    }
}

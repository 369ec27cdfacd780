import Console
import Results
import Scenario
import Sweep
import Workload

extension SweepRunner {
    /// Tells of percentiles that a point has too few requests for, before any is run: a search
    /// would end without a finding.
    func checkPercentiles() throws {
        let sought = (bound?.figures ?? []) + (command.optimise == nil ? [] : [figure])
        guard sought.contains(where: { $0.needed != nil }) else { return }
        let loads = try command.fixedLoads()
        let least: Double? =
            if case .field = axis {
                try command.optimised()?.range.lowerBound
            } else {
                try loads?.first ?? command.searchRange()?.lowerBound
                    ?? ownRange(combinations[0]).lowerBound
            }
        let scenario = resolved(least.map(axis.rounded), combinations[0], seed: seeds[0])
        let plan = try WorkloadPlan.make(scenario.workload, seed: scenario.seed)
        // How many come in a closed loop is not known before.
        guard !plan.stages.contains(where: \.repeats) else { return }
        let requests = plan.requests.count { $0.phase == .scored }
        guard let figure = sought.first(where: { !$0.stands(on: requests) }),
            let needed = figure.needed
        else { return }
        let sentence =
            "\(figure.name) takes about \(needed) requests, and a point has \(requests)"
            + (axis == .rate ? " at \(result.words(of: axis.rounded(least ?? 0)))" : "")
            + "; give each point more by --num-prompts \(needed)"
        if loads != nil { return Console.note(sentence) }
        Exit.now(Exit.usage, sentence + ", or ask for another percentile")
    }
}

package import Bytes
package import Goodput
import Host
package import RunRecord
package import Scenario
package import Transport
package import Workload

extension RunOpening {
    /// The opening of a run of `scenario`, led from this host.
    ///
    /// - Parameters:
    ///   - agents: How many the run has.
    ///   - version: This build.
    ///   - engine: The embedded engine that the scenario describes, in words.
    ///   - command: The words of the command that leads it, without secrets.
    package init(
        _ scenario: ResolvedScenario, _ plan: WorkloadPlan, runID: RunID, agents: Int,
        security: Security, percentiles: PercentileRanks, version: String, engine: String,
        command: [String]
    ) {
        let description = LoadDescription(scenario.workload)
        var words = LoadWords()
        words.endpoint = scenario.endpoint.rawValue
        words.load = description.load
        words.lengths = description.lengths
        words.duration = description.duration
        words.warmup = description.warmup
        var isInsecure = false
        if case .insecure(beyondLoopback: true) = security { isInsecure = true }
        self.init(
            runID: runID, clock: ThisHost.clock, version: version, name: scenario.name,
            seed: scenario.seed, scenarioJSON: scenario.manifestJSON(), host: ThisHost.facts,
            agents: UInt16(agents), requests: UInt32(plan.requests.count), rounds: plan.rounds,
            classes: zip(plan.classNames, scenario.classScoring).map {
                RunClass(name: $0, parameters: $1)
            }, modelNames: plan.modelNames, words: words,
            stages: LoadStage.scored(of: plan, scenario.workload), mostFailed: scenario.mostFailed,
            requiresSteady: scenario.requiresSteady,
            pinsOutput: scenario.request.pinsOutput, percentiles: percentiles, engine: engine,
            isInsecure: isInsecure, notes: scenario.files.compactMap(\.note),
            command: command)
    }
}

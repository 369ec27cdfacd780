package import CoordinatorCore
package import Scenario
import TokenLog
import Wire
package import Workload

/// A scenario turned into what each agent is told.
package struct RunPreparation: Sendable {
    package var plan: WorkloadPlan
    package var assignments: [Assignment]

    /// Plans `scenario` and deals the plan to `agents` agents.
    ///
    /// - Throws: ``WorkloadError`` and ``ScenarioError``, naming what cannot be planned or dealt.
    /// - Complexity: O(requests).
    package init(
        _ scenario: ResolvedScenario, agents: Int, engineJSON: String?, stampResolutionNs: Int64,
        keepsRawStamps: Bool = false
    ) throws {
        let plan = try WorkloadPlan.make(scenario.workload, seed: scenario.seed)
        let shards = try plan.deal(try scenario.dealing(agents: agents))
        self.plan = plan
        assignments = shards.map { shard in
            Assignment(
                configuration: RunConfiguration(
                    endpoint: scenario.endpoint,
                    model: scenario.model ?? "",
                    servers: scenario.servers.compactMap { server in
                        server.model.map { TargetFacts(url: server.url, model: $0) }
                    }, extraJSON: scenario.request.extraJSON ?? "",
                    promptForm: scenario.request.prompt,
                    ignoreEOS: scenario.request.pinsOutput, probes: scenario.request.probes,
                    stages: shard.stages,
                    classNames: plan.classNames,
                    timeouts: scenario.timeouts,
                    drainNs: scenario.drain.afterLoadNs(scenario.workload.stages),
                    graceNs: scenario.graceNs,
                    stampResolutionNs: stampResolutionNs, keepsRawStamps: keepsRawStamps,
                    engineJSON: engineJSON,
                    requests: UInt32(shard.requests.count), seed: scenario.seed),
                requests: shard.requests,
                texts: plan.textPlaces(of: shard.requests).map { place in
                    PromptTexts.Entry(place: place, bytes: plan.texts[Int(place)])
                })
        }
    }
}

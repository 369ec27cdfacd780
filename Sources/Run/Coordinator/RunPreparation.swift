package import CoordinatorCore
package import Scenario
import TokenLog
import Wire
package import Workload

/// A scenario turned into what each agent is told.
package struct RunPreparation: Sendable {
    package var plan: WorkloadPlan
    /// In the order of the deal.
    package var assignments: [Assignment]
    /// The rule of which agent gets which of them.
    package var dealOrder: DealOrder

    /// Plans `scenario` and deals the plan to `agents` agents.
    ///
    /// - Throws: ``ScenarioError``, naming what cannot be planned or dealt.
    /// - Complexity: O(requests).
    package init(
        _ scenario: ResolvedScenario, agents: Int, engineJSON: String?, stampResolutionNs: Int64,
        keepsRawStamps: Bool = false
    ) throws(ScenarioError) {
        let dealing = try scenario.dealing(agents: agents)
        let plan: WorkloadPlan
        let shards: [Shard]
        do throws(WorkloadError) {
            plan = try WorkloadPlan.make(scenario.workload, seed: scenario.seed)
            shards = try plan.deal(dealing)
        } catch {
            throw scenario.located(error)
        }
        self.plan = plan
        dealOrder = scenario.deal.names.map(DealOrder.named) ?? .sorted
        assignments = shards.map { shard in
            Assignment(
                configuration: RunConfiguration(
                    endpoint: scenario.endpoint, isEndpointFixed: scenario.isEndpointFixed,
                    model: scenario.model ?? "",
                    servers: scenario.servers.map { server in
                        TargetFacts(url: server.url, model: server.model ?? "")
                    }, models: plan.modelNames, extraJSON: scenario.request.extraJSON ?? "",
                    promptForm: scenario.request.prompt,
                    ignoreEOS: scenario.request.pinsOutput, probes: scenario.request.probes,
                    readyTimeoutNs: scenario.readyTimeoutNs,
                    stages: shard.stages,
                    classNames: plan.classNames,
                    timeouts: scenario.timeouts, connections: scenario.connections,
                    drainNs: scenario.drain.afterLoadNs(scenario.workload.stages),
                    graceNs: scenario.graceNs,
                    stampResolutionNs: stampResolutionNs, keepsRawStamps: keepsRawStamps,
                    scrapeNs: scenario.scrapeNs,
                    engineJSON: engineJSON,
                    requests: UInt32(shard.requests.count), rounds: plan.rounds,
                    seed: scenario.seed),
                requests: shard.requests,
                texts: plan.textIndices(of: shard.requests).map { index in
                    PromptTexts.Entry(index: index, bytes: plan.texts[Int(index)])
                })
        }
    }
}

/// Every request of a run, in one global order: by stage, then by the arrival of its session, then
/// by turn; ``PlannedRequest/index`` is the position in that order.
///
/// The plan depends on the spec and the seed alone, never on the number of agents.
package struct WorkloadPlan: Hashable, Sendable {
    package var stages: [StagePlan]
    package var classNames: [String]
    package var requests: [PlannedRequest]
    /// Sessions are numbered from 0 to this, in the order of the plan.
    package var sessionCount: UInt32
    /// Pieces of request bodies that requests of given prompts are put together from.
    package var texts: [[UInt8]] = []
    /// Models that classes name, in the order of their first occurrence.
    package var modelNames: [String] = []

    /// Most requests of a plan.
    package static let requestLimit = 16_000_000
    /// Most models that the classes of a plan name.
    package static let modelLimit = 256

    package init(
        stages: [StagePlan], classNames: [String], requests: [PlannedRequest], sessionCount: UInt32
    ) {
        self.stages = stages
        self.classNames = classNames
        self.requests = requests
        self.sessionCount = sessionCount
    }

    /// The plan of `spec` for `seed`. O(requests).
    package static func make(
        _ spec: WorkloadSpec, seed: UInt64, reserve: PlanReserve = PlanReserve()
    ) throws(WorkloadError) -> WorkloadPlan {
        try spec.validate()
        var builder = PlanBuilder(spec: spec, seed: seed, reserve: reserve)
        try builder.build()
        return builder.plan
    }
}

/// How many requests are drawn for a closed loop that time alone ends: nobody knows how many it
/// needs. A server that is quicker than the reserve has them again in ``PlanRounds``; what is never
/// due ends with outcome `notNeeded`.
package struct PlanReserve: Hashable, Sendable {
    /// Requests a second and slot: a server that answers in 50 ms uses 20 of them.
    package var perSlotSecond = 20.0
    /// Fewest of a stage, so that its lengths are the classes' even where they come again.
    package var fewest = 1_000
    /// Most of a stage: beyond them a round is long enough.
    package var most = 1 << 18

    package init() {}

    /// Requests of a stage of so many slots that lasts so long.
    func requests(slots: UInt32, overNs durationNs: Int64) -> Int {
        let wanted = Double(slots) * Double(durationNs) / 1e9 * perSlotSecond
        return max(fewest, Int(min(wanted.rounded(.up), Double(most))))
    }
}

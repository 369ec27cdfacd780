/// Every request of a run, in one global order: by stage, then by the arrival of its session, then
/// by turn; ``PlannedRequest/index`` is the place in that order.
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

    /// Requests a second and slot that are drawn for a closed loop bounded by time alone: a server
    /// that answers in 50 ms uses them up, a quicker one has them again in ``PlanRounds``. What is
    /// never due ends with outcome `notNeeded`.
    package static let reservePerSlotSecond = 20.0
    /// Fewest requests that are drawn for such a stage, so that its lengths are the classes' even
    /// where they come again, and most: beyond them a round is long enough.
    package static let fewestReserved = 1_000
    package static let mostReserved = 1 << 18

    package init(
        stages: [StagePlan], classNames: [String], requests: [PlannedRequest], sessionCount: UInt32
    ) {
        self.stages = stages
        self.classNames = classNames
        self.requests = requests
        self.sessionCount = sessionCount
    }

    /// The plan of `spec` for `seed`. O(requests).
    ///
    /// - Parameter fewestReserved: Fewest requests of a closed stage that time alone bounds.
    package static func make(
        _ spec: WorkloadSpec, seed: UInt64, fewestReserved: Int = fewestReserved
    ) throws(WorkloadError) -> WorkloadPlan {
        try spec.validate()
        var builder = PlanBuilder(spec: spec, seed: seed, fewestReserved: fewestReserved)
        try builder.build()
        return builder.plan
    }
}

package import RunRecord
import Workload

extension OpenRequests {
    /// The requests of a deal.
    ///
    /// - Parameters:
    ///   - assignments: Each agent's, which together hold every request of the plan once.
    ///   - repeats: Whether requests come again in later rounds.
    package init(dealt assignments: [Assignment], repeats: Bool) {
        let count = assignments.reduce(0) { $0 + $1.requests.count }
        var owners = Array(repeating: PlanTable.nobody, count: count)
        for (agent, assignment) in assignments.enumerated() {
            for request in assignment.requests { owners[Int(request.index)] = Int32(agent) }
        }
        self.init(owners: owners, repeats: repeats)
    }
}

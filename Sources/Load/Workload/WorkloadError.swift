/// Why no plan can be made of a spec.
package enum WorkloadError: Error, Hashable, Sendable {
    case noStages
    case noClasses
    /// `index` from 0.
    case stage(index: Int, problem: String)
    case classSpec(name: String, problem: String)
    case warmup(problem: String)
    case tooManyRequests(limit: Int)
    case dealing(problem: String)
}

extension WorkloadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noStages: "the workload has no stages; give at least one"
        case .noClasses: "the workload has no classes; give at least one"
        case .stage(let index, let problem): "stage \(index + 1) \(problem)"
        case .classSpec(let name, let problem): "class \"\(name)\" \(problem)"
        case .warmup(let problem): "the warm-up \(problem)"
        case .tooManyRequests(let limit):
            "the plan has more than \(limit) requests; lower a rate, a duration or a count"
        case .dealing(let problem): "the workload cannot be dealt: \(problem)"
        }
    }
}

import RunRecord
import Sampling
import Workload

extension LoadStage {
    /// The scored stages of `plan`, which was made from `workload`.
    static func scored(of plan: WorkloadPlan, _ workload: WorkloadSpec) -> [LoadStage] {
        // A warm-up may be a stage before them.
        zip(workload.stages, plan.stages.suffix(workload.stages.count)).map { spec, stage in
            LoadStage(beginNs: stage.beginNs, load: ArrivalLoad(spec.load))
        }
    }
}

extension ArrivalLoad {
    fileprivate init(_ load: Load) {
        self =
            switch load {
            case .closed(let concurrency): .closed(users: Int(concurrency))
            case .open: load.changes ? .changing : .open
            }
    }
}

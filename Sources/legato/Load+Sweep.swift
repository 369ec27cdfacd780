import Sweep
import Workload

extension Load {
    /// The loads that a sweep of a stage varies where nobody says.
    var sweepAxis: SweepAxis {
        if case .closed = self { .concurrency } else { .rate }
    }

    /// The stage's own load on an axis; nil where it has none.
    func sweepLoad(_ axis: SweepAxis) -> Double? {
        switch (self, axis) {
        case (.closed(let users), .concurrency): Double(users)
        case (.open(.rate(_, let to, _)), .rate): to
        default: nil
        }
    }
}

import TimeBase
import Workload

/// The waits of a run's scored requests for a slot among those in flight.
struct Waits: Sendable {
    private(set) var requests = 0
    private(set) var firstDue = Int64.max
    /// The last instant at which a request was scheduled or could go.
    private(set) var lastFree = Int64.min
    /// From scheduled to free, of those requests that waited.
    private(set) var stretches: [(from: Int64, to: Int64)] = []
    /// First turns as they were scheduled, and as they were sent. A later turn is due when an
    /// answer has come, and says nothing of the rate that was asked for.
    private(set) var scheduled = Instants()
    private(set) var sent = Instants()

    /// How many instants there are, and the ends of them.
    struct Instants: Sendable {
        private var count = 0
        private var first = Int64.max
        private var last = Int64.min

        mutating func add(_ instant: Int64) {
            count += 1
            first = min(first, instant)
            last = max(last, instant)
        }

        /// Their rate, a second; nil where they have no length.
        var rate: Double? {
            first < last ? Double(count - 1) / (Double(last - first) / 1e9) : nil
        }
    }

    mutating func add(_ request: MeasuredRequest) {
        guard request.phase == .scored else { return }
        requests += 1
        let due = request.scheduled.ns
        let free = due + request.waited
        firstDue = min(firstDue, due)
        lastFree = max(lastFree, free)
        if request.waited > 0 { stretches.append((due, free)) }
        guard request.turn == 0 else { return }
        scheduled.add(due)
        if let instant = request.sent?.ns { sent.add(instant) }
    }
}

/// Tells while an open loop runs whether it asks for more than its servers can serve.
///
/// The test looks at the newer half of the arrivals so far. In it requests must have waited for a
/// first token all the time, so that the servers were never short of work; and what they answered
/// must lie under the rate that is planned by four standard errors of a Poisson count, and in each
/// of its two quarters by two: a stall that the servers make up for is no overload. The planned
/// rate is that of the whole stage: nor is a burst of arrivals. All instants in ns after the run's
/// start.
package struct BacklogWatch: Sendable {
    /// The finding that a loop asks for too much.
    package struct Overload: Hashable, Sendable {
        /// Requests a second: those that the stage plans, and first tokens in the newer half.
        package var planned: Double
        package var answered: Double
        /// Requests that wait for a first token.
        package var waiting: Int
    }

    /// How long a stage must have run.
    package static let least: Int64 = 10_000_000_000
    /// The fewest requests that wait all the time.
    private static let fewestWaiting = 10
    /// Standard errors between the two rates.
    private static let errors = 4.0

    private struct Look {
        var time: Int64
        var answered: Int
        var waiting: Int
    }

    private let begin: Int64
    /// The instants of the stage's sessions, rising.
    private let arrivals: [Int64]
    /// Sessions a second over the whole stage.
    private let planned: Double
    private var due = 0
    private var answered = 0
    private var looks: [Look] = []

    /// - Parameters:
    ///   - arrivals: When each session of the stage is due, in any order.
    ///   - begin: When the stage begins.
    ///   - end: When it ends.
    package init(arrivals: [Int64], from begin: Int64, to end: Int64) {
        self.arrivals = arrivals.sorted()
        self.begin = begin
        planned = end > begin ? Double(arrivals.count) / (Double(end - begin) / 1e9) : 0
    }

    /// A session's first request got its first token, or ended without one.
    package mutating func sessionAnswered() { answered += 1 }

    /// Looks at the backlog; instants of looks rise.
    ///
    /// - Returns: nil while nothing speaks for an overload.
    /// - Complexity: O(new arrivals), and O(looks) from ``least`` on.
    package mutating func look(at time: Int64) -> Overload? {
        while due < arrivals.count, arrivals[due] <= time { due += 1 }
        let waiting = max(0, due - answered)
        looks.append(Look(time: time, answered: answered, waiting: waiting))
        guard time - begin >= Self.least, due < arrivals.count else { return nil }
        let middle = begin + (time - begin) / 2
        let half = looks.drop { $0.time < middle }
        guard let first = half.first, first.time < time,
            half.allSatisfy({ $0.waiting >= Self.fewestWaiting })
        else { return nil }
        let quarter = half.first { $0.time - first.time >= (time - first.time) / 2 } ?? first
        let last = Look(time: time, answered: answered, waiting: waiting)
        guard isSlow(from: first, to: last, by: Self.errors),
            isSlow(from: first, to: quarter, by: Self.errors / 2),
            isSlow(from: quarter, to: last, by: Self.errors / 2)
        else { return nil }
        let seconds = Double(time - first.time) / 1e9
        let count = Double(answered - first.answered)
        return Overload(planned: planned, answered: count / seconds, waiting: waiting)
    }

    /// Whether first tokens came slower than planned by so many standard errors.
    private func isSlow(from first: Look, to last: Look, by errors: Double) -> Bool {
        guard last.time > first.time else { return false }
        let count = Double(last.answered - first.answered)
        let most = count + errors * (count + errors).squareRoot()
        return most < planned * Double(last.time - first.time) / 1e9
    }
}

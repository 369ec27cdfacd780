/// Whether a run's figures may be used.
package enum Verdict: String, Hashable, Sendable, CaseIterable, Comparable {
    case valid
    /// Valid, of a run in virtual time: its servers and its client are models.
    case simulated
    /// Some of it is missing or not valid, and the report says which.
    case partial
    case notValid = "not valid"

    /// The worse one is the greater one.
    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .valid: 0
        case .simulated: 1
        case .partial: 2
        case .notValid: 3
        }
    }

    /// Whether all figures may be used for what they are.
    package var isUsable: Bool { self <= .simulated }
}

/// A stretch of a run that is not valid on one node.
package struct InvalidInterval: Hashable, Sendable {
    /// The part of the measurement that does not hold there.
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        /// Stamps cannot be placed on the run's timeline.
        case clock
        /// The client, not the server, was the limit.
        case client
    }

    /// The agent's name.
    package var node: String
    package var cause: Cause
    /// ns since the run's epoch.
    package var from: Int64
    package var to: Int64
    package var reason: String

    package init(node: String, cause: Cause, from: Int64, to: Int64, reason: String) {
        self.node = node
        self.cause = cause
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// A hole in the records of an agent.
package struct RunGap: Hashable, Sendable {
    package var agent: String
    /// From its last records to the run's end, ns since the run's epoch.
    package var from: Int64
    package var to: Int64
    package var reason: String

    package init(agent: String, from: Int64, to: Int64, reason: String) {
        self.agent = agent
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// The verdict on a run, and what it rests on.
package struct Validity: Hashable, Sendable {
    package var verdict: Verdict
    package var intervals: [InvalidInterval]

    /// The share of node-seconds above which a run is not valid as a whole.
    package static let mostInvalid = 0.01

    package init(verdict: Verdict, intervals: [InvalidInterval]) {
        self.verdict = verdict
        self.intervals = intervals
    }

    /// Judges a run: not valid as a whole when `intervals` cover over 1 % of its node-seconds,
    /// partial when there are any, or when `isPartial` says that something is missing.
    ///
    /// - Parameters:
    ///   - nodes: The names of the agents; intervals of others do not count.
    ///   - run: The scored stretch, ns since the run's epoch.
    package init(
        intervals: [InvalidInterval], nodes: [String], run: ClosedRange<Int64>, isPartial: Bool
    ) {
        var covered = 0.0
        for node in nodes {
            let own = intervals.filter { $0.node == node }
            covered += Self.covered(own, within: run)
        }
        let whole = Double(run.upperBound - run.lowerBound) * Double(nodes.count)
        self.intervals = intervals
        if covered > whole * Self.mostInvalid {
            verdict = .notValid
        } else {
            verdict = isPartial || !intervals.isEmpty ? .partial : .valid
        }
    }

    /// The length of the union of `intervals`, cut to `run`, ns.
    private static func covered(
        _ intervals: [InvalidInterval], within run: ClosedRange<Int64>
    ) -> Double {
        var covered: Int64 = 0
        var reached = run.lowerBound
        for interval in intervals.sorted(by: { $0.from < $1.from }) {
            let from = max(interval.from, reached)
            let to = min(interval.to, run.upperBound)
            guard to > from else { continue }
            covered += to - from
            reached = to
        }
        return Double(covered)
    }
}

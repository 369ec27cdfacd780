import JSON

/// When an agent began against the instant that all were told.
package struct AgentStart: Hashable, Sendable {
    /// The instant meant and the one at which its timer called, on the agent's own clock, ns.
    package var intendedRaw: Int64
    package var achievedRaw: Int64
    /// Achieved minus named start on the run's timeline, ns: what the agent's timer was late, and
    /// what its offset was wrong by when the start was named.
    package var error: Int64
    /// The interval that holds the true error, given the hard bounds of its clock, ns; nil without
    /// any.
    package var bounds: ClosedRange<Int64>?

    package init(
        intendedRaw: Int64, achievedRaw: Int64, error: Int64, bounds: ClosedRange<Int64>?
    ) {
        self.intendedRaw = intendedRaw
        self.achievedRaw = achievedRaw
        self.error = error
        self.bounds = bounds
    }

    var json: JSONValue {
        var ends = JSONValue.null
        if let bounds { ends = .array([.integer(bounds.lowerBound), .integer(bounds.upperBound)]) }
        return .object([
            "intended_raw_ns": .integer(intendedRaw),
            "achieved_raw_ns": .integer(achievedRaw),
            "error_ns": .integer(error),
            "error_bounds_ns": ends,
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        intendedRaw = try json.integer("intended_raw_ns")
        achievedRaw = try json.integer("achieved_raw_ns")
        error = try json.integer("error_ns")
        bounds = try json.optionalField("error_bounds_ns", "[low, high] in ns") { value in
            guard let ends = value.array?.compactMap(\.int64), ends.count == 2, ends[0] <= ends[1]
            else { return nil }
            return ends[0]...ends[1]
        }
    }
}

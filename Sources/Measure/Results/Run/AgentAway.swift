import JSON

/// A time in which an agent's load went on without a link to the coordinator.
package struct AgentAway: Hashable, Sendable {
    /// ns since the run's epoch; from when the coordinator noticed.
    package var from: Int64
    /// nil where it did not come back.
    package var to: Int64?
    package var reason: String

    package init(from: Int64, to: Int64?, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}

extension AgentAway {
    var json: JSONValue {
        .object([
            "from": .integer(from), "to": to.map(JSONValue.integer) ?? .null,
            "reason": .string(reason),
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            from: try json.integer("from"), to: try json.optionalInteger("to"),
            reason: try json.text("reason"))
    }
}

import JSON
import RunRecord
import TimeBase

/// A time in which an agent's load went on without a link, as the manifest has it: ns since the
/// run's epoch.
extension Absence<ClusterInstant> {
    var json: JSONValue {
        .object([
            "from": .integer(from.ns), "to": to.map { .integer($0.ns) } ?? .null,
            "reason": .string(reason),
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            from: ClusterInstant(ns: try json.integer("from")),
            to: try json.optionalInteger("to").map(ClusterInstant.init(ns:)),
            reason: try json.text("reason"))
    }
}

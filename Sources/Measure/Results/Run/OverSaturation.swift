package import JSON
package import TimeBase

/// The end of a run that asked for more than its servers could serve.
package struct OverSaturation: Hashable, Sendable {
    /// When it was ended.
    package var at: ClusterInstant
    /// Requests that waited for a first token then.
    package var waiting: Int

    package init(at: ClusterInstant, waiting: Int) {
        self.at = at
        self.waiting = waiting
    }

    /// The member of the manifest.
    package static let name = "over_saturated"

    package var json: JSONValue {
        ["at": .integer(at.ns), "waiting": .integer(Int64(waiting))]
    }

    package init(json: JSONValue) throws(JSONFieldError) {
        at = ClusterInstant(ns: try json.integer("at"))
        waiting = try json.integer("waiting")
    }
}

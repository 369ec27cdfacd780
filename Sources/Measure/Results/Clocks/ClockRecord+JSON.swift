import ClockSync
package import JSON
package import Timeline

extension ClockRecord {
    /// As the manifest shows it.
    package var json: JSONValue {
        .object([
            "valid": .bool(isValid),
            "problems": .array(problems.map(JSONValue.string)),
            "exchanges": .integer(Int64(exchanges)),
            "min_rtt_ns": minRTT.map(JSONValue.integer) ?? .null,
            "skew_ppm": skewPPM.map(JSONValue.real) ?? .null,
            "hard_half_width_ns": hard?.json ?? .null,
            "budget_half_width_ns": budget?.json ?? .null,
            "est_half_width_ns": est?.json ?? .null,
            "events": .array(events.map(\.json)),
            "suspected": .array(suspected.map(\.json)),
            "boot_id": .string(bootID),
            "time_namespace": .string(timeNamespace),
            "shared": .bool(isShared),
        ])
    }

    /// Reads what ``json`` writes; runs of before lack some of it.
    init(json: JSONValue) throws(JSONFieldError) {
        self.init()
        exchanges = try json.optionalInteger("exchanges") ?? 0
        minRTT = try json.optionalInteger("min_rtt_ns")
        skewPPM = try json.optionalField("skew_ppm", "a number") { $0.double }
        hard = try HalfWidth(member: "hard_half_width_ns", of: json)
        budget = try HalfWidth(member: "budget_half_width_ns", of: json)
        est = try HalfWidth(member: "est_half_width_ns", of: json)
        events = try json.optionalList("events", ClockEvent.init(json:))
        suspected = try json.optionalList("suspected", Suspicion.init(json:))
        problems = json.optional("problems") == nil ? [] : try json.strings("problems")
        bootID = try json.optionalField("boot_id", "a string") { $0.string } ?? ""
        timeNamespace = try json.optionalField("time_namespace", "a string") { $0.string } ?? ""
        isShared = try json.optionalField("shared", "true or false") { $0.bool } ?? false
    }
}

extension ClockRecord.HalfWidth {
    fileprivate var json: JSONValue {
        .object(["median": .integer(median), "max": .integer(maximum)])
    }

    fileprivate init?(member name: String, of json: JSONValue) throws(JSONFieldError) {
        guard let value = json.optional(name) else { return nil }
        self.init(median: try value.integer("median"), maximum: try value.integer("max"))
    }
}

extension ClockEvent {
    var json: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "from_agent_ns": .integer(fromAgentNs),
            "to_agent_ns": .integer(toAgentNs), "at_agent_ns": .integer(atAgentNs),
        ])
    }

    fileprivate init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            kind: try json.field("kind", "step, rate or suspend") {
                $0.string.flatMap(Kind.init(rawValue:))
            }, fromAgentNs: try json.integer("from_agent_ns"),
            toAgentNs: try json.integer("to_agent_ns"), atAgentNs: try json.integer("at_agent_ns"))
    }
}

extension ClockRecord.Suspicion {
    var json: JSONValue {
        .object([
            "from_agent_ns": .integer(from), "to_agent_ns": .integer(to), "sigmas": .real(sigmas),
        ])
    }

    fileprivate init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            from: try json.integer("from_agent_ns"), to: try json.integer("to_agent_ns"),
            sigmas: try json.field("sigmas", "a number") { $0.double })
    }
}

package import Goodput
package import JSON

extension ScoringParameters {
    /// The parameters by the names of the metrics page; an objective that is not set is left out,
    /// and so is `reads` where all tokens are read.
    package var json: JSONValue {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue) {
            members.append(JSONMember(name, value))
        }
        add("reading_speed", .real(readingSpeed))
        add("anchor", .string(anchor.rawValue))
        add("ttft_budget", .integer(ttftBudget))
        add("alpha", .real(alpha))
        add("penalty", penalty.json)
        add("incomplete", .string(incomplete.rawValue))
        if reads != .all { add("reads", .string(reads.rawValue)) }
        let bounds = [
            ("ttft_slo", objectives.ttft), ("tpot_slo", objectives.tpot),
            ("tbt_slo", objectives.tbt), ("e2e_slo", objectives.e2e),
        ]
        for case (let name, let bound?) in bounds { add(name, .integer(bound)) }
        return .object(members)
    }

    /// Reads what ``json`` writes. A `preset` gives what is left out, else the default does; a
    /// name that is not known is an error, so that a misspelt one cannot be overlooked.
    init(json: JSONValue) throws(JSONFieldError) {
        guard let members = json.members else {
            throw JSONFieldError(problem: "should be an object and is \(json.kind)")
        }
        for member in members where !Self.names.contains(member.name) {
            throw JSONFieldError(
                problem: "has an unknown member `\(member.name)`; known are "
                    + Self.names.joined(separator: ", "))
        }
        let preset = try json.optionalField(
            "preset", "one of " + Preset.allCases.map(\.rawValue).joined(separator: ", ")
        ) { $0.string.flatMap(Preset.init(rawValue:)) }
        self = (preset ?? .default).parameters
        readingSpeed =
            try json.optionalField("reading_speed", "a number") { $0.double } ?? readingSpeed
        anchor =
            try json.optionalField("anchor", "`arrival` or `first_token`") {
                $0.string.flatMap(Anchor.init(rawValue:))
            } ?? anchor
        ttftBudget = try json.optionalInteger("ttft_budget") ?? ttftBudget
        alpha = try json.optionalField("alpha", "a number") { $0.double } ?? alpha
        if let penalty = json.optional("penalty") { self.penalty = try Penalty(json: penalty) }
        incomplete =
            try json.optionalField("incomplete", "`delivered`, `waiting` or `void`") {
                $0.string.flatMap(IncompletePolicy.init(rawValue:))
            } ?? incomplete
        reads =
            try json.optionalField("reads", "`all` or `answer`") {
                $0.string.flatMap(ReadPart.init(rawValue:))
            } ?? reads
        objectives.ttft = try json.optionalInteger("ttft_slo") ?? objectives.ttft
        objectives.tpot = try json.optionalInteger("tpot_slo") ?? objectives.tpot
        objectives.tbt = try json.optionalInteger("tbt_slo") ?? objectives.tbt
        objectives.e2e = try json.optionalInteger("e2e_slo") ?? objectives.e2e
    }

    private static let names = [
        "preset", "reading_speed", "anchor", "ttft_budget", "alpha", "penalty", "incomplete",
        "reads", "ttft_slo", "tpot_slo", "tbt_slo", "e2e_slo",
    ]
}

extension Penalty {
    /// The kind and its figures.
    package var json: JSONValue {
        switch self {
        case .linear, .step: .object(["kind": .string(kind)])
        case .power(let exponent): .object(["kind": .string(kind), "exponent": .real(exponent)])
        case .exponential(let tau), .fraction(let tau):
            .object(["kind": .string(kind), "tau": .real(tau)])
        case .hinge(let grace): .object(["kind": .string(kind), "grace": .real(grace)])
        }
    }

    init(json: JSONValue) throws(JSONFieldError) {
        let kinds = Self.kinds.joined(separator: ", ")
        guard let kind = json["kind"]?.string, var penalty = Penalty(kind: kind) else {
            throw JSONFieldError(problem: "has a `penalty` whose `kind` is none of \(kinds)")
        }
        func figure(_ name: String, _ otherwise: Double) throws(JSONFieldError) -> Double {
            try json.optionalField(name, "a number") { $0.double } ?? otherwise
        }
        switch penalty {
        case .linear, .step: break
        case .power(let exponent): penalty = .power(exponent: try figure("exponent", exponent))
        case .exponential(let tau): penalty = .exponential(tau: try figure("tau", tau))
        case .hinge(let grace): penalty = .hinge(grace: try figure("grace", grace))
        case .fraction(let tau): penalty = .fraction(tau: try figure("tau", tau))
        }
        self = penalty
    }
}

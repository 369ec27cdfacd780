package import JSON

extension EngineOptions {
    /// All fields as an object, by which a coordinator tells its agents what to serve.
    package var json: JSONValue {
        var members: [JSONMember] = [
            JSONMember("gpu", .string(gpu.rawValue)), JSONMember("model", .string(model.rawValue)),
            JSONMember("scheduler", .string(scheduler.rawValue)),
            JSONMember("chunkBudget", .integer(Int64(chunkBudget))),
            JSONMember("hostProfile", .string(hostProfile.rawValue)),
            JSONMember("maxSequences", .integer(Int64(maxSequences))),
            JSONMember("maxModelLen", .integer(Int64(maxModelLen))),
            // JSON's whole numbers end at 2^63 here, and a seed does not.
            JSONMember("seed", Int64(exactly: seed).map(JSONValue.integer) ?? .string("\(seed)")),
        ]
        for (name, tokens) in [
            ("keyValueTokens", keyValueTokens), ("meanAnswerTokens", meanAnswerTokens),
        ] {
            if let tokens { members.append(JSONMember(name, .integer(Int64(tokens)))) }
        }
        return .object(members)
    }

    /// The engine that an object describes; what it does not have keeps its default, and members
    /// that are not known are skipped.
    ///
    /// - Throws: ``EngineOptionsError`` for what is no such object, a name or number that does not
    ///   hold, and numbers that do not fit together.
    package init(parsing text: String) throws(EngineOptionsError) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: text)
        } catch {
            throw .malformed("is no JSON, \(error)")
        }
        guard json.members != nil else { throw .malformed("is \(json.kind), and no object") }
        self.init()
        do throws(JSONFieldError) {
            chunkBudget = try json.optionalInteger("chunkBudget") ?? chunkBudget
            maxSequences = try json.optionalInteger("maxSequences") ?? maxSequences
            maxModelLen = try json.optionalInteger("maxModelLen") ?? maxModelLen
            keyValueTokens = try json.optionalInteger("keyValueTokens")
            meanAnswerTokens = try json.optionalInteger("meanAnswerTokens")
            seed =
                try json.optionalField("seed", "a whole number from 0 to \(UInt64.max)") {
                    $0.string.flatMap { UInt64($0) } ?? $0.int64.flatMap { UInt64(exactly: $0) }
                } ?? seed
        } catch {
            throw .malformed(error.problem)
        }
        gpu = try json.choice("gpu") ?? gpu
        model = try json.choice("model") ?? model
        scheduler = try json.choice("scheduler") ?? scheduler
        hostProfile = try json.choice("hostProfile") ?? hostProfile
        try validate()
    }
}

extension JSONValue {
    /// The member `name`, one of a closed set; nil where it is absent or null.
    fileprivate func choice<Choice: NamedChoice>(
        _ name: String
    ) throws(EngineOptionsError) -> Choice? {
        guard let value = optional(name) else { return nil }
        guard let text = value.string else {
            throw .malformed("has a `\(name)` that is not a string")
        }
        return try Choice.named(text)
    }
}

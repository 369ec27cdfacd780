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
            JSONMember("seed", .whole(seed)),
        ]
        for (name, tokens) in [
            ("keyValueTokens", keyValueTokens), ("meanAnswerTokens", meanAnswerTokens),
        ] {
            if let tokens { members.append(JSONMember(name, .integer(Int64(tokens)))) }
        }
        return .object(members + fleetMembers + trickMembers)
    }

    /// Members of several engines and their memory that differ from the default.
    private var fleetMembers: [JSONMember] {
        let standard = EngineOptions()
        var members: [JSONMember] = []
        if engines != standard.engines {
            members.append(JSONMember("engines", .integer(Int64(engines))))
        }
        if routing != standard.routing {
            members.append(JSONMember("routing", .string(routing.rawValue)))
        }
        if order != standard.order {
            members.append(JSONMember("order", .string(order.rawValue)))
        }
        if let prefillEngines {
            members.append(JSONMember("prefillEngines", .integer(Int64(prefillEngines))))
        }
        if transferGBps != standard.transferGBps {
            members.append(JSONMember("transferGBps", .real(transferGBps)))
        }
        if preemption != standard.preemption {
            members.append(JSONMember("preemption", .string(preemption.rawValue)))
        }
        if prefixCache { members.append(JSONMember("prefixCache", .bool(true))) }
        return members
    }

    private var trickMembers: [JSONMember] {
        var members: [JSONMember] = []
        if let speculation {
            members.append(
                JSONMember(
                    "speculation",
                    [
                        "proposed": .integer(Int64(speculation.proposed)),
                        "acceptance": .real(speculation.acceptance),
                    ]))
        }
        if let abandonFor {
            members.append(
                JSONMember(
                    "abandonFor",
                    [
                        "speed": .real(abandonFor.speed),
                        "ttftBudgetNs": .integer(abandonFor.ttftBudgetNs),
                    ]))
        }
        if let thoughts {
            members.append(
                JSONMember(
                    "thoughts",
                    [
                        "share": .real(thoughts.share), "hidden": .bool(thoughts.areHidden),
                    ]))
        }
        if let costs {
            let given = StepCosts.terms.compactMap { field, term in
                costs[keyPath: term].map { JSONMember(field.member, .real($0)) }
            }
            members.append(JSONMember("costs", .object(given)))
        }
        if holding != TokenHolding() {
            members.append(
                JSONMember(
                    "holding",
                    [
                        "streamInterval": .integer(Int64(holding.streamInterval)),
                        "outputDelayNs": .integer(holding.outputDelayNs),
                        "firstNs": .integer(holding.firstNs),
                    ]))
        }
        return members
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
            engines = try json.optionalInteger("engines") ?? engines
            prefillEngines = try json.optionalInteger("prefillEngines")
            transferGBps =
                try json.optionalField("transferGBps", "a number") { $0.double } ?? transferGBps
            prefixCache =
                try json.optionalField("prefixCache", "true or false") { $0.bool } ?? prefixCache
            if let section = json.optional("speculation") {
                speculation = Speculation(
                    proposed: try section.integer("proposed"),
                    acceptance: try section.field("acceptance", "a number") { $0.double })
            }
            if let section = json.optional("abandonFor") {
                abandonFor = ToldReader(
                    speed: try section.field("speed", "a number") { $0.double },
                    ttftBudgetNs: try section.integer("ttftBudgetNs"))
            }
            if let section = json.optional("thoughts") {
                thoughts = Thoughts(
                    share: try section.field("share", "a number") { $0.double },
                    areHidden: try section.field("hidden", "true or false") { $0.bool })
            }
            if let section = json.optional("costs") {
                var costs = StepCosts()
                for (field, term) in StepCosts.terms {
                    costs[keyPath: term] =
                        try section.optionalField(field.member, "a number") { $0.double }
                }
                self.costs = costs
            }
            if let section = json.optional("holding") {
                holding.streamInterval = try section.integer("streamInterval")
                holding.outputDelayNs = try section.integer("outputDelayNs")
                holding.firstNs = try section.integer("firstNs")
            }
        } catch {
            throw .malformed(error.problem)
        }
        gpu = try json.choice("gpu") ?? gpu
        model = try json.choice("model") ?? model
        scheduler = try json.choice("scheduler") ?? scheduler
        hostProfile = try json.choice("hostProfile") ?? hostProfile
        routing = try json.choice("routing") ?? routing
        order = try json.choice("order") ?? order
        preemption = try json.choice("preemption") ?? preemption
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

extension EngineField {
    /// The name of its JSON member within its object.
    fileprivate var member: String {
        rawValue.split(separator: ".").last.map(String.init) ?? rawValue
    }
}

import Goodput
package import JSON
package import Loss

extension LossFigures {
    /// `loss` with the field names of the attribution page, `shared` (null where there were too
    /// many stalls to say), and the same of each part by name.
    ///
    /// - Parameters: The names of the agents, the classes and the servers, by their indices.
    package func json(agents: [String], classes: [String], servers: [String]) -> JSONValue {
        func parts(_ names: [String], _ parts: [LossPart]) -> JSONValue {
            .object(zip(names, parts).map { JSONMember($0, .object($1.members)) })
        }
        return .object(
            whole.members + [
                JSONMember("shared", shared),
                JSONMember("agents", parts(agents, self.agents)),
                JSONMember("classes", parts(classes, self.classes)),
                JSONMember("servers", parts(servers, self.servers)),
            ])
    }

    private var shared: JSONValue {
        guard let stalls else { return .null }
        return .object([
            "within": .integer(StallFigures.together),
            "stalls": .integer(Int64(stalls.reduce(0) { $0 + $1.stalls })),
            "shared": .integer(Int64(stalls.reduce(0) { $0 + $1.shared })),
            "tokens_lost": .finite(stalls.reduce(0) { $0 + $1.tokensLostShared }),
        ])
    }
}

extension LossPart {
    /// The members of a part's `loss`.
    fileprivate var members: [JSONMember] {
        [
            JSONMember("tokens_lost", .finite(tokensLost)),
            JSONMember(
                "causes",
                .object(listed.map { JSONMember($0.name, .finite(self[$0])) })),
            JSONMember("timeline", timeline),
            JSONMember("worst", .array(worst.map(\.json))),
        ]
    }

    /// The causes of the attribution page, and thoughts where there were any that nobody read.
    private var listed: [LossCause] {
        LossCause.allCases.filter { $0 != .thought || self[$0] > 0 }
    }

    private var timeline: JSONValue {
        .object(
            [JSONMember("bin", .integer(Timeline.bin))]
                + listed.map { cause in
                    JSONMember(cause.name, .array(timeline(of: cause).map { .finite($0) }))
                })
    }
}

extension LostWait {
    fileprivate var json: JSONValue {
        .object([
            "id": .integer(Int64(id)), "token": .integer(Int64(token)), "from": .integer(from),
            "to": .integer(to), "cause": .string(cause.name), "tokens_lost": .finite(tokensLost),
        ])
    }
}

extension JSONValue {
    /// A number; null where it is none, or too large for one.
    fileprivate static func finite(_ value: Double) -> JSONValue {
        value.isFinite ? .real(value) : .null
    }
}

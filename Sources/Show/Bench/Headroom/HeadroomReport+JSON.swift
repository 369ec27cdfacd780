import Host
package import JSON

extension HeadroomReport {
    /// The report for machines.
    package var json: JSONValue {
        [
            "format": 1, "verdict": .string(verdict.rawValue), "share": Self.number(share),
            "agents": .integer(Int64(plan.agents)),
            "plan": Self.json(plan.peak),
            "pace": [
                "first_token_ns": .integer(plan.pace.firstTokenNs),
                "token_ns": .integer(plan.pace.tokenNs),
            ],
            "driven": driven, "limit": limit, "needs": .array(needs.map(Self.json)),
            "host": .string(host), "node": nodeJSON, "advice": .array(advice.map(JSONValue.string)),
        ]
    }

    private var driven: JSONValue {
        let driven = capacity.driven
        return .object(
            Self.members(driven.rates) + [
                JSONMember("loop_busy", Self.number(driven.busy)),
                JSONMember("cores", Self.number(driven.cores)),
                JSONMember("lateness_p99_ns", .integer(driven.latenessP99Ns)),
                JSONMember("source_busy", Self.number(source.busy)),
                JSONMember("source_is_limit", .bool(source.isLimit)),
            ])
    }

    private var limit: JSONValue {
        .object(
            Self.members(capacity.limit) + [
                JSONMember("by", .string(capacity.bound.rawValue)),
                JSONMember("extrapolated", .bool(capacity.isExtrapolated)),
                JSONMember("token_ns", Self.number(capacity.tokenNs)),
                JSONMember("request_ns", Self.number(capacity.requestNs)),
            ])
    }

    private var nodeJSON: JSONValue {
        [
            "cores": Self.number(node.cores), "others_cores": Self.number(node.othersCores),
            "numa_nodes": .array(
                node.numaNodes.map { each in
                    [
                        "node": .integer(Int64(each.number)),
                        "processors": .array(each.processors.map { .integer(Int64($0)) }),
                    ]
                }),
            "governors": .array(node.governors.map(JSONValue.string)),
        ]
    }

    private static func json(_ peak: LoadPeak) -> JSONValue { .object(members(peak)) }

    private static func members(_ peak: LoadPeak) -> [JSONMember] {
        [
            JSONMember("tokens_per_s", number(peak.tokensPerSecond)),
            JSONMember("requests_per_s", number(peak.requestsPerSecond)),
            JSONMember("streams", number(peak.streams)),
        ]
    }

    private static func json(_ need: HeadroomNeed) -> JSONValue {
        [
            "name": .string(need.kind.rawValue), "needed": number(need.needed),
            "available": number(need.available), "share": number(need.share),
        ]
    }

    /// A number; null for one without an end.
    private static func number(_ value: Double) -> JSONValue {
        value.isFinite ? .real(value) : .null
    }
}

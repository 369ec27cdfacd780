import JSON
import TokenLog

extension ClientAudit {
    /// As `agents[].audit` of `manifest.json` holds it: spans in ns, shares from 0 to 1.
    var json: JSONValue {
        [
            "sends": Self.number(sends),
            "lateness": [
                "p50": .integer(latenessP50Ns), "p99": .integer(latenessP99Ns),
                "max": .integer(latenessMaxNs),
            ],
            "loop_busy": .real(Double(busyPermille) / 1_000),
            "loop_busiest_second": .real(Double(busiestPermille) / 1_000),
            "events": [
                "kernel": Self.number(events.kernel),
                "kernel_joined": Self.number(events.kernelJoined),
                "callback": Self.number(events.callback),
                "callback_joined": Self.number(events.callbackJoined),
            ],
            "joined_share": joinedShare.map(JSONValue.real) ?? .null,
            "fallback_share": fallbackShare.map(JSONValue.real) ?? .null,
            "out_of_order": Self.number(outOfOrder),
            "timeouts": Self.number(timeouts),
            "cpu": Self.number(cpuNs),
            "wall": Self.number(wallNs),
            "unstamped": Self.number(unstamped),
            "read_delay": readDelay.json,
            "read_waiting": readWaiting.json,
            "late_joined_reads": lateJoins.gaps.json,
            "late_first_reads": lateJoins.firsts.json,
            "overload": [
                "total": Self.number(overload.totalNs), "from": Self.number(overload.fromNs),
                "to": Self.number(overload.toNs),
            ],
            "priority": priority?.json ?? .null,
        ]
    }

    private static func number(_ value: UInt64) -> JSONValue {
        .integer(Int64(clamping: value))
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init()
        let lateness = try json.field("lateness", "an object") { $0 }
        let events = try json.field("events", "an object") { $0 }
        sends = try json.integer("sends")
        latenessP50Ns = try lateness.integer("p50")
        latenessP99Ns = try lateness.integer("p99")
        latenessMaxNs = try lateness.integer("max")
        busyPermille = try Self.permille(json, "loop_busy")
        busiestPermille = try Self.permille(json, "loop_busiest_second")
        self.events.kernel = try events.integer("kernel")
        self.events.kernelJoined = try events.integer("kernel_joined")
        self.events.callback = try events.integer("callback")
        self.events.callbackJoined = try events.integer("callback_joined")
        outOfOrder = try json.integer("out_of_order")
        timeouts = try json.integer("timeouts")
        cpuNs = try json.integer("cpu")
        wallNs = try json.integer("wall")
        unstamped = try json.integer("unstamped")
        readDelay = try json.field("read_delay", "an object with `steps`", LogHistogram.init(json:))
        readWaiting = try json.field(
            "read_waiting", "an object with `steps`", LogHistogram.init(json:))
        // Runs of before have neither of them.
        lateJoins.gaps =
            try json.optionalField(
                "late_joined_reads", "an object with `steps`", LogHistogram.init(json:))
            ?? lateJoins.gaps
        lateJoins.firsts =
            try json.optionalField(
                "late_first_reads", "an object with `steps`", LogHistogram.init(json:))
            ?? lateJoins.firsts
        if let overload = json.optional("overload") {
            self.overload.totalNs = try overload.integer("total")
            self.overload.fromNs = try overload.integer("from")
            self.overload.toNs = try overload.integer("to")
        }
        priority = try json.optional("priority").map(PriorityAudit.init(json:))
    }

    private static func permille(
        _ json: JSONValue, _ name: String
    ) throws(JSONFieldError) -> UInt16 {
        try json.field(name, "a share from 0 to 1") { value in
            value.double.flatMap { share in
                (0...1).contains(share) ? UInt16((share * 1_000).rounded()) : nil
            }
        }
    }
}

extension LogHistogram {
    fileprivate var json: JSONValue {
        [
            "p50": upperBound(ofRank: 0.5).map(JSONValue.integer) ?? .null,
            "p99": upperBound(ofRank: 0.99).map(JSONValue.integer) ?? .null,
            // [largest value of the step, values in it]
            "steps": .array(
                filled.map { step, count in
                    [
                        .integer(Self.upperBound(ofStep: step)),
                        .integer(Int64(clamping: count)),
                    ]
                }),
        ]
    }

    /// Nil where a step is not [largest value, values in it].
    fileprivate init?(json: JSONValue) {
        guard let rows = json["steps"]?.array else { return nil }
        self.init()
        for row in rows {
            guard let pair = row.array, pair.count == 2, let value = pair[0].int64,
                let count = pair[1].int64.flatMap(UInt64.init(exactly:))
            else { return nil }
            add(count, toStep: Self.step(of: value))
        }
    }
}

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
            "read_delay": [
                "p50": readDelay.upperBound(ofRank: 0.5).map(JSONValue.integer) ?? .null,
                "p99": readDelay.upperBound(ofRank: 0.99).map(JSONValue.integer) ?? .null,
                // [largest span of the step, reads in it]
                "steps": .array(
                    readDelay.filled.map { step, count in
                        [
                            .integer(DelayHistogram.upperBound(ofStep: step)),
                            Self.number(count),
                        ]
                    }),
            ],
        ]
    }

    private static func number(_ value: UInt64) -> JSONValue {
        .integer(Int64(clamping: value))
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init()
        let lateness = try json.field("lateness", "an object") { $0 }
        let events = try json.field("events", "an object") { $0 }
        let delay = try json.field("read_delay", "an object") { $0 }
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
        for row in try delay.field("steps", "an array", { $0.array }) {
            guard let pair = row.array, pair.count == 2, let span = pair[0].int64,
                let count = pair[1].int64.flatMap(UInt64.init(exactly:))
            else { throw JSONFieldError(problem: "has a step of delays that is not [ns, reads]") }
            readDelay.add(count, toStep: DelayHistogram.step(of: span))
        }
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

import ClockSync
import Goodput
package import JSON
import RunRecord
import TimeBase
import Timeline
import TokenLog

extension RunHeader {
    /// The version of `manifest.json`.
    package static let format: Int64 = 1

    /// The content of `manifest.json`.
    package var json: JSONValue {
        let damage = journalDamage.map { [JSONMember("\(JournalDamage.name)", $0.json)] } ?? []
        return .object((facts.members ?? []) + damage)
    }

    private var facts: JSONValue {
        .object([
            "format": .integer(Self.format),
            // The unit of every instant and span whose name carries none.
            "time_unit": "ns",
            "run_id": .string(runID),
            "name": .string(name),
            "seed": .whole(seed),
            "version": .string(version),
            "command": .array(command.map(JSONValue.string)),
            "simulated": simulated.map(JSONValue.string) ?? .null,
            "verdict": .string(validity.verdict.rawValue),
            "invalid": .array(validity.intervals.map(\.json)),
            "reasons": .array(findings.map(\.json)),
            "interrupted": .bool(interrupted),
            OverSaturation.name: overSaturated?.json ?? .null,
            "load": load?.json ?? .null,
            "complete": .bool(complete),
            "lossless": .bool(lossless),
            "gaps": .array(gaps.map(\.json)),
            "notes": .array(notes.map(JSONValue.string)),
            "percentiles": percentiles.json,
            "epoch": epoch.json,
            "agents": .array(agents.map(\.json)),
            "classes": .array(classes.map(\.json)),
            "host": host,
            "scenario": scenario,
            "clock_ledger": .array(clockLedger.map(\.row)),
        ])
    }

    /// Reads what ``json`` writes.
    ///
    /// - Throws: ``FileProblem`` that names the member at fault; `path` is the file's.
    package init(json: JSONValue, path: String) throws(FileProblem) {
        do throws(JSONFieldError) {
            try self.init(json: json)
        } catch {
            throw FileProblem(.content, path, "the manifest \(error.problem)")
        }
    }

    private init(json: JSONValue) throws(JSONFieldError) {
        try json.requireFormat(Self.format)
        let agents = try json.list("agents", RunAgent.init(json:))
        self.init(
            runID: try json.text("run_id"), name: try json.text("name"),
            seed: try json.whole("seed"),
            version: try json.text("version"),
            epoch: try RunEpoch(json: try json.field("epoch", "an object") { $0 }),
            agents: agents,
            classes: try json.list("classes", RunClass.init(json:)),
            validity: Validity(
                verdict: try json.field("verdict", "valid, partial or not valid") {
                    $0.string.flatMap(Verdict.init(rawValue:))
                },
                intervals: try json.list("invalid") { value throws(JSONFieldError) in
                    try InvalidInterval(json: value, agents: agents)
                }),
            complete: try json.field("complete", "true or false") { $0.bool },
            lossless: try json.field("lossless", "true or false") { $0.bool })
        clockLedger = try json.list("clock_ledger", ClockReading.init(row:))
        simulated = try json.optionalField("simulated", "a string") { $0.string }
        scenario = json["scenario"] ?? .null
        host = json["host"] ?? .null
        gaps = try json.list("gaps", RunGap.init(json:))
        journalDamage = try json.optional("\(JournalDamage.name)").map(JournalDamage.init(json:))
        notes = try json.strings("notes")
        // Runs of before listed the standard ones.
        percentiles =
            try json.optionalField(
                "percentiles", "a list of 1 to \(PercentileRanks.most) numbers from 0 to 100",
                PercentileRanks.init(json:)) ?? .standard
        load = try json.optional("load").map(LoadPlan.init(json:))
        if json.optional("command") != nil { command = try json.strings("command") }
        overSaturated = try json.optional(OverSaturation.name).map(OverSaturation.init(json:))
        // A run of before that is partial for no other reason was stopped.
        interrupted =
            try json.optionalField("interrupted", "true or false") { $0.bool }
            ?? (validity.verdict == .partial && validity.intervals.isEmpty && complete && lossless)
    }
}

extension RunEpoch {
    var json: JSONValue {
        .object([
            "raw_ns": .integer(raw), "monotonic_ns": .integer(monotonic),
            "realtime_ns": .integer(realtime), "boot_id": .string(bootID),
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            raw: try json.integer("raw_ns"), monotonic: try json.integer("monotonic_ns"),
            realtime: try json.integer("realtime_ns"), bootID: try json.text("boot_id"))
    }
}

extension ClockReading {
    fileprivate var row: JSONValue {
        .array([
            .integer(rawNs), .integer(monotonicNs), .integer(boottimeNs), .integer(realtimeNs),
        ])
    }

    fileprivate init(row json: JSONValue) throws(JSONFieldError) {
        let row = json.array?.compactMap(\.int64) ?? []
        guard row.count == 4, json.array?.count == 4 else {
            throw JSONFieldError(
                problem: "is not [raw_ns, monotonic_ns, boottime_ns, realtime_ns]")
        }
        self.init(
            rawNs: row[0], monotonicNs: row[1], boottimeNs: row[2], realtimeNs: row[3])
    }
}

extension RunAgent {
    var json: JSONValue {
        // In words of its own, the compiler finds the types in reasonable time.
        let start = start?.json ?? .null
        return .object([
            "name": .string(name),
            "targets": .array(targets.map { .string($0.url) }),
            "servers": .array(targets.compactMap(\.profile)),
            "tls": .array(targets.compactMap(\.tlsJSON)),
            "server_metrics": wholeServerMetricsJSON,
            "request_headers": .array(headerNames.map(JSONValue.string)),
            "clock_offset": clockOffset.map(JSONValue.real) ?? .null,
            "clock_half_width": clockHalfWidth.map(JSONValue.integer) ?? .null,
            "clock_bounds": clockBounds.map { [.integer($0.low), .integer($0.high)] } ?? .null,
            "start_error": startError.map(JSONValue.integer) ?? .null,
            "start": start,
            "away": .array(away.map(\.json)),
            "host": host,
            "clock": clock?.json ?? .null,
            "audit": audit?.json ?? .null,
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            name: try json.text("name"), targets: try json.strings("targets"),
            host: json["host"] ?? .null,
            clock: try Self.part("clock", of: json, "has a `clock` that", ClockRecord.init(json:)),
            clockOffset: try json.optionalField("clock_offset", "a number") { $0.double },
            clockHalfWidth: try json.optionalInteger("clock_half_width"),
            startError: try json.optionalInteger("start_error"),
            audit: try Self.part("audit", of: json, "has an `audit` that", ClientAudit.init(json:)))
        // Runs of before have none of them.
        clockBounds = try json.optionalField("clock_bounds", "[low, high] in ns") { value in
            guard let ends = value.array?.compactMap(\.int64), ends.count == 2 else { return nil }
            return ClockBounds(low: ends[0], high: ends[1])
        }
        start = try json.optional("start").map(AgentStart.init(json:))
        away = try json.optionalList("away", Absence.init(json:))
        try addFindings(of: json)
        try addServerMetrics(of: json)
        if json.optional("request_headers") != nil {
            headerNames = try json.strings("request_headers")
        }
    }
}

extension RunTarget {
    fileprivate var tlsJSON: JSONValue? {
        tls.map {
            [
                "url": .string(url), "version": .string($0.version), "cipher": .string($0.cipher),
                "verified": .bool($0.isVerified),
            ]
        }
    }
}

extension RunAgent {
    /// Adds to the targets what stands in lists of its own, in the same order: a profile of each
    /// that was asked, the agreement with each that speaks TLS.
    private mutating func addFindings(of json: JSONValue) throws(JSONFieldError) {
        let profiles = try json.optionalField("servers", "an array") { $0.array } ?? []
        let agreements = try json.optionalList("tls") { value throws(JSONFieldError) in
            (
                url: try value.text("url"),
                tls: TLSAgreement(
                    version: try value.text("version"), cipher: try value.text("cipher"),
                    isVerified: try value.field("verified", "true or false") { $0.bool })
            )
        }
        var rest = agreements[...]
        for index in targets.indices {
            if profiles.indices.contains(index) { targets[index].profile = profiles[index] }
            guard rest.first?.url == targets[index].url else { continue }
            targets[index].tls = rest.removeFirst().tls
        }
    }
}

extension RunAgent {
    /// The member `name`, whatever is wrong in it told as what follows `words`; nil without it.
    private static func part<Part>(
        _ name: String, of json: JSONValue, _ words: String,
        _ read: (JSONValue) throws(JSONFieldError) -> Part
    ) throws(JSONFieldError) -> Part? {
        do throws(JSONFieldError) {
            return try json.optional(name).map(read)
        } catch {
            throw JSONFieldError(problem: "\(words) \(error.problem)")
        }
    }
}

extension RunClass {
    var json: JSONValue {
        .object(["name": .string(name), "parameters": parameters.json])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            name: try json.text("name"),
            parameters: try ScoringParameters(
                json: try json.field("parameters", "an object") { $0 }))
    }
}

extension InvalidInterval {
    var json: JSONValue {
        .object([
            "node": .string(node), "cause": .string(cause.rawValue), "from": .integer(from),
            "to": .integer(to), "reason": .string(reason),
        ])
    }

    /// - Parameter agents: The run's. Manifests of before have no cause, and the clock's stretches
    ///   are those that stand among the problems of its agent's clock, too.
    init(json: JSONValue, agents: [RunAgent]) throws(JSONFieldError) {
        let node = try json.text("node")
        let reason = try json.text("reason")
        let stated = try json.optionalField("cause", "clock or client") {
            $0.string.flatMap(Cause.init(rawValue:))
        }
        let problems = agents.first { $0.name == node }?.clock?.problems ?? []
        self.init(
            node: node, cause: stated ?? (problems.contains(reason) ? .clock : .client),
            from: try json.integer("from"), to: try json.integer("to"), reason: reason)
    }
}

extension RunGap {
    var json: JSONValue {
        .object([
            "agent": .string(agent), "from": .integer(from), "to": .integer(to),
            "reason": .string(reason),
        ])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            agent: try json.text("agent"), from: try json.integer("from"),
            to: try json.integer("to"), reason: try json.text("reason"))
    }
}

import JSON
import TimeBase
import TokenLog

extension ServerMetrics {
    /// As `summary.json` has them: all but the samples.
    var json: JSONValue { .object(members) }

    private var members: [JSONMember] {
        let faults = ScrapeFault.allCases.filter { failures[$0] != nil }
        return [
            JSONMember("samples", .integer(Int64(samples))),
            JSONMember(
                "failures",
                .object(
                    faults.map { JSONMember($0.name, .integer(Int64(failures[$0] ?? 0))) })),
            JSONMember("stopped", stopped?.json ?? .null),
            JSONMember("running", running?.json ?? .null),
            JSONMember("waiting", waiting?.json ?? .null),
            JSONMember("kv_use", keyValueUse?.json ?? .null),
            JSONMember("preemptions", Self.count(preemptions)),
            JSONMember("generation_tokens", Self.count(generationTokens)),
            JSONMember("prompt_tokens", Self.count(promptTokens)),
        ]
    }

    private static func count(_ rise: UInt64?) -> JSONValue {
        rise.map { .integer(Int64(clamping: $0)) } ?? .null
    }

    /// As `manifest.json` has them.
    var wholeJSON: JSONValue {
        .object(members + [JSONMember("kept", .array(kept.map(\.row)))])
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init()
        samples = try json.integer("samples")
        let counts = try json.field("failures", "an object") { $0.members }
        for count in counts {
            // A reason of a later version is no reason to refuse the run.
            guard let fault = ScrapeFault(name: count.name), let number = count.value.int64 else {
                continue
            }
            failures[fault] = Int(clamping: number)
        }
        stopped = try json.optional("stopped").map(Stop.init(json:))
        running = try json.optional("running").map(GaugeRange.init(json:))
        waiting = try json.optional("waiting").map(GaugeRange.init(json:))
        keyValueUse = try json.optional("kv_use").map(GaugeRange.init(json:))
        preemptions = try json.optionalInteger("preemptions")
        generationTokens = try json.optionalInteger("generation_tokens")
        promptTokens = try json.optionalInteger("prompt_tokens")
        kept = try json.list("kept", ServerSample.init(row:))
    }
}

extension ServerMetrics.Stop {
    fileprivate var json: JSONValue {
        [
            "reason": .string(fault.name),
            "status": status == 0 ? .null : .integer(Int64(status)), "at": .integer(at.ns),
        ]
    }

    fileprivate init(json: JSONValue) throws(JSONFieldError) {
        let names = ScrapeFault.allCases.map(\.name).joined(separator: ", ")
        self.init(
            fault: try json.field("reason", "one of \(names)") {
                $0.string.flatMap(ScrapeFault.init(name:))
            }, status: try json.optionalInteger("status") ?? 0,
            at: ClusterInstant(ns: try json.integer("at")))
    }
}

extension GaugeRange {
    fileprivate var json: JSONValue { ["mean": .real(mean), "max": .real(max)] }

    fileprivate init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            mean: try json.field("mean", "a number") { $0.double },
            max: try json.field("max", "a number") { $0.double })
    }
}

extension ServerSample {
    /// Instant and wait in ns, running, waiting, use of the cache in parts per million,
    /// preemptions since the server's start.
    fileprivate var row: JSONValue {
        let figures = figures
        func count(_ value: UInt64?) -> JSONValue {
            value.map { .integer(Int64(clamping: $0)) } ?? .null
        }
        return .array([
            .integer(at.ns), .integer(wait.ns), count(figures.running.map(UInt64.init)),
            count(figures.waiting.map(UInt64.init)),
            count(figures.keyValueUsePPM.map(UInt64.init)), count(figures.preemptions),
        ])
    }

    fileprivate init(row json: JSONValue) throws(JSONFieldError) {
        let row = json.array ?? []
        guard row.count == 6, let at = row[0].int64, let wait = row[1].int64, wait >= 0,
            row[2...].allSatisfy({ $0.isNull || ($0.int64 ?? -1) >= 0 })
        else {
            throw JSONFieldError(
                problem: "is not [at, wait, running, waiting, kv_use_ppm, preemptions]")
        }
        var figures = ServerFigures()
        figures.running = row[2].int64.flatMap(UInt32.init(exactly:))
        figures.waiting = row[3].int64.flatMap(UInt32.init(exactly:))
        figures.keyValueUsePPM = row[4].int64.flatMap(UInt32.init(exactly:))
        figures.preemptions = row[5].int64.flatMap(UInt64.init(exactly:))
        self.init(at: ClusterInstant(ns: at), wait: TimeSpan(ns: wait), figures)
    }
}

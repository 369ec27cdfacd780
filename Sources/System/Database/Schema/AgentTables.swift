import JSON
import Results
import TimeBase
import Timeline
import TokenLog

/// A server as one agent drove it.
struct ServerRow: Sendable {
    let agent: String
    let target: RunTarget
}

/// A sample of a server's own metrics.
struct ServerSampleRow: Sendable {
    let agent: String
    let target: String
    let sample: ServerSample
}

extension DatabaseSchema {
    static let agents = Table<RunAgent>(
        name: "agents", note: "A row an agent, with its clock.", key: ["name"], isKeyed: true,
        columns: [
            .one("name", .text, "the agent") { .text($0.name) },
            .maybe("start_error_ns", .integer, "its first send against the instant meant") {
                .optional($0.startError)
            },
            .one("host_json", .text, "its host: cores, kernel, GPUs") { .text(json($0.host)) },
        ])

    static let clocks = Table<RunAgent>(
        name: "clocks", note: "A row an agent: how well its clock is known.", key: ["agent"],
        isKeyed: true,
        columns: [
            .one("agent", .text, "the agent (agents.name)") { .text($0.name) },
            .maybe("valid", .integer, "1 where its clock held; NULL without a fit") {
                .optional($0.clock?.isValid)
            },
            .maybe("shared", .integer, "1 where it is the coordinator's own clock") {
                .optional($0.clock?.isShared)
            },
            .maybe("exchanges", .integer, "probe exchanges that the fit rests on") {
                .optional($0.clock?.exchanges)
            },
            .maybe("offset_ns", .real, "coordinator's clock minus the agent's at the start") {
                .optional($0.clockOffset)
            },
            .maybe("low_ns", .integer, "true times lie from here after the published ones") {
                .optional($0.clockBounds?.low)
            },
            .maybe("high_ns", .integer, "to here; both NULL without a bound") {
                .optional($0.clockBounds?.high)
            },
            .maybe("half_width_max_ns", .integer, "greatest half-width of the hard bounds") {
                .optional($0.clockHalfWidth)
            },
            .maybe("half_width_median_ns", .integer, "their median half-width") {
                .optional($0.clock?.hard?.median)
            },
            .maybe("min_rtt_ns", .integer, "the least round trip") {
                .optional($0.clock?.minRTT)
            },
            .maybe("skew_ppm", .real, "coordinator's rate against the agent's") {
                .optional($0.clock?.skewPPM)
            },
            .maybe("clock_json", .text, "all that manifest.json says of it") {
                $0.clock.map { .text(json($0.json)) } ?? .null
            },
        ])

    static let clockLedger = Table<ClockReading>(
        name: "clock_ledger",
        note: "The coordinator's clocks at most 1 s apart: other clocks' times by interpolation.",
        key: ["raw_ns"],
        columns: [
            .one("raw_ns", .integer, "CLOCK_MONOTONIC_RAW; less epoch_raw_ns it is a run's time") {
                .integer($0.rawNs)
            },
            .one("monotonic_ns", .integer, "CLOCK_MONOTONIC") { .integer($0.monotonicNs) },
            .one("boottime_ns", .integer, "CLOCK_BOOTTIME") { .integer($0.boottimeNs) },
            .one("realtime_ns", .integer, "CLOCK_REALTIME, since 1970") {
                .integer($0.realtimeNs)
            },
        ])

    static let servers = Table<ServerRow>(
        name: "servers", note: "A row a server of an agent.", indices: [["agent", "target"]],
        columns: [
            .one("agent", .text, "the agent (agents.name)") { .text($0.agent) },
            .one("target", .text, "the server's base URL") { .text($0.target.url) },
            .maybe("tls_version", .text, "NULL where it speaks no TLS") {
                .optional($0.target.tls?.version)
            },
            .maybe("profile_json", .text, "its answers before the start; NULL if never asked") {
                $0.target.profile.map { .text(json($0)) } ?? .null
            },
            .maybe("samples", .integer, "answers of /metrics; this and the rest NULL if not asked")
            { .optional($0.target.metrics?.samples) },
            .maybe("failures", .integer, "questions to /metrics that brought none") {
                .optional($0.target.metrics?.failures.values.reduce(0, +))
            },
            .maybe("running_requests_mean", .real, "requests in the batch") {
                .optional($0.target.metrics?.running?.mean)
            },
            .maybe("running_requests_max", .real, "the most of them") {
                .optional($0.target.metrics?.running?.max)
            },
            .maybe("waiting_requests_mean", .real, "requests in the queue") {
                .optional($0.target.metrics?.waiting?.mean)
            },
            .maybe("waiting_requests_max", .real, "the most of them") {
                .optional($0.target.metrics?.waiting?.max)
            },
            .maybe("kv_use_mean", .real, "share of the key-value cache that was held, 0 to 1") {
                .optional($0.target.metrics?.keyValueUse?.mean)
            },
            .maybe("kv_use_max", .real, "the greatest share") {
                .optional($0.target.metrics?.keyValueUse?.max)
            },
            .maybe("preemptions", .integer, "requests put back into the queue") {
                .optional($0.target.metrics?.preemptions)
            },
            .maybe("generation_tokens", .integer, "output tokens, for whomever") {
                .optional($0.target.metrics?.generationTokens)
            },
            .maybe("prompt_tokens", .integer, "prompt tokens computed, for whomever") {
                .optional($0.target.metrics?.promptTokens)
            },
        ])

    static let serverSamples = Table<ServerSampleRow>(
        name: "server_samples", note: "A row an answer of a server's /metrics that was kept.",
        indices: [["target", "at_ns"]],
        columns: [
            .one("agent", .text, "the agent that asked (agents.name)") { .text($0.agent) },
            .one("target", .text, "the server (servers.target)") { .text($0.target) },
            .one("asked_ns", .integer, "when it was asked, ns since the epoch") {
                .integer($0.sample.asked.ns)
            },
            .one("at_ns", .integer, "when the answer had come") { .integer($0.sample.at.ns) },
            .maybe("running_requests", .integer, "in the batch; NULL where it does not say") {
                .optional($0.sample.running)
            },
            .maybe("waiting_requests", .integer, "in the queue; as running_requests") {
                .optional($0.sample.waiting)
            },
            .maybe("kv_use", .real, "share of the key-value cache held, 0 to 1") {
                .optional($0.sample.keyValueUse)
            },
            .maybe("preemptions", .integer, "since the server started") {
                .optional($0.sample.preemptions)
            },
        ])
}

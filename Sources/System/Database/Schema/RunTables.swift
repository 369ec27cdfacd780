import Goodput
import JSON
import Results
import RunRecord
import TimeBase

extension DatabaseSchema {
    static let run = Table<RunSummary>(
        name: "run", note: "One row: the run as a whole.",
        columns: [
            .one("run_id", .text, "the run's id") { .text($0.header.runID) },
            .one("name", .text, "the scenario's name") { .text($0.header.name) },
            .one("seed", .text, "the seed, a whole number up to 2^64 - 1") {
                .text(String($0.header.seed))
            },
            .one("version", .text, "the version of Legato that ran it") {
                .text($0.header.version)
            },
            .maybe("simulated", .text, "the engine's model; NULL for real servers") {
                .optional($0.header.simulated)
            },
            .one("verdict", .text, "`valid`, `simulated`, `partial` or `not valid`") {
                .text($0.header.validity.verdict.rawValue)
            },
            .one("complete", .integer, "1 where every planned request has its end") {
                .flag($0.header.complete)
            },
            .one("lossless", .integer, "1 where no record of an agent is missing") {
                .flag($0.header.lossless)
            },
            .one("interrupted", .integer, "1 where a person stopped it") {
                .flag($0.header.interrupted)
            },
            .maybe("planned_requests", .integer, "scored requests of the plan; NULL if unknown") {
                .optional($0.header.load?.scored.planned)
            },
            .one("warmup_requests", .integer, "warm-up requests that were due") {
                .integer($0.warmups)
            },
            .maybe("begin_ns", .integer, "the begin of T; NULL without scored requests") {
                .optional($0.run.totals.interval?.begin)
            },
            .maybe("end_ns", .integer, "the end of T; as begin_ns") {
                .optional($0.run.totals.interval?.end)
            },
            .one("epoch_raw_ns", .integer, "time 0 on the coordinator's CLOCK_MONOTONIC_RAW") {
                .integer($0.header.epoch.raw)
            },
            .one("epoch_monotonic_ns", .integer, "time 0 on its CLOCK_MONOTONIC") {
                .integer($0.header.epoch.monotonic)
            },
            .one("epoch_realtime_ns", .integer, "time 0 on its CLOCK_REALTIME, since 1970") {
                .integer($0.header.epoch.realtime)
            },
            .one("boot_id", .text, "the coordinator's boot") { .text($0.header.epoch.bootID) },
            .one("scenario_json", .text, "the scenario after all overrides") {
                .text(json($0.header.scenario))
            },
            .one("host_json", .text, "the coordinator's host and libraries") {
                .text(json($0.header.host))
            },
            .one("summary_json", .text, "all of summary.json: figures that no table has") {
                .text($0.json)
            },
        ])

    static let percentiles = Table<PercentileRank>(
        name: "percentiles", note: "The percentiles that the run lists.", key: ["name"],
        isKeyed: true,
        columns: [
            .one("name", .text, "as in summary.json: `p50`, `p999`") { .text($0.name) },
            .one("thousandths", .integer, "the rank, 99900 for 99.9") {
                .integer($0.thousandths)
            },
        ])

    static let classes = Table<RunClass>(
        name: "classes", note: "A row a class of the scenario, with its reader.", key: ["name"],
        isKeyed: true,
        columns: [
            .one("name", .text, "the class") { .text($0.name) },
            .one("reading_speed_tokens_per_s", .real, "the reader's speed") {
                .real($0.parameters.readingSpeed)
            },
            .one("anchor", .text, "where deadlines begin: `arrival` or `first_token`") {
                .text($0.parameters.anchor.rawValue)
            },
            .one("ttft_budget_ns", .integer, "what the reader grants the first token") {
                .integer($0.parameters.ttftBudget)
            },
            .one("alpha", .real, "the weight of the penalty") { .real($0.parameters.alpha) },
            .one("penalty", .text, "the penalty's kind") { .text($0.parameters.penalty.kind) },
            .one("penalty_json", .text, "the penalty with its figures") {
                .text(json($0.parameters.penalty.json))
            },
            .one("incomplete", .text, "`delivered`, `waiting` or `void`") {
                .text($0.parameters.incomplete.rawValue)
            },
            .one("reads", .text, "`all` tokens, or those of the `answer`") {
                .text($0.parameters.reads.rawValue)
            },
            .maybe("ttft_slo_ns", .integer, "bound on the TTFT; NULL where none is set") {
                .optional($0.parameters.objectives.ttft)
            },
            .maybe("tpot_slo_ns", .integer, "bound on the TPOT") {
                .optional($0.parameters.objectives.tpot)
            },
            .maybe("tbt_slo_ns", .integer, "bound on the largest gap between tokens") {
                .optional($0.parameters.objectives.tbt)
            },
            .maybe("e2e_slo_ns", .integer, "bound on the time to the last token") {
                .optional($0.parameters.objectives.e2e)
            },
        ])

    static let findings = Table<FindingRow>(
        name: "findings",
        note: "A row a reason of the verdict and a remark: all that stands in the way of the "
            + "figures.",
        columns: [
            .one("kind", .text, "`reason`, `invalid` (a stretch), `gap` (lost records), `note`") {
                .text($0.kind)
            },
            .one("name", .text, "the finding's name, the cause of a stretch; else empty") {
                .text($0.name)
            },
            .maybe("verdict", .text, "the best verdict of a run with it; NULL but for a reason") {
                .optional($0.verdict)
            },
            .maybe("agent", .text, "the agent that it is about; NULL for the whole run") {
                .optional($0.agent)
            },
            .maybe("from_ns", .integer, "its begin, ns since the epoch; NULL but for stretches") {
                .optional($0.fromNs)
            },
            .maybe("to_ns", .integer, "its end; as from_ns") { .optional($0.toNs) },
            .one("sentence", .text, "in words") { .text($0.sentence) },
        ])
}

/// A row of `findings`.
struct FindingRow: Sendable {
    var kind: String
    var name = ""
    var verdict: String?
    var agent: String?
    var fromNs: Int64?
    var toNs: Int64?
    var sentence: String

    /// All that a summary says of its run.
    static func rows(of summary: RunSummary) -> [FindingRow] {
        let header = summary.header
        let reasons = header.findings.map { finding in
            var agent: String?
            if case .lateSends(_, let late) = finding { agent = late }
            return FindingRow(
                kind: "reason", name: finding.name, verdict: finding.weight.rawValue,
                agent: agent, sentence: finding.sentence)
        }
        let stretches = header.validity.intervals.map { stretch in
            FindingRow(
                kind: "invalid", name: stretch.cause.rawValue, agent: stretch.node,
                fromNs: stretch.from, toNs: stretch.to, sentence: stretch.reason)
        }
        let gaps = header.gaps.map { gap in
            FindingRow(
                kind: "gap", agent: gap.agent, fromNs: gap.from, toNs: gap.to,
                sentence: gap.reason)
        }
        return reasons + stretches + gaps
            + header.notes.map { FindingRow(kind: "note", sentence: $0) }
    }
}

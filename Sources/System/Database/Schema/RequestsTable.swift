import Goodput
import JSON
import Results
import TimeBase
import Timeline
import TokenLog
import Workload

/// A request with its scores: those of a warm-up request are nil.
struct ScoredRequest: Sendable {
    let runID: String
    let request: MeasuredRequest
    let isStreamed: Bool
    /// For the reader of its class, and for the preset `robust`.
    let own: RequestScore?
    let robust: RequestScore?
}

extension DatabaseSchema {
    static let requests = Table<ScoredRequest>(
        name: "requests",
        note: "A row a request, with all that requests.jsonl has of it and its scores. Figures are "
            + "NULL in warm-up requests, which are in no figure of the run.",
        key: ["id"],
        indices: [
            ["request_id"], ["agent"], ["class"], ["phase", "outcome"], ["scheduled_ns"],
            ["session", "turn"],
        ],
        columns: recorded + counted + scored)

    private static let recorded: [Column<ScoredRequest>] = [
        .one("id", .integer, "its index in the run's plan") { .integer($0.request.id) },
        .one("request_id", .text, "the `x-request-id` that the server was sent") {
            .text(MeasuredRequest.requestID(run: $0.runID, id: $0.request.id))
        },
        .one("agent", .text, "the agent that sent it (agents.name)") { .text($0.request.agent) },
        .one("target", .text, "the server's base URL (servers.target)") {
            .text($0.request.target)
        },
        .one("model", .text, "the model that it asked") { .text($0.request.model) },
        .one("class", .text, "its class (classes.name)") { .text($0.request.className) },
        .one("phase", .text, "`scored` or `warmup`") {
            .text($0.request.phase == .warmup ? "warmup" : "scored")
        },
        .one("session", .integer, "its session") { .integer($0.request.session) },
        .one("turn", .integer, "its turn in the session, from 0") { .integer($0.request.turn) },
        .one("scheduled_ns", .integer, "when it was due, ns since the run's epoch") {
            .integer($0.request.scheduled.ns)
        },
        .one("waited_ns", .integer, "its wait for a slot among the requests in flight") {
            .integer($0.request.waited)
        },
        .maybe("sent_ns", .integer, "when it was sent; NULL where it never was") {
            .optional($0.request.sent?.ns)
        },
        .maybe("late_ns", .integer, "how late the client sent it, the wait aside; as sent_ns") {
            .optional($0.request.latenessNs)
        },
        .one("finish_ns", .integer, "when its stream ended, or the failure was seen") {
            .integer($0.request.finish.ns)
        },
        .maybe(
            "first_answer_ns", .integer,
            "the first token of the answer itself, where reasoning came before it"
        ) { .optional($0.request.firstAnswer?.ns) },
        .one("outcome", .text, "`completed`, `failed`, `abandoned` or `unfinished`") {
            .text($0.request.outcome.scored.rawValue)
        },
        .maybe("error_kind", .text, "the class of its error; NULL without one") {
            .optional($0.request.error?.kind.name)
        },
        .maybe("error_status", .integer, "the HTTP status of its error, 0 where there was none") {
            .optional($0.request.error?.status)
        },
        .maybe("error_detail", .text, "its error in words") {
            .optional($0.request.error?.detail)
        },
        .maybe("stamp_source", .text, "the least trusted source of its stamps") {
            .optional($0.request.stampSource?.name)
        },
    ]

    private static let counted: [Column<ScoredRequest>] = [
        .maybe("asked_input_tokens", .integer, "the planned prompt; NULL for a given text") {
            .optional($0.request.askedInput)
        },
        .maybe("prompt_tokens", .integer, "the prompt by the server's count; NULL without one") {
            .optional($0.request.promptTokens)
        },
        .one("asked_output_tokens", .integer, "the answer's length that was asked for") {
            .integer($0.request.askedOutput)
        },
        .one("output_tokens", .integer, "the answer's length by the agent's count") {
            .integer($0.request.outputTokens)
        },
        .one("thought_tokens", .integer, "tokens of reasoning before the answer") {
            .integer($0.request.thoughtTokens)
        },
        .one("hidden_tokens", .integer, "tokens that the server counted and no event brought") {
            .integer($0.request.notes.hiddenTokens)
        },
        .maybe("ended_by", .text, "`finish_reason`, `done` or `usage`; NULL where none of them") {
            .optional($0.request.notes.ending.name)
        },
        .maybe("finish_reason", .text, "in the server's own word") {
            .optional($0.request.notes.finishWord)
        },
        .one("stray_lines", .integer, "data lines that were no JSON") {
            .integer($0.request.notes.strayLines)
        },
        .maybe("unknown_field", .text, "a member of the delta that held text and is not known") {
            $0.request.notes.unknownField.isEmpty ? .null : .text($0.request.notes.unknownField)
        },
        .one("marks_json", .text, "what was odd about the answer: a list of names") {
            .text(json(.array($0.request.notes.marks.names.map(JSONValue.string))))
        },
        .maybe("reads_json", .text, "its raw reads, a list of [ns, delay ns]; NULL unless kept") {
            $0.request.reads.map { reads in
                .text(
                    json(
                        .array(reads.map { .array([.integer($0.time), .integer($0.delay)]) })))
            } ?? .null
        },
        .one("streamed", .integer, "1, or 0 for an answer that came whole or collected") {
            .flag($0.isStreamed)
        },
    ]

    private static let scored: [Column<ScoredRequest>] = [
        .maybe("tokens", .integer, "delivered tokens") { .optional($0.own?.tokens) },
        .maybe("read_tokens", .integer, "those of them that the reader of its class reads") {
            .optional($0.own?.read)
        },
        .maybe("events", .integer, "stream events that brought them") { .optional($0.own?.events) },
        .maybe(
            "ttft_ns", .integer,
            "first token after scheduled; NULL without tokens, and where it did not stream"
        ) { .optional($0.own?.ttft) },
        .maybe("ttft_sent_ns", .integer, "first token after sent; as ttft_ns") {
            .optional($0.own?.ttftSent)
        },
        .maybe("tpot_ns", .real, "mean time between its tokens; NULL below two") {
            .optional($0.own?.tpot)
        },
        .maybe("tbt_max_ns", .integer, "its largest gap between tokens; NULL below two") {
            .optional($0.own?.tbtMax)
        },
        .maybe("tbt_p99_ns", .real, "the 99th percentile of its own gaps; NULL below two") {
            .optional($0.own?.tbtP99)
        },
        .maybe("e2e_ns", .integer, "last token after scheduled; NULL without tokens") {
            .optional($0.own?.e2e)
        },
        .maybe("idle_ns", .integer, "how long the reader of its class sat waiting") {
            .optional($0.own?.idle)
        },
        .maybe("benefit_tokens", .real, "its worth for the reader of its class") {
            .optional($0.own?.benefit)
        },
        .maybe("deadlines_met", .integer, "tokens that came no later than they were due") {
            .optional($0.own?.deadlinesMet)
        },
        .maybe("slo_met", .integer, "1 where it counts in goodput: no idle time, TTFT in bounds") {
            .optional($0.own?.sloMet)
        },
        .maybe("classic_met", .integer, "1 where it meets every classic objective that is set") {
            .optional($0.own?.classicMet)
        },
        .maybe("fluidity", .real, "fluidity index, 0 to 1; NULL without tokens") {
            .optional($0.own?.fluidity)
        },
        .maybe("qoe", .real, "quality of experience, up to 1; NULL without tokens") {
            .optional($0.own?.qoe)
        },
        .maybe("robust_idle_ns", .integer, "idle_ns for the preset `robust`") {
            .optional($0.robust?.idle)
        },
        .maybe("robust_benefit_tokens", .real, "benefit_tokens for the preset `robust`") {
            .optional($0.robust?.benefit)
        },
        .maybe("robust_slo_met", .integer, "slo_met for the preset `robust`") {
            .optional($0.robust?.sloMet)
        },
        .maybe("robust_read_tokens", .integer, "read_tokens for the preset `robust`") {
            .optional($0.robust?.read)
        },
    ]

    static func json(_ value: JSONValue) -> String {
        String(decoding: value.serialized, as: UTF8.self)
    }
}

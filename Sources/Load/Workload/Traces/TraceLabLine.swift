import JSON

/// One line of a TraceLab trace: a round, which is one call of a model by a coding agent.
///
/// Source: github.com/uw-syfi/TraceLab, the sanitized round trace (arXiv 2606.30560): `session_id`,
/// `input_tokens_total`, `output_tokens`, and `timing_events` with a `timestamp` each. A round
/// begins with the last of its `user_message` and `tool_result` events and ends with its last
/// event.
enum TraceLabLine {
    private static let inputs: Set<String> = ["user_message", "tool_result"]

    static func parse(_ line: [UInt8]) throws(TraceFieldError) -> ReadCall {
        let object: JSONValue
        do throws(JSONSyntaxError) {
            object = try JSONValue(parsing: line)
        } catch {
            throw TraceFieldError(column: error.offset + 1, problem: error.problem)
        }
        do throws(JSONFieldError) {
            return try call(object)
        } catch {
            throw TraceFieldError(column: 1, problem: "the object " + error.problem)
        }
    }

    private static func call(_ round: JSONValue) throws(JSONFieldError) -> ReadCall {
        let session = try round.text("session_id")
        let input: UInt32 = try round.optionalInteger("input_tokens_total") ?? 0
        let output: UInt32 = try round.optionalInteger("output_tokens") ?? 0
        guard input <= TokenLength.limit, output <= TokenLength.limit else {
            throw JSONFieldError(problem: "has more than \(TokenLength.limit) tokens")
        }
        var begin: Int64?
        var end: Int64?
        let events = try round.field("timing_events", "a list") { $0.array }
        for event in events {
            let text = try event.text("timestamp")
            guard let at = CivilTime.nanoseconds(Array(text.utf8)[...]) else {
                throw JSONFieldError(
                    problem: "has a `timestamp` that is no time like 2026-06-01T05:40:20.151Z")
            }
            if inputs.contains(event["event_type"]?.string ?? "") { begin = max(begin ?? at, at) }
            end = max(end ?? at, at)
        }
        guard let end else { throw JSONFieldError(problem: "has no `timing_events`") }
        return ReadCall(
            session: session, beginNs: min(begin ?? end, end), endNs: end, input: input,
            output: output)
    }
}

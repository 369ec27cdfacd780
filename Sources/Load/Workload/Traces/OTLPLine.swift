import JSON

/// One line of an OTLP JSON file: an export of spans, or a span by itself, of which those count
/// that are calls of a model by OpenTelemetry's conventions for generative AI.
///
/// Source: opentelemetry-proto, `trace.proto` in its JSON encoding (`resourceSpans`, `scopeSpans`,
/// `spans`), and semantic-conventions, `gen-ai-spans.md` (`gen_ai.operation.name`,
/// `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens`; before version 1.27
/// `gen_ai.usage.prompt_tokens` and `gen_ai.usage.completion_tokens`).
enum OTLPLine {
    /// Operations that ask a model for an answer. Others are agents and workflows, whose usage is
    /// the sum of theirs, tools and embeddings.
    private static let operations: Set<String> = ["chat", "text_completion", "generate_content"]

    static func parse(_ line: [UInt8]) throws(TraceFieldError) -> [ReadCall] {
        let object: JSONValue
        do throws(JSONSyntaxError) {
            object = try JSONValue(parsing: line)
        } catch {
            throw TraceFieldError(column: error.offset + 1, problem: error.problem)
        }
        do throws(JSONFieldError) {
            var calls: [ReadCall] = []
            guard object.optional("resourceSpans") != nil else {
                guard object.optional("traceId") != nil else {
                    throw JSONFieldError(problem: "has neither `resourceSpans` nor a `traceId`")
                }
                if let call = try call(object) { calls.append(call) }
                return calls
            }
            for resource in try lists("resourceSpans", of: object) {
                for scope in try lists("scopeSpans", of: resource) {
                    for span in try lists("spans", of: scope) {
                        if let call = try call(span) { calls.append(call) }
                    }
                }
            }
            return calls
        } catch {
            throw TraceFieldError(column: 1, problem: "the object " + error.problem)
        }
    }

    private static func lists(
        _ name: String, of object: JSONValue
    ) throws(JSONFieldError) -> [JSONValue] {
        try object.optionalField(name, "a list") { $0.array } ?? []
    }

    /// The call that a span is; nil for one of another kind.
    private static func call(_ span: JSONValue) throws(JSONFieldError) -> ReadCall? {
        var operation: String?
        var input: UInt32?
        var output: UInt32?
        for attribute in try lists("attributes", of: span) {
            guard let key = attribute["key"]?.string, let value = attribute["value"] else {
                continue
            }
            switch key {
            case "gen_ai.operation.name": operation = value["stringValue"]?.string
            case "gen_ai.usage.input_tokens": input = try tokens(key, value)
            case "gen_ai.usage.output_tokens": output = try tokens(key, value)
            case "gen_ai.usage.prompt_tokens" where input == nil: input = try tokens(key, value)
            case "gen_ai.usage.completion_tokens" where output == nil:
                output = try tokens(key, value)
            default: break
            }
        }
        if let operation {
            guard operations.contains(operation) else { return nil }
        } else if input == nil, output == nil {
            return nil
        }
        let begin = try instant("startTimeUnixNano", of: span)
        let end = try instant("endTimeUnixNano", of: span)
        guard begin <= end else {
            throw JSONFieldError(problem: "has a span that ends before it begins")
        }
        // A call without usage failed: it is left out, and counted.
        return ReadCall(
            session: try span.text("traceId"), beginNs: begin, endNs: end, input: input ?? 0,
            output: output ?? 0)
    }

    /// An attribute's number: `intValue`, a string or a number in JSON.
    private static func tokens(
        _ name: String, _ value: JSONValue
    ) throws(JSONFieldError) -> UInt32 {
        let whole =
            value["intValue"].flatMap { $0.int64 ?? $0.string.flatMap { Int64($0) } }
            ?? value["doubleValue"]?.int64
        guard let whole, let tokens = UInt32(exactly: whole), tokens <= TokenLength.limit else {
            throw JSONFieldError(
                problem: "has a span whose `\(name)` is no whole number from 0 to "
                    + "\(TokenLength.limit)")
        }
        return tokens
    }

    /// A time in ns after 1970: a string, or a number.
    private static func instant(
        _ name: String, of span: JSONValue
    ) throws(JSONFieldError) -> Int64 {
        let value = span[name]
        let ns = value?.int64 ?? value?.string.flatMap { Int64($0) }
        guard let ns, ns >= 0, ns < .max - 1 else {
            throw JSONFieldError(problem: "has a span whose `\(name)` is no time in ns after 1970")
        }
        return ns
    }
}

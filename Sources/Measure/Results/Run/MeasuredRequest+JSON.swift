import Goodput
package import JSON
import TimeBase
import Timeline
import TokenLog
import Workload

extension MeasuredRequest {
    /// The version of a line of `requests.jsonl`.
    package static let format: Int64 = 1

    /// Writes the request as one line, with its line end.
    ///
    /// - Parameters:
    ///   - run: The run's id, of which `request_id` is made.
    ///   - withTokens: Whether `tokens` is written, else null.
    package func writeLine(to writer: inout JSONWriter, run: String, withTokens: Bool) {
        writer.object { writer in
            writer.member("format", Self.format)
            writer.member("id", Int64(id))
            writer.member("request_id", Self.requestID(run: run, id: id))
            writer.member("agent", agent)
            writer.member("target", target)
            writer.member("model", model)
            writer.member("class", className)
            writer.member("phase", phase == .warmup ? "warmup" : "scored")
            writer.member("session", Int64(session))
            writer.member("turn", Int64(turn))
            writeMeasured(to: &writer, withTokens: withTokens)
            writer.member("asked_input", askedInput.map(Int64.init))
            writer.member("prompt_tokens", promptTokens.map(Int64.init))
            writer.member("asked_output", Int64(askedOutput))
            writer.member("output_tokens", Int64(outputTokens))
            notes.write(to: &writer)
        }
        writer.endLine()
    }

    private func writeMeasured(to writer: inout JSONWriter, withTokens: Bool) {
        writer.member("scheduled", scheduled.ns)
        if waited > 0 {
            writer.member("waited", waited)
        }
        writer.member("sent", sent?.ns)
        writer.name("tokens")
        if withTokens, let tokens { writer.tokens(tokens) } else { writer.null() }
        if let reads {
            writer.name("reads")
            writer.array { writer in
                for read in reads {
                    writer.array { writer in
                        writer.integer(read.time)
                        writer.integer(read.delay)
                    }
                }
            }
        }
        writer.member("finish", finish.ns)
        writer.member("first_answer", firstAnswer?.ns)
        if thoughtTokens > 0 {
            writer.member("thought_tokens", Int64(thoughtTokens))
        }
        writer.member("outcome", outcome.scored.rawValue)
        writer.name("error")
        if let error {
            writer.object { writer in
                writer.member("kind", error.kind.name)
                writer.member("status", Int64(error.status))
                writer.member("detail", error.detail)
            }
        } else {
            writer.null()
        }
        writer.member("stamp_source", stampSource?.name)
    }

    /// Reads a line of `requests.jsonl`, the one with number `line` of `path`.
    package init(
        parsing bytes: UnsafeRawBufferPointer, path: String, line: Int
    ) throws(FileProblem) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                .content, path, line: line, "column \(error.column): \(error.problem)")
        }
        do throws(JSONFieldError) {
            try self.init(json: json)
        } catch {
            let name = json["id"]?.int64.map { "request \($0)" } ?? "the request"
            throw FileProblem(.content, path, line: line, "\(name) \(error.problem)")
        }
    }

    private init(json: JSONValue) throws(JSONFieldError) {
        try json.requireFormat(Self.format)
        self.init(
            id: try json.integer("id"), agent: try json.text("agent"),
            target: try json.text("target"), model: try json.text("model"),
            className: try json.text("class"),
            phase: try json.field("phase", "`warmup` or `scored`") { value in
                switch value.string {
                case "warmup": .warmup
                case "scored": .scored
                default: nil
                }
            },
            session: try json.integer("session"), turn: try json.integer("turn"),
            scheduled: ClusterInstant(ns: try json.integer("scheduled")),
            waited: max(0, try json.optionalInteger("waited") ?? 0),
            sent: try json.optionalInteger("sent").map(ClusterInstant.init(ns:)),
            tokens: json.optional("tokens") == nil ? nil : try TokenEvent.list(in: json),
            reads: try json.optional("reads").map(Self.reads),
            finish: ClusterInstant(ns: try json.integer("finish")),
            firstAnswer: try json.optionalInteger("first_answer").map(ClusterInstant.init(ns:)),
            thoughtTokens: try json.optionalInteger("thought_tokens") ?? 0,
            outcome: try json.field(
                "outcome", "one of completed, failed, abandoned, unfinished"
            ) { $0.string.flatMap(Outcome.init(name:)) },
            error: try json.optional("error").map(Self.error),
            stampSource: try json.optionalField("stamp_source", "the name of a stamp source") {
                $0.string.flatMap(StampSource.init(name:))
            },
            askedInput: try json.optionalInteger("asked_input"),
            promptTokens: try json.optionalInteger("prompt_tokens"),
            askedOutput: try json.integer("asked_output"),
            outputTokens: try json.integer("output_tokens"), notes: try AnswerNotes(of: json))
    }

    private static func reads(_ json: JSONValue) throws(JSONFieldError) -> [StampedRead] {
        let problem = JSONFieldError(problem: "has `reads` that are no list of [time, delay]")
        guard let list = json.array else { throw problem }
        var reads: [StampedRead] = []
        reads.reserveCapacity(list.count)
        for entry in list {
            guard let pair = entry.array, pair.count == 2, let time = pair[0].int64,
                let delay = pair[1].int64
            else { throw problem }
            reads.append(StampedRead(time: time, delay: delay))
        }
        return reads
    }

    private static func error(_ json: JSONValue) throws(JSONFieldError) -> RequestError {
        RequestError(
            kind: try json.field("kind", "the name of an error class") {
                $0.string.flatMap(ErrorClass.init(name:))
            },
            status: try json.optionalInteger("status") ?? 0,
            detail: try json.text("detail")
        ).withoutLead
    }
}

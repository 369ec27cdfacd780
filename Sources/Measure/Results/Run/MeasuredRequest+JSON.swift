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
            writer.name("format")
            writer.integer(Self.format)
            writer.name("id")
            writer.integer(Int64(id))
            writer.name("request_id")
            writer.string(Self.requestID(run: run, id: id))
            writer.name("agent")
            writer.string(agent)
            writer.name("target")
            writer.string(target)
            writer.name("model")
            writer.string(model)
            writer.name("class")
            writer.string(className)
            writer.name("phase")
            writer.string(phase == .warmup ? "warmup" : "scored")
            writer.name("session")
            writer.integer(Int64(session))
            writer.name("turn")
            writer.integer(Int64(turn))
            writeMeasured(to: &writer, withTokens: withTokens)
            writer.name("asked_input")
            writer.integer(askedInput.map(Int64.init))
            writer.name("prompt_tokens")
            writer.integer(promptTokens.map(Int64.init))
            writer.name("asked_output")
            writer.integer(Int64(askedOutput))
            writer.name("output_tokens")
            writer.integer(Int64(outputTokens))
            notes.write(to: &writer)
        }
        writer.endLine()
    }

    private func writeMeasured(to writer: inout JSONWriter, withTokens: Bool) {
        writer.name("scheduled")
        writer.integer(scheduled.ns)
        if waited > 0 {
            writer.name("waited")
            writer.integer(waited)
        }
        writer.name("sent")
        writer.integer(sent?.ns)
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
        writer.name("finish")
        writer.integer(finish.ns)
        writer.name("first_answer")
        writer.integer(firstAnswer?.ns)
        writer.name("outcome")
        writer.string(outcome.scored.rawValue)
        writer.name("error")
        if let error {
            writer.object { writer in
                writer.name("kind")
                writer.string(error.kind.name)
                writer.name("status")
                writer.integer(Int64(error.status))
                writer.name("detail")
                writer.string(error.detail)
            }
        } else {
            writer.null()
        }
        writer.name("stamp_source")
        writer.string(stampSource?.name)
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
        let format: Int64 = try json.integer("format")
        guard format == Self.format else {
            throw JSONFieldError(
                problem:
                    "has format \(format), and only format \(Self.format) can be read; use the "
                    + "version that wrote it")
        }
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

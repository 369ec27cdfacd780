import Randomness
import Testing

@testable import Workload

@Suite("Traces of agents")
struct AgentTraceTests {
    private func read(
        _ text: String, format: TraceFormat? = nil, chunk: Int = .max
    ) throws -> (rows: [TraceRow], reader: TraceReader) {
        var reader = TraceReader(TraceReader.Options(format: format))
        var rows: [TraceRow] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try reader.feed(rest.prefix(chunk), into: &rows)
            rest = rest.dropFirst(chunk)
        }
        try reader.finish(into: &rows)
        return (rows, reader)
    }

    /// A span of OTLP's JSON encoding: seconds, and tokens as attributes.
    private static func span(
        _ trace: String, from begin: Double, to end: Double, input: Int?, output: Int?,
        operation: String? = "chat"
    ) -> String {
        func attribute(_ key: String, _ value: String) -> String {
            #"{"key":"\#(key)","value":\#(value)}"#
        }
        let attributes = [
            operation.map { attribute("gen_ai.operation.name", #"{"stringValue":"\#($0)"}"#) },
            attribute("gen_ai.request.model", #"{"stringValue":"m"}"#),
            input.map { attribute("gen_ai.usage.input_tokens", #"{"intValue":"\#($0)"}"#) },
            output.map { attribute("gen_ai.usage.output_tokens", #"{"intValue":\#($0)}"#) },
        ]
        let list = attributes.compactMap { $0 }.joined(separator: ",")
        let epoch = 1_780_000_000_000_000_000
        return #"{"traceId":"\#(trace)","spanId":"EEE19B7EC3C1B174","name":"chat m","kind":3,"#
            + #""startTimeUnixNano":"\#(epoch + Int(begin * 1e9))","#
            + #""endTimeUnixNano":\#(epoch + Int(end * 1e9)),"attributes":[\#(list)]}"#
    }

    private static func export(_ spans: [String]) -> String {
        #"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"s"},"#
            + #""spans":[\#(spans.joined(separator: ","))]}]}]}"#
    }

    /// A plan; two searches beside each other, one with a second round; an answer; an agent's span
    /// over all of it; a tool; and, later, a session of one call. Lines are out of order.
    private static let trace = [
        export([
            span("a", from: 0, to: 30, input: 9_000, output: 900, operation: "invoke_agent"),
            span("a", from: 12, to: 20, input: 1_500, output: 300),
            span("a", from: 3, to: 6, input: 800, output: 40),
        ]),
        export([
            span("a", from: 0, to: 2, input: 1_000, output: 100),
            span("a", from: 2, to: 3, input: nil, output: nil, operation: "execute_tool"),
        ]),
        export([span("b", from: 60, to: 61, input: 70, output: 7, operation: nil)]),
        span("a", from: 2.5, to: 5, input: 500, output: 50),
        export([
            span("a", from: 7, to: 11, input: 900, output: 60),
            span("c", from: 70, to: 71, input: 10, output: nil),
        ]),
    ].joined(separator: "\n")

    @Test("Spans of one trace id are a session; what had ended is waited for, what overlaps is not")
    func spans() throws {
        let (rows, reader) = try read(Self.trace)
        #expect(reader.format == .otel && rows.count == 2 && reader.leftOut[.noOutput] == 1)
        #expect(rows.map(\.arrivalNs) == [0, 60_000_000_000])
        #expect(rows[1].calls.isEmpty && rows[1].input == 70 && rows[1].output == 7)
        let calls = rows[0].calls
        #expect(calls.map(\.input) == [1_000, 500, 800, 900, 1_500])
        #expect(calls.map(\.after) == [[], [0], [0], [1, 2], [3]])
        let waits = calls.map { $0.waitNs / 1_000_000 }
        #expect(waits == [0, 500, 1_000, 1_000, 1_000])
        // Only what fits into a prompt can be its beginning: the plan fits into the answer's.
        #expect(calls.map(\.continues) == [nil, nil, nil, 2, 0])
        #expect(calls.map(\.sharedTokens) == [0, 0, 0, 840, 1_100])
        #expect(calls.map(\.isLast) == [false, false, false, false, true])
    }

    @Test("Fed byte by byte, and cut anywhere, a file is read alike or refused", arguments: [1, 7])
    func fed(chunk: Int) throws {
        let whole = try read(Self.trace)
        #expect(try read(Self.trace, chunk: chunk).rows == whole.rows)
        guard chunk == 7 else { return }
        for count in 0..<Self.trace.utf8.count {
            let cut = String(decoding: Array(Self.trace.utf8).prefix(count), as: UTF8.self)
            if let rows = try? read(cut).rows { #expect(rows.count <= 2) }
        }
        var bytes = Array(Self.trace.utf8)
        for index in bytes.indices where index % 3 == 0 {
            bytes[index] ^= 0x15
            _ = try? read(String(decoding: bytes, as: UTF8.self), format: .otel)
            bytes[index] ^= 0x15
        }
    }

    @Test(
        "A bad line is named with its place",
        arguments: [
            (#"{"resourceSpans":[{"scopeSpans":7}]}"#, "1:1: the object has a `scopeSpans`"),
            (#"{"resourceSpans":[}"#, "1:19: "),
            (
                #"{"traceId":"x","attributes":[{"key":"gen_ai.usage.input_tokens","value":{}}]}"#,
                "1:1: the object has a span whose `gen_ai.usage.input_tokens` is no whole number"
            ),
            ("{\n", "1:1: a trace has an object a line, and this one goes over several"),
            (
                span("x", from: 2, to: 1, input: 1, output: 1),
                "1:1: the object has a span that ends before it begins"
            ),
            (
                #"{"session_id":"s","round_index":0,"timing_events":[]}"#,
                "1:1: the object has no `timing_events`"
            ),
            (
                #"{"session_id":"s","round_index":0,"timing_events":[{"timestamp":"noon"}]}"#,
                "1:1: the object has a `timestamp` that is no time like"
            ),
            (#"{"session_id":7,"round_index":0}"#, "1:1: the object has a `session_id` that is"),
        ])
    func mistakes(line: String, sentence: String) {
        let error = #expect(throws: TraceError.self) { try read(line) }
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    }

    @Test("A round of TraceLab begins with its last input and ends with its last event")
    func rounds() throws {
        func round(_ index: Int, _ input: Int, _ output: Int, _ events: [(String, Int)]) -> String {
            let list = events.map {
                #"{"event_type":"\#($0)","timestamp":"2026-06-01T05:40:\#($1).5Z"}"#
            }
            return #"{"provider":"p","session_id":"s","round_index":\#(index),"#
                + #""input_tokens_total":\#(input),"prefix_tokens":0,"output_tokens":\#(output),"#
                + #""timing_events":[\#(list.joined(separator: ","))]}"#
        }
        let text = [
            round(0, 3_000, 90, [("user_message", 10), ("text", 12), ("tool_call", 14)]),
            round(1, 3_400, 20, [("tool_result", 15), ("tool_result", 20), ("text", 22)]),
            // Reasoning that the next prompt does not hold.
            round(2, 3_410, 500, [("user_message", 40), ("reasoning", 45)]),
        ].joined(separator: "\r\n")
        let (rows, reader) = try read(text)
        #expect(reader.format == .tracelab && rows.count == 1)
        #expect(rows[0].calls.map(\.after) == [[], [0], [1]])
        #expect(rows[0].calls.map(\.waitNs) == [0, 6_000_000_000, 18_000_000_000])
        #expect(rows[0].calls.map(\.sharedTokens) == [0, 3_090, 3_400])
        #expect(rows[0].calls.map(\.continues) == [nil, 0, 1])
    }

    private func plan(_ rows: [TraceRow], requests: UInt32? = nil) throws -> WorkloadPlan {
        try WorkloadPlan.make(
            WorkloadSpec(
                stages: [
                    StageSpec(load: .open(.replay(TraceReplay(rows: rows))), requests: requests)
                ], classes: [ClassSpec(name: "c", lengths: nil)]), seed: 5)
    }

    @Test("A replay sends a session's calls as they were recorded, the last for its reader")
    func replay() throws {
        let plan = try plan(try read(Self.trace).rows)
        #expect(plan.classNames == ["c", "agent"] && plan.requests.count == 6)
        let session = plan.requests.filter { $0.session == 0 }
        #expect(session.map(\.after) == [nil, nil, [0], [1, 2], nil])
        #expect(session.map(\.classIndex) == [1, 1, 1, 1, 0])
        #expect(
            session.map(\.thinkNs) == [0, 500_000_000] + Array(repeating: 1_000_000_000, count: 3))
        #expect(session.map(\.inputTokens) == [1_000, 500, 800, 900, 1_500])
        #expect(plan.requests.last?.classIndex == 0 && plan.requests.last?.turn == 0)
        // The prompt that a prompt begins with was sent earlier, and its answer was not.
        var shared = SharedPrompts()
        #expect(session.map { shared.add($0.prompt) } == [0, 0, 0, 800, 1_000])
        #expect(session[3].prompt.map(\.seed) == session[2].prompt.map(\.seed))
        #expect(try self.plan(try read(Self.trace).rows, requests: 3).requests.count == 3)
    }

    @Test("Calls that overlap from the beginning on begin at their own times")
    func overlap() throws {
        let text = [
            Self.span("a", from: 1, to: 9, input: 10, output: 1),
            Self.span("a", from: 3, to: 8, input: 20, output: 2),
            Self.span("a", from: 10, to: 11, input: 30, output: 3),
        ].joined(separator: "\n")
        let requests = try plan(try read(text).rows).requests
        #expect(requests.map(\.scheduledNs) == [0, 2_000_000_000, nil])
        #expect(requests.map(\.after) == [nil, [], [0, 1]])
        #expect(requests.map(\.thinkNs) == [0, 0, 1_000_000_000])
    }

    @Test(
        "Calls wait for those that had ended with none between, by any order of lines",
        arguments: 0..<30 as Range<UInt64>)
    func property(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var sessions = TraceSessions()
        var calls: [(begin: Int64, end: Int64)] = []
        for _ in 0..<Int.random(in: 2...40, using: &random) {
            let begin = Int64.random(in: 0...200, using: &random)
            let end = begin + Int64.random(in: 1...40, using: &random)
            calls.append((begin, end))
        }
        for call in calls.shuffled(using: &random) {
            sessions.add(
                ReadCall(
                    session: "s", beginNs: call.begin, endNs: call.end, input: 9, output: 9))
        }
        calls.sort { $0 < $1 }
        let row = try #require(sessions.rows().rows.first)
        for (index, made) in row.calls.enumerated() {
            let ended = calls.indices.filter { calls[$0].end <= calls[index].begin }
            let nearest = ended.filter { parent in
                !ended.contains { calls[$0].begin > calls[parent].end }
            }
            #expect(made.after.map { Int($0) } == nearest)
            let last = ended.map { calls[$0].end }.max() ?? calls[0].begin
            #expect(made.waitNs == calls[index].begin - last)
        }
    }
}

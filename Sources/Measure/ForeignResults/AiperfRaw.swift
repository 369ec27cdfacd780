import Goodput
import JSON

/// `profile_export_raw.jsonl`: a line a request with every packet of its answer.
enum AiperfRaw {
    /// A line in the making.
    private struct Answer {
        var start: Int64?
        /// The packets' times on the client's monotonic clock, ns, and the tokens that each brought
        /// by its text or its token ids; those without a token are left out.
        var packets: [(time: Int64, tokens: UInt32)] = []
        var usage: PacketUsage?
        var status: Int64?
        var last: Int64?

        mutating func add(_ packet: RawPacket, at time: Int64) {
            if packet.tokens > 0 { packets.append((time, packet.tokens)) }
            usage = packet.usage ?? usage
        }
    }

    static func run(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        var run = AiperfRun()
        var isExact = true
        while !cursor.isAtEnd {
            let begin = cursor.offset
            var metadata: AiperfMetadata?
            var answer = Answer()
            var error = AiperfError()
            try cursor.object { (name, cursor) throws(ForeignProblem) in
                switch name {
                case "metadata": metadata = try AiperfMetadata(&cursor)
                case "start_perf_ns": answer.start = try cursor.integer()
                case "status": answer.status = try cursor.integer()
                case "responses": try responses(&cursor, of: &answer)
                case "error": error = try AiperfError(&cursor)
                default: try cursor.skip()
                }
            }
            guard let metadata = try run.scored(metadata, at: begin) else { continue }
            let elapsed = try elapsed(answer, at: begin)
            let usage = answer.usage?.completionTokens.map { Int($0) }
            let brought = answer.packets.reduce(0) { $0 + Int($1.tokens) }
            // Without a count that says otherwise what packets brought is what there was.
            let needsRule = usage.map { $0 != brought } ?? false
            isExact = isExact && !needsRule
            try run.add(
                metadata, error: error.text ?? answer.status.map { "\($0)" },
                hasFailed: error.isThere
                    || answer.status.map { !(200..<300).contains($0) } ?? false,
                elapsed: elapsed, tokens: usage ?? brought,
                promptTokens: answer.usage?.promptTokens, latency: nil, at: begin
            ) { times, counts in
                if needsRule { return ChunkTokens.events(at: times, tokens: usage, &counts) }
                counts.even += times.isEmpty ? 0 : 1
                return zip(times, answer.packets).map {
                    TokenEvent(time: $0, count: $1.tokens)
                }
            }
        }
        return run.finished(
            isExact ? .exact : .byRule(run.counts), .stampsOfReads, tellsFailures: true)
    }

    private static func elapsed(
        _ answer: Answer, at begin: Int
    ) throws(ForeignProblem) -> [Int64] {
        guard !answer.packets.isEmpty else { return [] }
        guard let start = answer.start else {
            throw ForeignProblem(
                offset: begin, "has a line without `start_perf_ns`, when the request was sent")
        }
        var before: Int64 = 0
        var result: [Int64] = []
        for packet in answer.packets {
            let (time, overflow) = packet.time.subtractingReportingOverflow(start)
            guard !overflow, time >= before, Double(time) <= ForeignTime.longest * 1e9 else {
                throw ForeignProblem(
                    offset: begin, member: "responses",
                    "has a `perf_ns` of \(packet.time), before the one before it or the send: "
                        + "stamps of one clock do not decrease")
            }
            before = time
            result.append(time)
        }
        return result
    }

    private static func responses(
        _ cursor: inout ForeignCursor, of answer: inout Answer
    ) throws(ForeignProblem) {
        guard try !cursor.skipNull() else { return }
        try cursor.list { (_, cursor) throws(ForeignProblem) in
            let begin = cursor.offset
            var time: Int64?
            var packets: [RawPacket] = []
            try cursor.object { (name, cursor) throws(ForeignProblem) in
                switch name {
                case "perf_ns": time = try cursor.integer()
                case "packets":
                    try cursor.list { (_, cursor) throws(ForeignProblem) in
                        packets.append(try packet(&cursor))
                    }
                case "text":
                    // An answer that came as one document.
                    if let text = try cursor.textIfAny() { packets.append(RawPacket(data: text)) }
                default: try cursor.skip()
                }
            }
            guard let time else {
                throw cursor.problem("lacks `perf_ns`, when it was read", at: begin)
            }
            for packet in packets { answer.add(packet, at: time) }
        }
    }

    private static func packet(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> RawPacket {
        var isData = true
        var value: String?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "name": isData = try cursor.textIfAny() == "data"
            case "value": value = try cursor.textIfAny()
            default: try cursor.skip()
            }
        }
        guard isData, let value else { return RawPacket() }
        return RawPacket(data: value)
    }
}

/// The counts of a server's usage.
struct PacketUsage: Hashable {
    var promptTokens: UInt32?
    var completionTokens: UInt32?
}

/// The tokens and the usage that one packet of a stream brought.
struct RawPacket: Hashable {
    /// By its token ids, else 1 where it has text.
    var tokens: UInt32 = 0
    var usage: PacketUsage?

    init() {}

    /// Reads an event's data. Data that is no JSON, such as `[DONE]`, brings nothing.
    init(data: String) {
        // A broken event is the server's; the line's `error` tells.
        guard let json = try? JSONValue(parsing: data) else { return }
        if let usage = json.optional("usage") {
            func count(_ name: String) -> UInt32? {
                usage[name]?.int64.flatMap { UInt32(exactly: $0) }
            }
            self.usage = PacketUsage(
                promptTokens: count("prompt_tokens"), completionTokens: count("completion_tokens"))
        }
        for choice in json["choices"]?.array ?? [] {
            let delta = choice.optional("delta") ?? choice.optional("message") ?? choice
            let texts = ["content", "reasoning_content", "reasoning", "text", "refusal"]
            let hasText = texts.contains { !(delta[$0]?.string ?? "").isEmpty }
            let hasCalls = !(delta["tool_calls"]?.array ?? []).isEmpty
            if let ids = choice.optional("token_ids")?.array, !ids.isEmpty {
                tokens += UInt32(ids.count)
            } else if hasText || hasCalls {
                tokens += 1
            }
        }
    }
}

import Goodput
import Sampling

/// A run of vLLM or sglang: an object with figures, and with lists that have an entry a request.
struct ParallelLists {
    private struct Lists {
        var inputs: [UInt32?] = []
        var outputs: [UInt32?]?
        var firsts: [Double] = []
        /// The gaps of all requests, one behind the other, and where each one's end.
        var gaps: [Double] = []
        var ends: [Int] = []
        var starts: [Double]?
        var waits: [Double]?
        var latencies: [Double]?
        var failures: [Bool]?
    }

    private let tool: ForeignTool
    private let begin: Int
    private var lists = Lists()
    private var errors = ErrorTexts()
    private var summary: [String: Double] = [:]
    private var texts: [String: String] = [:]

    /// Reads the run at the cursor.
    static func run(
        _ cursor: inout ForeignCursor, of tool: ForeignTool
    ) throws(ForeignProblem) -> ForeignRun {
        var reader = ParallelLists(tool: tool, begin: cursor.offset)
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            try reader.member(name, &cursor)
        }
        return try reader.run(cursor)
    }

    private init(tool: ForeignTool, begin: Int) {
        self.tool = tool
        self.begin = begin
    }

    private mutating func member(
        _ name: String, _ cursor: inout ForeignCursor
    ) throws(ForeignProblem) {
        switch name {
        case "input_lens": lists.inputs = try Self.counts(&cursor)
        case "output_lens": lists.outputs = try Self.counts(&cursor)
        case "ttfts": lists.firsts = try Self.spans(&cursor)
        case "start_times": lists.starts = try Self.spans(&cursor)
        case "queue_times": lists.waits = try Self.spans(&cursor)
        case "latencies": lists.latencies = try Self.spans(&cursor)
        case "itls":
            lists.ends = []
            try cursor.list { (_, cursor) throws(ForeignProblem) in
                if try !cursor.skipNull() {
                    try cursor.list { (_, cursor) throws(ForeignProblem) in
                        lists.gaps.append(try cursor.span())
                    }
                }
                lists.ends.append(lists.gaps.count)
            }
        case "errors":
            var failures: [Bool] = []
            try cursor.list { (_, cursor) throws(ForeignProblem) in
                let text = try cursor.text() ?? ""
                failures.append(!text.isEmpty)
                if !text.isEmpty { errors.add(text) }
            }
            lists.failures = failures
        case "generated_texts": try cursor.skip()
        case "model_id", "endpoint_type", "backend", "request_rate":
            if cursor.peek() == UInt8(ascii: "\"") {
                texts[name] = try cursor.textIfAny()
            } else {
                summary[name] = try cursor.numberIfAny()
            }
        default: summary[name] = try cursor.numberIfAny()
        }
    }

    private static func counts(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [UInt32?] {
        var values: [UInt32?] = []
        try cursor.list { (_, cursor) throws(ForeignProblem) in
            values.append(try cursor.tokens())
        }
        return values
    }

    private static func spans(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [Double] {
        var values: [Double] = []
        try cursor.list { (_, cursor) throws(ForeignProblem) in
            values.append(try cursor.span())
        }
        return values
    }

    // MARK: The run

    private func run(_ cursor: ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        let count = lists.firsts.count
        let lengths: [(String, Int?)] = [
            ("itls", lists.ends.count), ("output_lens", lists.outputs?.count ?? -1),
            ("input_lens", lists.inputs.isEmpty ? nil : lists.inputs.count),
            ("start_times", lists.starts?.count), ("queue_times", lists.waits?.count),
            ("latencies", lists.latencies?.count), ("errors", lists.failures?.count),
        ]
        for (name, length) in lengths {
            guard let length, length != count else { continue }
            throw ForeignProblem(
                offset: begin,
                length < 0
                    ? "lacks `\(name)`: of a request the file does not tell how many tokens it had"
                    : "has \(length) entries in `\(name)` and \(count) in `ttfts`: the lists go in "
                        + "parallel, one entry a request; the file is cut or edited")
        }
        var source = ForeignSource(tool: tool, fidelity: .exact)
        source.label = texts["model_id"]
        source.errors = errors.sorted
        source.knowsStarts = lists.starts != nil
        source.summary = summary
        let queued = lists.waits != nil && !isClosedLoop
        source.remarks = remarks(isQueued: queued)
        if let seconds = summary["duration"] {
            guard seconds > 0, let duration = ForeignTime.ns(seconds) else {
                throw ForeignProblem(
                    offset: begin, "has a `duration` of \(seconds): no length of a run in s")
            }
            source.duration = duration
            source.remarks.append(.durationIsTheTools)
        }
        var run = ForeignRun(source: source)
        if isClosedLoop, let users = summary["max_concurrency"], users >= 1, users < 1e9 {
            run.load = .closed(users: Int(users))
        }
        run.requests.reserveCapacity(count)
        var builder = RequestBuilder(lists: lists, begin: begin, isQueued: queued)
        for index in 0..<count { run.requests.append(try builder.request(index)) }
        run.promptTokens =
            lists.inputs.isEmpty ? [UInt32?](repeating: nil, count: count) : lists.inputs
        run.source.fidelity = .byRule(builder.counts)
        if builder.failuresWithoutEnd > 0 {
            run.source.remarks.append(.failuresWithoutEnd(builder.failuresWithoutEnd))
        }
        if builder.withoutTimes > 0 {
            run.source.remarks.append(.answersWithoutTimes(builder.withoutTimes))
        }
        return run
    }

    /// Whether the next request waited for an answer, so that the wait before a send is no queue.
    private var isClosedLoop: Bool {
        summary["max_concurrency"] != nil
            && (texts["request_rate"] == "inf" || summary["request_rate"] == nil)
    }

    private func remarks(isQueued: Bool) -> [ForeignRemark] {
        var remarks: [ForeignRemark] = [.stampsOfChunks]
        if lists.starts == nil {
            remarks.append(.noStarts)
        } else {
            remarks.append(isQueued ? .scheduledIs(member: "queue_times") : .scheduledIsSend)
        }
        if tool == .vllm, texts["endpoint_type"] ?? texts["backend"] == "openai-chat" {
            remarks.append(.roleChunks)
        }
        if lists.latencies == nil { remarks.append(.endIsLastToken) }
        return remarks
    }

    /// Makes requests of the lists' entries.
    private struct RequestBuilder {
        let lists: Lists
        let begin: Int
        let isQueued: Bool
        var epoch = ForeignEpoch()
        var counts = ChunkCounts()
        var failuresWithoutEnd = 0
        var withoutTimes = 0

        init(lists: Lists, begin: Int, isQueued: Bool) {
            self.lists = lists
            self.begin = begin
            self.isQueued = isQueued
        }

        private func problem(_ member: String, _ index: Int, _ text: String) -> ForeignProblem {
            ForeignProblem(offset: begin, member: "\(member)[\(index)]", text)
        }

        mutating func request(_ index: Int) throws(ForeignProblem) -> RequestTimes {
            let hasFailed = lists.failures?[index] ?? false
            let first = lists.firsts[index]
            let gaps = lists.gaps[(index == 0 ? 0 : lists.ends[index - 1])..<lists.ends[index]]
            var sent: Int64 = 0
            if let start = lists.starts?[index] {
                guard let ns = epoch.ns(start) else {
                    throw problem(
                        "start_times", index, "is \(start), far from the others: it is in s")
                }
                sent = ns
            }
            var times: [Int64] = []
            var elapsed = first
            if first > 0 || !gaps.isEmpty {
                times.reserveCapacity(gaps.count + 1)
                for gap in [0] + gaps {
                    elapsed += gap
                    guard let ns = ForeignTime.ns(elapsed) else {
                        throw problem("itls", index, "adds up to more than 30 years: it is in s")
                    }
                    times.append(sent + ns)
                }
            }
            var finish = times.last ?? sent
            if let latency = lists.latencies?[index], latency > 0 || !hasFailed {
                guard elapsed <= latency * (1 + 1e-6) + 1e-6 else {
                    throw problem(
                        "latencies", index,
                        "is \(ForeignTime.words(latency)), and its tokens took "
                            + "\(ForeignTime.words(elapsed)): one of `ttfts`, `itls` and "
                            + "`latencies` is in another unit; all are in s")
                }
                finish = max(finish, sent + (ForeignTime.ns(latency) ?? 0))
            } else if hasFailed, lists.latencies != nil {
                failuresWithoutEnd += 1
            }
            var request = RequestTimes(
                id: index, scheduled: sent, tokens: [], finish: finish,
                outcome: hasFailed ? .failed : .completed, sent: sent)
            if isQueued, let wait = lists.waits?[index], let ns = ForeignTime.ns(wait) {
                request.scheduled = sent - ns
            }
            let tokens = lists.outputs?[index].map { Int($0) }
            if times.isEmpty, let tokens, tokens > 0, !hasFailed {
                withoutTimes += 1
                request.isStreamed = false
                request.tokens = [TokenEvent(time: finish, count: UInt32(tokens))]
            } else {
                request.tokens = ChunkTokens.events(
                    at: times, tokens: hasFailed && tokens == 0 ? nil : tokens, &counts)
            }
            return request
        }
    }
}

extension ForeignCursor {
    /// A span of time in s, at least 0.
    mutating func span() throws(ForeignProblem) -> Double {
        _ = peek()
        let begin = offset
        guard let value = try number() else {
            throw problem("is null where a span of time in s should stand", at: begin)
        }
        guard value >= 0, value <= ForeignTime.longest else {
            throw problem("is \(value): no span of time in s", at: begin)
        }
        return value
    }
}

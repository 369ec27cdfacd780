import Goodput

/// `per_request_lifecycle_metrics.json` of inference-perf: a list of requests; s of one clock.
enum InferencePerfRequests {
    private struct Answer {
        var start: Double?
        var end: Double?
        var tokens: UInt32?
        var prompt: UInt32?
        var tokenTimes: [Double] = []
        var chunkTimes: [Double] = []
        var error: String?
    }

    static func run(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        var run = ForeignRun(source: ForeignSource(tool: .inferencePerf, fidelity: .exact))
        var errors = ErrorTexts()
        var epoch = ForeignEpoch()
        var counts = ChunkCounts()
        var isExact = true
        var withoutTimes = 0
        try cursor.list { (index, cursor) throws(ForeignProblem) in
            let begin = cursor.offset
            let answer = try answer(&cursor)
            func time(_ seconds: Double?, _ member: String) throws(ForeignProblem) -> Int64 {
                guard let seconds else {
                    throw cursor.problem("lacks `\(member)`", at: begin)
                }
                guard let time = epoch.ns(seconds) else {
                    throw cursor.problem(
                        "has a `\(member)` of \(seconds), far from the others: it is in s",
                        at: begin)
                }
                return time
            }
            let sent = try time(answer.start, "start_time")
            let end = try time(answer.end, "end_time")
            let isOfTokens = !answer.tokenTimes.isEmpty
            var times: [Int64] = []
            for value in isOfTokens ? answer.tokenTimes : answer.chunkTimes {
                let name = isOfTokens ? "output_token_times" : "chunk_times"
                let at = try time(value, name)
                guard at >= times.last ?? sent, at <= end else {
                    throw cursor.problem(
                        "has `\(name)` with \(value), which lies before the one before it, the "
                            + "start or behind the end: times that cannot be", at: begin)
                }
                times.append(at)
            }
            guard end >= sent else {
                throw cursor.problem("ends before it starts", at: begin)
            }
            var request = RequestTimes(
                id: index, scheduled: sent, tokens: [], finish: end,
                outcome: answer.error == nil ? .completed : .failed, sent: sent)
            let tokens = answer.tokens.map { Int($0) }
            if let error = answer.error { errors.add(error) }
            if times.isEmpty, let tokens, tokens > 0, answer.error == nil {
                withoutTimes += 1
                request.isStreamed = false
                request.tokens = [TokenEvent(time: end, count: UInt32(tokens))]
            } else {
                let isCounted = answer.error == nil || tokens ?? 0 > 0
                isExact = isExact && (times.isEmpty || tokens == times.count)
                request.tokens =
                    ChunkTokens.events(
                        at: times, tokens: isCounted ? tokens : nil, &counts
                    ).joined
            }
            run.requests.append(request)
            run.promptTokens.append(answer.prompt)
        }
        run.source.errors = errors.sorted
        run.source.fidelity = isExact ? .exact : .byRule(counts)
        run.source.remarks = [.stampsOfTokens, .scheduledIsSend, .countsOfTokenizer]
        if withoutTimes > 0 { run.source.remarks.append(.answersWithoutTimes(withoutTimes)) }
        return run
    }

    private static func answer(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> Answer {
        var result = Answer()
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "start_time": result.start = try cursor.number()
            case "end_time": result.end = try cursor.number()
            case "error": result.error = try error(&cursor)
            case "info": try info(&cursor, into: &result)
            default: try cursor.skip()
            }
        }
        return result
    }

    /// Reads `info`, where files of before have the answer's members themselves.
    private static func info(
        _ cursor: inout ForeignCursor, into result: inout Answer
    ) throws(ForeignProblem) {
        try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "response_metrics", "response_info", "request_metrics", "text":
                try info(&cursor, into: &result)
            case "input_tokens": result.prompt = try cursor.tokens()
            case "output_tokens": result.tokens = try cursor.tokens()
            case "output_token_times": result.tokenTimes = try times(&cursor)
            case "chunk_times": result.chunkTimes = try times(&cursor)
            default: try cursor.skip()
            }
        }
    }

    private static func times(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [Double] {
        var values: [Double] = []
        guard try !cursor.skipNull() else { return values }
        try cursor.list { (_, cursor) throws(ForeignProblem) in
            guard let value = try cursor.number() else {
                throw cursor.problem("is null where a time in s should stand")
            }
            values.append(value)
        }
        return values
    }

    private static func error(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> String? {
        guard try !cursor.skipNull() else { return nil }
        var parts: [String] = []
        try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
            let text = try cursor.textIfAny()
            if name.hasPrefix("error_"), let text { parts.append(text) }
        }
        return parts.joined(separator: ": ")
    }
}

extension [TokenEvent] {
    /// The same tokens with those of one instant in one event.
    var joined: [TokenEvent] {
        var result: [TokenEvent] = []
        result.reserveCapacity(count)
        for event in self {
            if let last = result.last, last.time == event.time {
                result[result.count - 1].count += event.count
            } else {
                result.append(event)
            }
        }
        return result
    }
}

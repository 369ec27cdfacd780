import Goodput

/// `request_level_metrics.json` of etalon: lists that go in parallel; s.
enum EtalonMetrics {
    static func run(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        let begin = cursor.offset
        var firsts: [Double] = []
        var gaps: [[Double]] = []
        var tokens: [UInt32?]?
        var prompts: [UInt32?]?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "ttft":
                try cursor.list { (_, cursor) throws(ForeignProblem) in
                    firsts.append(try cursor.span())
                }
            case "tbt":
                try cursor.list { (_, cursor) throws(ForeignProblem) in
                    var list: [Double] = []
                    try cursor.list { (_, cursor) throws(ForeignProblem) in
                        list.append(try cursor.span())
                    }
                    gaps.append(list)
                }
            case "num_output_tokens": tokens = try counts(&cursor)
            case "num_prompt_tokens": prompts = try counts(&cursor)
            default: try cursor.skip()
            }
        }
        let lengths = [
            ("tbt", gaps.count), ("num_output_tokens", tokens?.count ?? -1),
            ("num_prompt_tokens", prompts?.count ?? firsts.count),
        ]
        for (name, length) in lengths where length != firsts.count {
            throw cursor.problem(
                length < 0
                    ? "lacks `\(name)`: the file does not tell how many tokens a request had"
                    : "has \(length) entries in `\(name)` and \(firsts.count) in `ttft`: the "
                        + "lists go in parallel, one entry a request; the file is cut or edited",
                at: begin)
        }
        var run = ForeignRun(source: ForeignSource(tool: .etalon, fidelity: .exact))
        var rule = ChunkCounts()
        var isExact = true
        for index in firsts.indices {
            let count = tokens?[index].map { Int($0) }
            var times: [Int64] = []
            if firsts[index] > 0 || !gaps[index].isEmpty {
                var elapsed = 0.0
                for gap in [firsts[index]] + gaps[index] {
                    elapsed += gap
                    guard let time = ForeignTime.ns(elapsed) else {
                        throw ForeignProblem(
                            offset: begin, member: "tbt[\(index)]",
                            "adds up to more than 30 years: it is in s")
                    }
                    times.append(time)
                }
            }
            isExact = isExact && count == times.count
            let events = ChunkTokens.events(at: times, tokens: count, &rule).joined
            run.requests.append(
                RequestTimes(
                    id: index, scheduled: 0, tokens: events, finish: times.last ?? 0, sent: 0))
        }
        run.promptTokens = prompts ?? firsts.map { _ in nil }
        run.source.knowsStarts = false
        run.source.fidelity = isExact ? .exact : .byRule(rule)
        run.source.remarks = [
            .stampsOfTokens, .noStarts, .noDuration, .failuresUnknown, .endIsLastToken,
            .countsOfTokenizer,
        ]
        return run
    }

    private static func counts(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [UInt32?] {
        var values: [UInt32?] = []
        try cursor.list { (_, cursor) throws(ForeignProblem) in
            values.append(try cursor.tokens())
        }
        return values
    }
}

import Goodput

/// A run of genai-bench: figures of it, and a few of each request.
enum GenaiBenchRun {
    private struct Answer {
        var begin = 0
        var first: Double?
        var latency: Double?
        var tokens: UInt32?
        var prompt: UInt32?
        var code: Double?
        var message: String?

        var hasFailed: Bool { code ?? 0 != 0 }
    }

    static func run(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        let begin = cursor.offset
        var run = ForeignRun(source: ForeignSource(tool: .genaiBench, fidelity: .boundsOnly))
        var answers: [Answer] = []
        var unit: String?
        var summary: [String: Double] = [:]
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "individual_request_metrics":
                try cursor.list { (_, cursor) throws(ForeignProblem) in
                    answers.append(try answer(&cursor))
                }
            case "_time_unit": unit = try cursor.text()
            case "aggregated_metrics":
                try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                    guard name == "stats" else {
                        if name == "scenario" {
                            run.source.label = try cursor.textIfAny()
                        } else {
                            summary[name] = try cursor.numberIfAny()
                        }
                        return
                    }
                    try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                        let metric = name
                        try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                            summary["stats.\(metric).\(name)"] = try cursor.numberIfAny()
                        }
                    }
                }
            default: try cursor.skip()
            }
        }
        let scales = ["s": 1.0, "ms": 1e-3]
        guard let scale = scales[unit ?? "s"] else {
            throw cursor.problem(
                "has a `_time_unit` of `\(unit ?? "")`, and s and ms are known", at: begin)
        }
        var errors = ErrorTexts()
        for answer in answers {
            run.requests.append(
                try request(answer, id: run.requests.count, scale, summary["run_duration"]))
            run.promptTokens.append(answer.prompt)
            if answer.hasFailed { errors.add(answer.message ?? "\(answer.code ?? 0)") }
        }
        run.source.errors = errors.sorted
        run.source.knowsStarts = false
        // Spans are compared in ns, whatever unit the file has.
        run.source.summary = summary
        run.source.summary["_scale"] = scale
        run.source.remarks = [.stampsOfChunks, .noStarts, .endIsLastToken, .filtered]
        if let duration = summary["run_duration"], duration > 0 {
            guard let length = ForeignTime.ns(duration) else {
                throw cursor.problem(
                    "has a `run_duration` of \(duration): no length of a run in s", at: begin)
            }
            run.source.duration = length
            run.source.remarks.append(.durationIsTheTools)
        } else {
            run.source.remarks.append(.noDuration)
        }
        return run
    }

    private static func answer(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> Answer {
        var result = Answer()
        result.begin = cursor.offset
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "ttft": result.first = try cursor.number()
            case "e2e_latency": result.latency = try cursor.number()
            case "num_output_tokens": result.tokens = try cursor.tokens()
            case "num_input_tokens": result.prompt = try cursor.tokens()
            case "error_code": result.code = try cursor.numberIfAny()
            case "error_message": result.message = try cursor.textIfAny()
            default: try cursor.skip()
            }
        }
        return result
    }

    private static func request(
        _ answer: Answer, id: Int, _ scale: Double, _ duration: Double?
    ) throws(ForeignProblem) -> RequestTimes {
        func problem(_ text: String) -> ForeignProblem {
            ForeignProblem(
                offset: answer.begin, member: "individual_request_metrics[\(id)]", text)
        }
        var request = RequestTimes(
            id: id, scheduled: 0, tokens: [], finish: 0,
            outcome: answer.hasFailed ? .failed : .completed, sent: 0)
        guard !answer.hasFailed else { return request }
        guard let first = answer.first, let latency = answer.latency, let count = answer.tokens
        else {
            throw problem(
                "lacks `ttft`, `e2e_latency` or `num_output_tokens`, and has no `error_code`")
        }
        guard first >= 0, first <= latency, let from = ForeignTime.ns(first * scale),
            let to = ForeignTime.ns(latency * scale)
        else {
            throw problem(
                "has a `ttft` of \(first) and an `e2e_latency` of \(latency): times that cannot be")
        }
        if let duration, duration > 0, latency * scale > duration * 1.01 + 1e-3 {
            throw problem(
                "took \(latency * scale) s, longer than the whole run (`run_duration` "
                    + "\(duration) s): one of them is in another unit")
        }
        request.finish = to
        request.tokens = EvenPlacing.events(from: from, to: to, tokens: Int(count), atMost: 512)
        return request
    }
}

/// `profile_export.jsonl`: a line a request with its measurements.
enum AiperfRecords {
    /// A line's measurements; times in ns.
    private struct Measurements {
        var first: Int64?
        var gaps: [Int64] = []
        var latency: Int64?
        var tokens: UInt32?
        var prompt: UInt32?
    }

    static func run(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> ForeignRun {
        var run = AiperfRun()
        while !cursor.isAtEnd {
            let begin = cursor.offset
            var metadata: AiperfMetadata?
            var values = Measurements()
            var error = AiperfError()
            try cursor.object { (name, cursor) throws(ForeignProblem) in
                switch name {
                case "metadata": metadata = try AiperfMetadata(&cursor)
                case "metrics": values = try measurements(&cursor)
                case "error": error = try AiperfError(&cursor)
                default: try cursor.skip()
                }
            }
            guard let metadata = try run.scored(metadata, at: begin) else { continue }
            var elapsed: [Int64] = []
            if var at = values.first {
                elapsed = [at]
                for gap in values.gaps {
                    at += gap
                    elapsed.append(at)
                }
                // A sum of rounded gaps may be some ns longer.
                if let latency = values.latency, at > latency + max(1_000, latency / 1_000_000) {
                    throw ForeignProblem(
                        offset: begin, member: "metrics.request_latency",
                        "is \(latency) ns, and its tokens took \(at) ns: one of the values is in "
                            + "another unit than it says")
                }
            }
            let tokens = values.tokens.map { Int($0) }
            try run.add(
                metadata, error: error.text, hasFailed: error.isThere, elapsed: elapsed,
                tokens: tokens, promptTokens: values.prompt, latency: values.latency, at: begin
            ) { times, counts in
                ChunkTokens.events(at: times, tokens: tokens, &counts)
            }
        }
        return run.finished(.byRule(run.counts), .stampsOfChunks, tellsFailures: false)
    }

    private static func measurements(
        _ cursor: inout ForeignCursor
    ) throws(ForeignProblem) -> Measurements {
        var result = Measurements()
        guard try !cursor.skipNull() else { return result }
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "time_to_first_token": result.first = try spans(&cursor).first
            case "inter_chunk_latency": result.gaps = try spans(&cursor)
            case "request_latency": result.latency = try spans(&cursor).first
            case "output_sequence_length": result.tokens = try count(&cursor)
            case "input_sequence_length": result.prompt = try count(&cursor)
            default: try cursor.skip()
            }
        }
        return result
    }

    /// A measurement `{"value": ..., "unit": ...}` of one span or of several, ns.
    private static func spans(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [Int64] {
        guard try !cursor.skipNull() else { return [] }
        let begin = cursor.offset
        var values: [Double] = []
        var unit: String?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "value":
                if cursor.peek() == UInt8(ascii: "[") {
                    try cursor.list { (_, cursor) throws(ForeignProblem) in
                        values.append(try cursor.span())
                    }
                } else {
                    values = [try cursor.span()]
                }
            case "unit": unit = try cursor.text()
            default: try cursor.skip()
            }
        }
        guard let scale = scale(of: unit ?? "") else {
            throw cursor.problem(
                "is in the unit `\(unit ?? "")`, and ns, us, ms and s are known", at: begin)
        }
        var result: [Int64] = []
        result.reserveCapacity(values.count)
        for value in values {
            let ns = value * scale
            guard ns <= ForeignTime.longest * 1e9 else {
                throw cursor.problem("has a value of more than 30 years", at: begin)
            }
            result.append(Int64(ns.rounded(.toNearestOrEven)))
        }
        return result
    }

    /// The ns of a unit.
    private static func scale(of unit: String) -> Double? {
        switch unit {
        case "ns", "nanoseconds": 1
        case "us", "microseconds": 1e3
        case "ms", "milliseconds": 1e6
        case "s", "sec", "seconds": 1e9
        default: nil
        }
    }

    /// A measurement of one number of tokens.
    private static func count(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> UInt32? {
        guard try !cursor.skipNull() else { return nil }
        var result: UInt32?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            if name == "value" { result = try cursor.tokens() } else { try cursor.skip() }
        }
        return result
    }
}

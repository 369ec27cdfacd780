import Goodput

/// A request as aiperf's lines describe it beside its measurements.
struct AiperfMetadata {
    var issued: Int64?
    var start: Int64?
    var end: Int64?
    var wasCancelled = false
    var phase: String?

    /// Reads the member `metadata`.
    init(_ cursor: inout ForeignCursor) throws(ForeignProblem) {
        var read = AiperfMetadata()
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "credit_issued_ns": read.issued = try cursor.integer()
            case "request_start_ns": read.start = try cursor.integer()
            case "request_end_ns": read.end = try cursor.integer()
            case "was_cancelled":
                if cursor.peek() == UInt8(ascii: "t") { read.wasCancelled = true }
                try cursor.skip()
            case "benchmark_phase": read.phase = try cursor.textIfAny()
            default: try cursor.skip()
            }
        }
        self = read
    }

    private init() {}

    var isWarmUp: Bool { phase == "warmup" }
}

/// A request of aiperf in the making, and what the run's lines have in common.
struct AiperfRun {
    var source = ForeignSource(tool: .aiperf, fidelity: .exact)
    var run: ForeignRun
    var errors = ErrorTexts()
    var counts = ChunkCounts()
    private var base: Int64?
    private var warmUp = 0
    private var failuresWithoutTokens = 0
    private var answersWithoutTimes = 0
    private var lacksIssue = false

    init() { run = ForeignRun(source: source) }

    /// The metadata of a line that counts; nil for one of a warm-up, which is counted.
    ///
    /// - Throws: ``ForeignProblem`` for a line without metadata.
    mutating func scored(
        _ metadata: AiperfMetadata?, at begin: Int
    ) throws(ForeignProblem) -> AiperfMetadata? {
        guard let metadata else {
            throw ForeignProblem(
                offset: begin, "has a line without `metadata`, where aiperf tells the times")
        }
        guard metadata.isWarmUp else { return metadata }
        warmUp += 1
        return nil
    }

    /// The time of a stamp on the run's timeline, ns.
    private mutating func time(
        _ stamp: Int64, _ member: String, _ begin: Int
    ) throws(ForeignProblem) -> Int64 {
        let base = base ?? stamp
        self.base = base
        let (time, overflow) = stamp.subtractingReportingOverflow(base)
        guard !overflow, Double(time.magnitude) <= ForeignTime.longest * 1e9 else {
            throw ForeignProblem(
                offset: begin, member: "metadata.\(member)",
                "is \(stamp), far from the others: it is in ns")
        }
        return time
    }

    /// Takes in a request.
    ///
    /// - Parameters:
    ///   - elapsed: Its chunks' times after the send, ns, none decreasing.
    ///   - events: Makes events of the chunks' times.
    ///   - latency: From send to end, ns, where it is known.
    mutating func add(
        _ metadata: AiperfMetadata, error: String?, hasFailed: Bool, elapsed: [Int64],
        tokens: Int?, promptTokens: UInt32?, latency: Int64?, at begin: Int,
        events: ([Int64], inout ChunkCounts) -> [TokenEvent]
    ) throws(ForeignProblem) {
        guard let start = metadata.start else {
            throw ForeignProblem(
                offset: begin, member: "metadata",
                "lacks `request_start_ns`, when the request was sent")
        }
        let sent = try time(start, "request_start_ns", begin)
        var finish = try metadata.end.map { (end) throws(ForeignProblem) in
            try time(end, "request_end_ns", begin)
        }
        if let latency { finish = max(finish ?? sent, sent + latency) }
        var scheduled = sent
        if let issued = metadata.issued {
            scheduled = min(sent, try time(issued, "credit_issued_ns", begin))
        } else {
            lacksIssue = true
        }
        var request = RequestTimes(
            id: run.requests.count, scheduled: scheduled, tokens: [], finish: sent,
            outcome: metadata.wasCancelled ? .abandoned : hasFailed ? .failed : .completed,
            sent: sent)
        if hasFailed, let error { errors.add(error) }
        request.tokens = events(elapsed.map { sent + $0 }, &counts)
        request.finish = max(finish ?? sent, request.tokens.last?.time ?? sent)
        if elapsed.isEmpty {
            if request.outcome == .completed, let tokens, tokens > 0 {
                answersWithoutTimes += 1
                request.isStreamed = false
                request.tokens = [TokenEvent(time: request.finish, count: UInt32(tokens))]
            } else if request.outcome != .completed, tokens == nil {
                failuresWithoutTokens += 1
            }
        }
        run.requests.append(request)
        run.promptTokens.append(promptTokens)
    }

    /// The run, all lines being taken in.
    ///
    /// - Parameter tellsFailures: Whether lines of failed requests tell what had come.
    func finished(_ fidelity: Fidelity, _ stamps: ForeignRemark, tellsFailures: Bool) -> ForeignRun
    {
        var result = run
        result.source.fidelity = fidelity
        result.source.errors = errors.sorted
        result.source.remarks =
            [stamps, lacksIssue ? .scheduledIsSend : .scheduledIs(member: "credit_issued_ns")]
        if failuresWithoutTokens > 0, !tellsFailures {
            result.source.remarks.append(.failuresWithoutTokens(failuresWithoutTokens))
        }
        if answersWithoutTimes > 0 {
            result.source.remarks.append(.answersWithoutTimes(answersWithoutTimes))
        }
        if warmUp > 0 { result.source.remarks.append(.warmUp(warmUp)) }
        return result
    }
}

/// The `error` of a line: whether there is one, and its text.
struct AiperfError {
    var isThere = false
    var text: String?

    init() {}

    init(_ cursor: inout ForeignCursor) throws(ForeignProblem) {
        guard try !cursor.skipNull() else { return }
        isThere = true
        guard cursor.peek() == UInt8(ascii: "{") else {
            text = try cursor.textIfAny()
            return
        }
        var type: String?
        var message: String?
        var code: Int64?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "type": type = try cursor.textIfAny()
            case "message": message = try cursor.textIfAny()
            case "code": code = try cursor.numberIfAny().flatMap { Int64(exactly: $0) }
            default: try cursor.skip()
            }
        }
        text = [code.map { "\($0)" }, type, message].compactMap { $0 }.joined(separator: " ")
    }
}

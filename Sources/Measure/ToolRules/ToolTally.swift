package import Goodput

/// A tool's figures of a run, from its requests one after the other; what is kept of a request does
/// not grow with its tokens.
///
/// Feed ``add(_:promptTokens:hiddenTokens:objectives:)`` all scored requests, then ``close()``
/// once. Where that says so, feed ``addGaps(of:)`` the same requests in the same order, for exact
/// percentiles of more gaps than are kept. Then take the ``figures()``.
package struct ToolTally: Sendable {
    let tool: Tool
    let rule: ToolRule
    let rows: [ToolRow]
    private(set) var requests: [KeptRequest] = []
    private(set) var gaps: PooledSpans
    private let cell: Int
    private(set) var seconds: SecondCounts
    /// Counted requests within their bounds, and requests that have bounds.
    private(set) var good = 0
    private(set) var bounded = 0
    /// Completed answers that the tool counts as failed.
    private(set) var failedAnswers = 0
    /// How the length of the run is told.
    private(set) var clock: RunClock
    private let soundReader: Reader
    private var revisited = 0
    private var scratch: [Int64] = []

    /// - Parameters:
    ///   - tool: Whose rule is followed.
    ///   - begin: The earliest send of a request that completed with tokens, ns: where seconds are
    ///     counted from; nil where none is known.
    ///   - percentiles: Those that vLLM lists.
    ///   - clock: How the length of the run is told.
    ///   - mostStored: The most gaps that are kept.
    package init(
        _ tool: Tool, countingFrom begin: Int64?,
        percentiles: PercentileRanks = Tool.usualPercentiles, clock: RunClock = .requests,
        mostStored: Int = RunScoring.mostStored
    ) throws(ScoringError) {
        self.tool = tool
        rule = tool.rule
        self.clock = clock
        rows = tool.rows(percentiles)
        gaps = PooledSpans(mostStored: mostStored)
        cell = gaps.addCell()
        seconds = SecondCounts(from: begin)
        soundReader = try Reader(.default)
    }

    /// Takes in a request with its tokens.
    ///
    /// - Parameters:
    ///   - promptTokens: The prompt's length as the server counted it; nil where it did not.
    ///   - hiddenTokens: Tokens that the server counted and no event brought.
    ///   - objectives: The bounds that a good request keeps.
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be.
    /// - Complexity: O(events).
    package mutating func add(
        _ request: RequestTimes, promptTokens: UInt32? = nil, hiddenTokens: UInt32 = 0,
        objectives: Objectives = Objectives()
    ) throws(ScoringError) {
        try request.check(for: soundReader)
        if let sent = request.sent {
            guard !request.scheduled.subtractingReportingOverflow(sent).overflow,
                !request.finish.subtractingReportingOverflow(sent).overflow
            else { throw .request(id: request.id, defect: .outOfRange) }
        }
        var kept = KeptRequest(
            request, promptTokens: promptTokens, hiddenTokens: hiddenTokens, by: rule)
        if kept.standing == .counted {
            if kept.instants == .known {
                let count = request.tokens.copyAllGaps(to: &scratch)
                kept.longestGap = scratch[..<count].max() ?? 0
                scratch.withUnsafeBufferPointer {
                    gaps.add(UnsafeBufferPointer(rebasing: $0[..<count]), cell: cell)
                }
            }
            if !seconds.add(request.tokens, of: kept, until: kept.end(rule)) {
                throw .request(id: request.id, defect: .outOfRange)
            }
            judge(kept, objectives)
        }
        if request.outcome == .completed, kept.standing == .failed { failedAnswers += 1 }
        requests.append(kept)
    }

    /// Counts a request that keeps its bounds. A request of one token has a TPOT of 0.
    private mutating func judge(_ request: KeptRequest, _ objectives: Objectives) {
        let bounds: [(bound: Int64?, measure: Measure)] = [
            (objectives.ttft, .timeToFirst), (objectives.tpot, .meanGapToEnd),
            (objectives.e2e, .latency),
        ]
        let set = bounds.filter { $0.bound != nil }
        guard !set.isEmpty else { return }
        bounded += 1
        let isGood = set.allSatisfy { bound, measure in
            let value = request.value(of: measure, by: rule)
            return value ?? (measure == .meanGapToEnd ? 0 : .infinity) <= Double(bound ?? .max)
        }
        if isGood { good += 1 }
    }

    /// Ends the requests.
    ///
    /// - Returns: Whether all requests are to be handed over again, to ``addGaps(of:)``.
    package mutating func close() -> Bool {
        let wantsGaps = rows.measures.contains(.eventGap)
        return gaps.close(over: [cell], ranks: wantsGaps ? rows.ranks : [])
            && wantsGaps
    }

    /// Hands over the gaps of the next request again.
    package mutating func addGaps(of tokens: [TokenEvent]) {
        precondition(revisited < requests.count, "these are other requests")
        let request = requests[revisited]
        revisited += 1
        guard request.standing == .counted, request.instants == .known else { return }
        precondition(tokens.count == request.events, "these are other requests")
        let count = tokens.copyAllGaps(to: &scratch)
        scratch.withUnsafeBufferPointer {
            gaps.addAgain(UnsafeBufferPointer(rebasing: $0[..<count]), cell: cell)
        }
    }
}

extension [TokenEvent] {
    /// Writes the gaps between the events, those of length 0 too, to the first places of `gaps`,
    /// which grows where it is too small.
    ///
    /// - Returns: How many there are.
    func copyAllGaps(to gaps: inout [Int64]) -> Int {
        guard count > 1 else { return 0 }
        if gaps.count < count { gaps = [Int64](repeating: 0, count: count) }
        withUnsafeBufferPointer { events in
            gaps.withUnsafeMutableBufferPointer { gaps in
                for index in 1..<events.count {
                    gaps[index - 1] = events[index].time - events[index - 1].time
                }
            }
        }
        return count - 1
    }
}

import Goodput

extension ToolRemark {
    /// The remarks on a tool's figures of these requests, losses first. O(requests · log requests).
    static func all(of tally: ToolTally) -> [ToolRemark] {
        let counted = tally.requests.filter { $0.standing == .counted }
        return [
            fromSend(counted), onlyCompleted(tally), treated(tally), gaps(tally, counted),
            tails(tally, counted),
        ].compactMap { $0 } + differences(of: tally.tool, counted)
    }

    private static func fromSend(_ counted: [KeptRequest]) -> ToolRemark? {
        let waits = counted.compactMap { request in
            request.sent.map { request.scheduled.distance(to: $0) }
        }
        let streams = counted.filter { $0.instants == .known && $0.sent != nil }
        func p99(_ begin: (KeptRequest) -> Int64) -> Double? {
            let values = streams.compactMap { request in
                request.first.map { Double($0 - begin(request)) }
            }
            return Distribution(values, ranks: [.p99])?.percentiles[.p99]
        }
        guard let longest = waits.max(), longest > 0, let sent = p99({ $0.sent ?? 0 }),
            let scheduled = p99({ $0.scheduled })
        else { return nil }
        let mean = waits.reduce(0) { $0 + Double($1) } / Double(waits.count)
        return .fromSend(
            meanWait: mean, longestWait: Int64(longest), p99FromSend: sent,
            p99FromSchedule: scheduled)
    }

    private static func onlyCompleted(_ tally: ToolTally) -> ToolRemark? {
        let lost = tally.requests.filter { $0.standing != .counted }
        guard !lost.isEmpty else { return nil }
        return .onlyCompleted(
            lost: lost.count, requests: tally.requests.count,
            tokens: lost.reduce(0) { $0 + $1.delivered })
    }

    private static func treated(_ tally: ToolTally) -> ToolRemark? {
        if tally.failedAnswers > 0 { return .failedThere(answers: tally.failedAnswers) }
        let zeros = tally.requests.count { $0.instants == .zeros }
        return zeros > 0 ? .zeroThere(answers: zeros) : nil
    }

    private static func gaps(_ tally: ToolTally, _ counted: [KeptRequest]) -> ToolRemark? {
        switch tally.tool {
        case .vllm, .sglang:
            let events = counted.reduce(0) { $0 + $1.events }
            let tokens = counted.reduce(0) { $0 + $1.delivered }
            return tokens > events ? .eventsForTokens(events: events, tokens: tokens) : nil
        case .aiperf, .guidellm:
            let means = counted.compactMap { $0.value(of: .meanGap, by: tally.rule) }
            guard let largest = means.max(), let longest = counted.map(\.longestGap).max(),
                Double(longest) > largest
            else { return nil }
            return .meansHideGaps(longestGap: longest, largestMean: largest)
        }
    }

    private static func tails(_ tally: ToolTally, _ counted: [KeptRequest]) -> ToolRemark? {
        guard tally.rule.latencyEnd == .finish else { return nil }
        let tails = counted.compactMap { request in request.last.map { request.finish - $0 } }
        guard let longest = tails.max(), longest > 0 else { return nil }
        return .tailCounts(longest: longest)
    }

    private static func differences(of tool: Tool, _ counted: [KeptRequest]) -> [ToolRemark] {
        switch tool {
        case .vllm: [.peakBySeconds, .roleChunks]
        case .sglang:
            counted.contains { $0.delivered > $0.events }
                ? [.peakBySeconds, .spreadByNative] : [.peakBySeconds]
        case .aiperf: []
        case .guidellm: [.attainedPercentiles]
        }
    }
}

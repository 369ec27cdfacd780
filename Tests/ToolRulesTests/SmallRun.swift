import Goodput

@testable import ToolRules

/// Requests with times in ms, for figures that can be worked out by hand.
enum SmallRun {
    static let ms: Int64 = 1_000_000

    /// A request scheduled, sent, with events and an end, all in ms.
    static func request(
        _ id: Int = 0, scheduled: Int64 = 0, sent: Int64? = 0, _ events: [(Int64, UInt32)],
        finish: Int64? = nil, _ outcome: RequestOutcome = .completed, isStreamed: Bool = true
    ) -> RequestTimes {
        RequestTimes(
            id: id, scheduled: scheduled * ms,
            tokens: events.map { TokenEvent(time: $0.0 * ms, count: $0.1) },
            finish: (finish ?? events.last?.0 ?? scheduled) * ms, outcome: outcome,
            sent: sent.map { $0 * ms }, isStreamed: isStreamed)
    }

    /// Three requests that complete, and one that fails:
    ///
    ///     a  scheduled 0, sent 10     events 110, 130, 170    finish 180   prompt 5
    ///     b  scheduled 100, sent 100  events 160 (3), 260     finish 260   prompt 7
    ///     c  scheduled 200, sent 230  event 1330              finish 1330  prompt 9
    ///     d  scheduled 50, sent 50    event 90, then failed at 1500        prompt 11
    static let requests = [
        request(0, scheduled: 0, sent: 10, [(110, 1), (130, 1), (170, 1)], finish: 180),
        request(1, scheduled: 100, sent: 100, [(160, 3), (260, 1)]),
        request(2, scheduled: 200, sent: 230, [(1330, 1)]),
        request(3, scheduled: 50, sent: 50, [(90, 1)], finish: 1500, .failed),
    ]
    static let prompts: [UInt32?] = [5, 7, 9, 11]

    static func figures(
        _ tool: Tool, of requests: [RequestTimes] = requests, _ prompts: [UInt32?] = prompts,
        hidden: [UInt32] = [], objectives: Objectives = Objectives(),
        percentiles: PercentileRanks = Tool.usualPercentiles, mostStored: Int = 1 << 20
    ) throws -> PrintedFigures {
        let begin = requests.filter { $0.outcome == .completed && !$0.tokens.isEmpty }
            .compactMap(\.sent).min()
        var tally = try ToolTally(
            tool, countingFrom: begin, percentiles: percentiles, mostStored: mostStored)
        for (index, request) in requests.enumerated() {
            try tally.add(
                request, promptTokens: index < prompts.count ? prompts[index] : nil,
                hiddenTokens: index < hidden.count ? hidden[index] : 0, objectives: objectives)
        }
        if tally.close() {
            for request in requests { tally.addGaps(of: request.tokens) }
        }
        return tally.figures()
    }
}

extension PrintedFigures {
    /// The number at `path`; nil where it is missing, or where there is none.
    func number(_ path: String) -> Double? { self[path]?.number }
}

func isClose(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-9) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

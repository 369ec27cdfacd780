import Goodput

/// Where smooth goodput lies for all that the clocks cannot tell: never to be mixed with sampling
/// error.
package struct ClockInterval: Hashable, Sendable {
    /// Tokens per second.
    package var low: Double
    package var high: Double

    /// The allowance for the drift of a clock's mapping within one request, as a share of the time
    /// since `scheduled`: 100 ppb, ten times what a settled oscillator wanders in ten seconds.
    package static let driftAllowance = 1e-7

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The interval from the sums of benefits and the extremes of T.
    ///
    /// - Parameters:
    ///   - benefits: The sum of benefits, and the sums when every token of each request came
    ///     earlier and later by the allowance; in any order.
    ///   - shortest: The least T in seconds; where it is not above 0 there is no interval.
    ///   - longest: The greatest T in seconds.
    init?(benefits: [Double], shortest: Double, longest: Double) {
        guard shortest > 0, let least = benefits.min(), let most = benefits.max() else {
            return nil
        }
        low = least / (least >= 0 ? longest : shortest)
        high = most / (most >= 0 ? shortest : longest)
    }
}

/// The begin and the end of each agent's part of a run, which its clock's bound moves together.
struct AgentSpans {
    private var begin: [Int64?]
    private var end: [Int64?]

    init(agents: Int) {
        begin = Array(repeating: nil, count: agents)
        end = Array(repeating: nil, count: agents)
    }

    mutating func add(_ request: RequestTimes, agent: Int) {
        let last = max(request.scheduled, request.finish, request.tokens.last?.time ?? .min)
        begin[agent] = min(begin[agent] ?? .max, request.scheduled)
        end[agent] = max(end[agent] ?? .min, last)
    }

    /// T at its two extremes in seconds when agent i's times may all be off by `halfWidths[i]` ns;
    /// nil without requests. Ends are subtracted as integers before they are widened.
    func extremes(halfWidths: [Int64]) -> (shortest: Double, longest: Double)? {
        let all = begin.indices.compactMap { agent -> (begin: Int64, end: Int64, width: Int64)? in
            guard let first = begin[agent], let last = end[agent] else { return nil }
            return (first, last, halfWidths[agent])
        }
        guard let origin = all.map(\.begin).min() else { return nil }
        let begins = all.map { (Double($0.begin - origin), Double($0.width)) }
        let ends = all.map { (Double($0.end - origin), Double($0.width)) }
        let longest =
            (ends.map { $0.0 + $0.1 }.max() ?? 0) - (begins.map { $0.0 - $0.1 }.min() ?? 0)
        let shortest =
            (ends.map { $0.0 - $0.1 }.max() ?? 0) - (begins.map { $0.0 + $0.1 }.min() ?? 0)
        return (shortest / 1e9, longest / 1e9)
    }
}

extension RequestTimes {
    /// The request with all that happened later by `share` of the time since `scheduled`, rounded
    /// away from it, or earlier for a negative share.
    func stretched(by share: Double) -> RequestTimes {
        func moved(_ time: Int64) -> Int64 {
            let shift = Double(time - scheduled) * share
            let rounded = shift.rounded(share > 0 ? .up : .down)
            let (result, overflow) = time.addingReportingOverflow(Int64(rounded))
            return overflow ? time : max(scheduled, result)
        }
        var result = self
        for index in result.tokens.indices {
            result.tokens[index].time = moved(result.tokens[index].time)
        }
        result.finish = moved(finish)
        return result
    }
}

package import Goodput

/// All that is kept of a request, whatever its length: some 100 bytes.
package struct KeptRequest: Hashable, Sendable {
    /// How a tool counts it.
    package enum Standing: Hashable, Sendable {
        case counted
        case failed
        /// Given up, or not over when the run ended.
        case incomplete
    }

    /// How much a tool knows of its stream.
    package enum Instants: Hashable, Sendable {
        case known
        case unknown
        /// TTFT and gaps count as 0.
        case zeros
    }

    package var scheduled: Int64
    package var sent: Int64?
    /// The first, second and last event's time, where there are so many.
    package var first: Int64?
    package var second: Int64?
    package var last: Int64?
    package var finish: Int64
    package var events: Int
    /// Tokens that events brought.
    package var delivered: Int
    /// n, as the tool counts them: the server's usage of a completed request, which counts hidden
    /// tokens, and the events of another.
    package var tokens: Int
    package var promptTokens: UInt32?
    package var standing: Standing
    package var instants: Instants
    /// The longest gap between two events, ns.
    package var longestGap: Int64

    /// - Parameter hiddenTokens: Tokens that the server counted and no event brought.
    package init(
        _ request: RequestTimes, promptTokens: UInt32?, hiddenTokens: UInt32, by rule: ToolRule
    ) {
        scheduled = request.scheduled
        sent = request.sent
        first = request.tokens.first?.time
        second = request.tokens.count > 1 ? request.tokens[1].time : nil
        last = request.tokens.last?.time
        finish = request.finish
        events = request.tokens.count
        delivered = request.tokens.reduce(0) { $0 + Int($1.count) }
        tokens = delivered + Int(hiddenTokens)
        self.promptTokens = promptTokens
        longestGap = 0
        standing = .counted
        instants = .known
        switch request.outcome {
        case .completed:
            if events == 0 {
                treat(rule.emptyAnswer)
            } else if !request.isStreamed {
                treat(rule.wholeAnswer)
            }
        case .failed: standing = .failed
        case .abandoned, .unfinished: standing = rule.countsIncomplete ? .incomplete : .failed
        }
        if request.outcome != .completed { tokens = events }
    }

    private mutating func treat(_ treatment: ToolRule.Treatment) {
        switch treatment {
        case .failed: standing = .failed
        case .oneEvent: break
        case .withoutInstants: instants = .unknown
        case .zeros: instants = .zeros
        }
    }

    /// The end that the tool counts to, ns.
    func end(_ rule: ToolRule) -> Int64 {
        rule.latencyEnd == .finish ? finish : last ?? finish
    }

    /// The value of `measure`; nil where the request has none.
    ///
    /// - Precondition: `sent` and the prompt's length are known where the measure needs them.
    package func value(of measure: Measure, by rule: ToolRule) -> Double? {
        func span(_ from: Int64?, _ to: Int64?) -> Double? {
            guard let from, let to else { return nil }
            return Double(to - from)
        }
        func mean(to end: Int64?) -> Double? {
            guard tokens > 1 else { return nil }
            return inStream { span(first, end) }.map { $0 / Double(tokens - 1) }
        }
        func reciprocal(_ value: Double?, times count: Double = 1) -> Double? {
            guard let value, value > 0 else { return nil }
            return count / value
        }
        switch measure {
        case .timeToFirst: return inStream { span(sent, first) }
        case .timeToSecond: return inStream { span(first, second) }
        case .latency: return span(sent, end(rule))
        case .meanGapToEnd: return mean(to: end(rule))
        case .meanGap: return mean(to: last)
        case .timePerToken:
            guard tokens > 0 else { return nil }
            return span(sent, instants == .known ? last ?? finish : finish)
                .map { $0 / Double(tokens) }
        case .ratePerUser: return reciprocal(mean(to: last))
        case .ratePerRequest: return reciprocal(span(sent, end(rule)), times: Double(tokens))
        case .outputTokens: return Double(tokens)
        case .inputTokens: return promptTokens.map { Double($0) }
        case .allTokens: return promptTokens.map { Double(tokens) + Double($0) }
        case .events: return Double(events)
        case .eventGap: preconditionFailure("gaps are no request's one value")
        }
    }

    private func inStream(_ value: () -> Double?) -> Double? {
        switch instants {
        case .known: value()
        case .unknown: nil
        case .zeros: 0
        }
    }

    /// How often the value of `measure` counts where a rule weighs values by tokens.
    func weight(of measure: Measure) -> Int {
        switch measure {
        case .meanGap: max(0, tokens - 1)
        case .timePerToken: tokens
        default: 1
        }
    }
}

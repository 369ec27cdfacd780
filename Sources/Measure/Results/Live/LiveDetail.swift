import Goodput

/// Many spans of time, summed up.
package struct LiveSpread: Hashable, Sendable {
    package var count = 0
    /// All of them added up, ns.
    package var sum = 0.0
    /// Percentiles and the longest, ns, to three digits; nil without spans.
    package var p50: Double?
    package var p90: Double?
    package var p99: Double?
    package var max: Double?

    package init() {}
}

/// How a run does in more detail than a console shows, from its events as they arrive: constant
/// memory, O(1) an event.
///
/// A copy is cheap to hand to another thread, which sums up there.
package struct LiveDetail: Sendable {
    /// Tokens of scored requests by the second.
    package private(set) var timeline = RunBins<LiveTokens>()
    /// One a kind of span.
    private var spans = Span.allCases.map { _ in LiveHistogram() }

    /// The spans that are kept, of scored requests.
    package enum Span: Int, Hashable, Sendable, CaseIterable {
        /// From `scheduled` to the first token.
        case ttft
        /// Between tokens, 0 within an event.
        case tbt
        /// Mean time of a token after the first, of completed requests.
        case tpot
        /// From `scheduled` to the last token, of completed requests.
        case e2e
        /// A reader's waiting, of requests that have ended.
        case idle
    }

    init() {}

    /// All spans of a kind, summed up. O(buckets of a histogram).
    package subscript(span: Span) -> LiveSpread { spans[span.rawValue].spread }

    /// Tokens arrived `gap` ns after those before them, or, the first of a request, `first` ns
    /// after it was scheduled.
    mutating func received(
        _ count: UInt32, earned: Double, first: Int64?, gap: Int64?, second: Int64
    ) {
        var tokens = LiveTokens()
        tokens.delivered = Double(count)
        tokens.earned = earned
        timeline.add(tokens, second: second)
        if let first { record(first, as: .ttft) }
        if let gap { record(gap, as: .tbt) }
        if count > 1 { record(0, as: .tbt, count: count - 1) }
    }

    /// A request ended, and its end earned so much.
    mutating func finished(
        earned: Double, of score: StreamingScore, isCompleted: Bool, second: Int64
    ) {
        var amount = LiveTokens()
        amount.earned = earned
        timeline.add(amount, second: second)
        record(score.idle, as: .idle)
        guard isCompleted, score.tokens > 0 else { return }
        record(score.lastToken, as: .e2e)
        guard score.tokens > 1 else { return }
        record((score.lastToken - score.firstToken) / Int64(score.tokens - 1), as: .tpot)
    }

    private mutating func record(_ ns: Int64, as span: Span, count: UInt32 = 1) {
        spans[span.rawValue].record(ns, count: count)
    }
}

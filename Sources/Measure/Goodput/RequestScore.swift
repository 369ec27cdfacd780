/// The worth of one request's times, and every figure that stands beside it.
package struct RequestScore: Hashable, Sendable {
    package var id: Int
    package var outcome: RequestOutcome
    /// n, delivered tokens, whatever becomes of them.
    package var tokens: Int
    /// Those of them that are read.
    package var read: Int
    /// Stream events.
    package var events: Int
    /// t_0 − scheduled, ns; nil without tokens. It and all that is said of gaps below are nil, too,
    /// for an answer that came whole.
    package var ttft: Int64?
    /// t_0 − sent, ns: what other tools print as TTFT; nil without tokens or where `sent` is not
    /// known. Negative only where the clocks say so.
    package var ttftSent: Int64?
    /// (t_(n−1) − t_0)/(n − 1), ns; nil below two tokens.
    package var tpot: Double?
    /// The largest gap between tokens, ns; nil below two tokens.
    package var tbtMax: Int64?
    /// The 99th percentile of the request's own gaps, ns; nil below two tokens.
    package var tbtP99: Double?
    /// The mean gap between events, ns; nil below two events.
    package var interChunk: Double?
    /// t_(n−1) − scheduled, ns; nil without tokens.
    package var e2e: Int64?
    /// l, ns.
    package var idle: Int64
    /// n − alpha·f(l), in tokens; may be negative.
    package var benefit: Double
    /// How many tokens came no later than they were due.
    package var deadlinesMet: Int
    /// [SG] eq. 6: completed, with a token, no idle time, and TTFT within its objective.
    package var sloMet: Bool
    /// Completed, with a token, and every objective that is set holds.
    package var classicMet: Bool
    /// 0...1; nil without tokens.
    package var fluidity: Double?
    /// Up to 1; nil without tokens.
    package var qoe: Double?
    /// The score of `request` for `reader`. O(n) expected.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    package init(_ request: RequestTimes, for reader: Reader) throws(ScoringError) {
        var gaps: [Int64] = []
        try self.init(request, for: reader, gaps: &gaps)
    }

    /// The score. `gaps` is scratch space that calls may share.
    init(
        _ request: RequestTimes, for reader: Reader, gaps: inout [Int64]
    ) throws(ScoringError) {
        var score = StreamingScore(scheduled: request.scheduled, reader: reader)
        let ttftSent: Int64?
        gaps.removeAll(keepingCapacity: true)
        do throws(RequestDefect) {
            var thoughts = request.thoughts
            for event in request.tokens {
                guard event.time <= request.finish else {
                    throw .finishBeforeToken(finish: request.finish, token: event.time)
                }
                let before = score.lastToken
                let isFirst = score.tokens == 0
                let thought = min(thoughts, event.count)
                thoughts -= thought
                try score.received(event.count, thought: thought, at: event.time)
                let gap = score.lastToken - before
                if !isFirst, gap > 0 { gaps.append(gap) }
            }
            try score.finished(at: request.finish, outcome: request.outcome)
            ttftSent = try request.sinceSent()
        } catch {
            throw .request(id: request.id, defect: error)
        }
        self.init(
            id: request.id, outcome: request.outcome, score: score, ttftSent: ttftSent, gaps: &gaps)
        if !request.isStreamed { forgetStream(reader.parameters.objectives) }
    }

    /// Takes back what an answer that came whole says of its tokens' instants but for the last.
    private mutating func forgetStream(_ objectives: Objectives) {
        ttft = nil
        tpot = nil
        tbtMax = nil
        tbtP99 = nil
        interChunk = nil
        sloMet = sloMet && objectives.withoutStream.slo
        classicMet = classicMet && objectives.withoutStream.classic
    }

    private init(
        id: Int, outcome: RequestOutcome, score: StreamingScore, ttftSent: Int64?,
        gaps: inout [Int64]
    ) {
        let shape = score.shape
        let hasTokens = shape.tokens > 0
        self.id = id
        self.outcome = outcome
        self.tokens = shape.tokens
        self.read = score.read
        self.events = shape.events
        self.ttft = hasTokens ? shape.firstToken : nil
        self.ttftSent = ttftSent
        self.tpot = shape.tokens > 1 ? Double(shape.span) / Double(shape.tokens - 1) : nil
        self.tbtMax = shape.largestGap
        self.tbtP99 = gaps.withUnsafeMutableBufferPointer {
            $0.percentile(.p99, zeros: shape.emptyTokenGaps)
        }
        self.interChunk = shape.eventGaps > 0 ? Double(shape.span) / Double(shape.eventGaps) : nil
        self.e2e = hasTokens ? shape.lastToken : nil
        self.idle = score.idle
        self.benefit = score.benefit
        self.deadlinesMet = score.deadlinesMet
        self.fluidity = score.fluidity
        self.qoe = score.qualityOfExperience
        (sloMet, classicMet) = shape.meets(
            score.reader.parameters.objectives, outcome: outcome, idle: score.idle,
            read: score.read)
    }
}

/// The worth of one request's times, and every figure that stands beside it.
package struct RequestScore: Hashable, Sendable {
    package var id: Int
    package var outcome: RequestOutcome
    /// n, delivered tokens, whatever becomes of them.
    package var tokens: Int
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
    /// Gaps between events, and those of length 0 among them and among the gaps between tokens.
    package var eventGaps: Int
    package var emptyEventGaps: Int
    package var emptyTokenGaps: Int

    /// The score of `request` for `reader`. O(n) expected.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    package init(_ request: RequestTimes, for reader: Reader) throws(ScoringError) {
        var gaps: [Int64] = []
        try self.init(request, for: reader, gaps: &gaps) { _, _ in }
    }

    /// The score, with `earned(time, tokens)` called for every entry of the request's timeline in
    /// order. `gaps` is scratch space that calls may share.
    init(
        _ request: RequestTimes, for reader: Reader, gaps: inout [Int64],
        earned: (_ time: Int64, _ tokens: Double) -> Void
    ) throws(ScoringError) {
        var score = StreamingScore(scheduled: request.scheduled, reader: reader)
        gaps.removeAll(keepingCapacity: true)
        do throws(RequestDefect) {
            for event in request.tokens {
                // Before anything is earned: a timeline ends with the latest `finish`.
                guard event.time <= request.finish else {
                    throw .finishBeforeToken(finish: request.finish, token: event.time)
                }
                let before = score.lastToken
                let isFirst = score.tokens == 0
                earned(event.time, try score.received(event.count, at: event.time))
                let gap = score.lastToken - before
                if !isFirst, gap > 0 { gaps.append(gap) }
            }
            if let last = try score.finished(at: request.finish, outcome: request.outcome) {
                earned(request.finish, last)
            }
        } catch {
            throw .request(id: request.id, defect: error)
        }
        var ttftSent: Int64?
        if request.isStreamed, let sent = request.sent, let first = request.tokens.first?.time {
            let (wait, overflow) = first.subtractingReportingOverflow(sent)
            guard !overflow else { throw .request(id: request.id, defect: .outOfRange) }
            ttftSent = wait
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
        (eventGaps, emptyEventGaps, emptyTokenGaps) = (0, 0, 0)
        if objectives.ttft != nil { (sloMet, classicMet) = (false, false) }
        if objectives.tbt != nil || objectives.tpot != nil { classicMet = false }
    }

    private init(
        id: Int, outcome: RequestOutcome, score: StreamingScore, ttftSent: Int64?,
        gaps: inout [Int64]
    ) {
        let objectives = score.reader.parameters.objectives
        let hasTokens = score.tokens > 0
        let span = score.lastToken - score.firstToken
        self.id = id
        self.outcome = outcome
        self.tokens = score.tokens
        self.events = score.events
        self.ttft = hasTokens ? score.firstToken : nil
        self.ttftSent = ttftSent
        self.tpot = score.tokens > 1 ? Double(span) / Double(score.tokens - 1) : nil
        self.tbtMax = score.largestGap
        let zeros = score.emptyGaps
        self.tbtP99 = gaps.withUnsafeMutableBufferPointer { $0.percentile(.p99, zeros: zeros) }
        self.interChunk = score.events > 1 ? Double(span) / Double(score.events - 1) : nil
        self.e2e = hasTokens ? score.lastToken : nil
        self.idle = score.idle
        self.benefit = score.benefit
        self.deadlinesMet = score.deadlinesMet
        self.fluidity = score.fluidity
        self.qoe = score.qualityOfExperience
        self.emptyTokenGaps = zeros
        self.eventGaps = max(0, score.events - 1)
        self.emptyEventGaps = eventGaps - gaps.count
        let answered = outcome == .completed && hasTokens
        let ttftHolds = score.firstToken <= objectives.ttft ?? .max
        self.sloMet = answered && score.idle == 0 && ttftHolds
        self.classicMet =
            answered && ttftHolds && score.lastToken <= objectives.e2e ?? .max
            && score.largestGap ?? 0 <= objectives.tbt ?? .max
            && Self.mean(span, over: score.tokens - 1, isWithin: objectives.tpot)
    }

    /// Whether span/steps <= bound, without rounding; a mean over no step holds.
    private static func mean(_ span: Int64, over steps: Int, isWithin bound: Int64?) -> Bool {
        guard let bound, steps > 0 else { return true }
        return Int128(span) <= Int128(bound) * Int128(steps)
    }
}

/// A request's score as its events arrive: constant memory, O(1) an event.
///
/// Feed ``received(_:at:)`` for each event in order, then ``finished(at:outcome:)`` once. The
/// figures may be read at any time; ``RequestScore`` is made from the same state, so the live
/// figure and the offline one are one computation.
package struct StreamingScore: Sendable {
    package let reader: Reader
    /// ns on the run's timeline; all times below count from here.
    package let scheduled: Int64
    /// n so far.
    package private(set) var tokens = 0
    /// Events so far.
    package private(set) var events = 0
    /// l so far, ns: the total time that the reader has spent waiting for tokens that came.
    package private(set) var idle: Int64 = 0
    /// The benefit so far, in tokens; after ``finished(at:outcome:)`` the request's benefit.
    package private(set) var benefit: Double = 0
    /// How many tokens came no later than their deadline.
    package private(set) var deadlinesMet = 0
    /// The largest gap between two tokens in ns; nil below two tokens.
    package private(set) var largestGap: Int64?
    /// Gaps of length 0 between tokens, those within an event included.
    package private(set) var emptyGaps = 0

    /// t_0 and t_(n−1) in ns after `scheduled`, where there are tokens.
    package private(set) var firstToken: Int64 = 0
    package private(set) var lastToken: Int64 = 0

    /// The deadline of the next token, ns after `scheduled`, saturating; without tokens the origin
    /// that `waiting` gives it.
    private var nextDue: Int64
    private var fluidityIndex = FluidityIndex()
    private var experience = ReadingExperience()
    private var isFinished = false

    /// The most tokens of one request.
    package static let mostTokens = 1 << 32

    /// A request that was scheduled at `scheduled` and has no token yet.
    package init(scheduled: Int64, reader: Reader) {
        self.reader = reader
        self.scheduled = scheduled
        self.nextDue = reader.parameters.anchor == .arrival ? reader.parameters.ttftBudget : 0
    }

    /// Takes in `count` tokens delivered at `time`.
    ///
    /// - Returns: The event's earnings, b(n + count) − b(n): those of all events add up to the
    ///   benefit.
    /// - Throws: The mistake in the event; the score is then unchanged.
    @discardableResult
    package mutating func received(
        _ count: UInt32, at time: Int64
    ) throws(RequestDefect) -> Double {
        precondition(!isFinished, "a token arrived after the request had finished")
        let elapsed = try elapsed(at: time)
        try checkNext(count, at: time, elapsed: elapsed)
        let tokenTime = reader.tokenTime
        if tokens == 0 {
            firstToken = elapsed
            if reader.parameters.anchor == .firstToken { nextDue = elapsed }
            fluidityIndex.first(
                count, after: elapsed, budget: reader.parameters.ttftBudget, tokenTime: tokenTime)
            emptyGaps += Int(count) - 1
            if count > 1 { largestGap = 0 }
        } else {
            let gap = elapsed - lastToken
            fluidityIndex.next(count, after: gap, tokenTime: tokenTime)
            emptyGaps += Int(count) - (gap == 0 ? 0 : 1)
            largestGap = max(largestGap ?? 0, gap)
        }
        experience.received(
            count, at: elapsed, isFirst: tokens == 0, origin: nextDue, tokenTime: tokenTime)
        meetDeadlines(count, elapsed: elapsed)
        tokens += Int(count)
        events += 1
        lastToken = elapsed
        let before = benefit
        benefit = reader.benefit(tokens: tokens, idle: idle)
        return benefit - before
    }

    /// Ends the request: what `incomplete` says becomes of it, happens.
    ///
    /// - Returns: The end's earnings; nil where the end has no entry in the timeline.
    /// - Throws: The mistake in the end; the score is then unchanged.
    @discardableResult
    package mutating func finished(
        at time: Int64, outcome: RequestOutcome
    ) throws(RequestDefect) -> Double? {
        precondition(!isFinished, "a request finished twice")
        let (elapsed, overflow) = time.subtractingReportingOverflow(scheduled)
        guard !overflow else { throw .outOfRange }
        guard elapsed >= lastToken else {
            throw tokens > 0
                ? .finishBeforeToken(finish: time, token: scheduled + lastToken)
                : .finishBeforeScheduled(finish: time, scheduled: scheduled)
        }
        var finalIdle = idle
        var earning = tokens
        var hasEntry = false
        if outcome != .completed {
            switch reader.parameters.incomplete {
            case .delivered: break
            case .waiting:
                finalIdle = max(idle, elapsed - nextDue)
                hasEntry = true
            case .void:
                earning = 0
                hasEntry = true
            }
        }
        let final = reader.benefit(tokens: earning, idle: finalIdle)
        guard final.isFinite else { throw .benefitNotFinite(idle: finalIdle) }
        let before = benefit
        isFinished = true
        idle = finalIdle
        benefit = final
        return hasEntry ? final - before : nil
    }

    /// The reader's wait for the next token by `time`, ns, if it has not come by then; a live view
    /// may show it before it is known how the wait ends.
    package func waiting(at time: Int64) -> Int64 {
        let (elapsed, overflow) = time.subtractingReportingOverflow(scheduled)
        guard !overflow, !isFinished else { return idle }
        return max(idle, max(0, elapsed) - nextDue)
    }

    /// The fluidity index, 0...1; nil without tokens.
    package var fluidity: Double? { fluidityIndex.value }

    /// The quality of experience, up to 1; nil without tokens.
    package var qualityOfExperience: Double? {
        let arrival = reader.parameters.anchor == .arrival
        return experience.value(
            tokens: tokens, origin: arrival ? reader.parameters.ttftBudget : firstToken,
            tokenTime: reader.tokenTime)
    }

    private func elapsed(at time: Int64) throws(RequestDefect) -> Int64 {
        let (elapsed, overflow) = time.subtractingReportingOverflow(scheduled)
        guard !overflow else { throw .outOfRange }
        return elapsed
    }

    private func checkNext(
        _ count: UInt32, at time: Int64, elapsed: Int64
    ) throws(RequestDefect) {
        guard elapsed >= 0 else {
            throw .tokenBeforeScheduled(token: time, scheduled: scheduled)
        }
        guard elapsed >= lastToken else {
            throw .decreasing(token: time, before: scheduled + lastToken)
        }
        guard count > 0 else { throw .emptyEvent(at: time) }
        guard tokens + Int(count) <= Self.mostTokens else { throw .tooManyTokens }
    }

    /// Only the first token of an event can add idle time: the others are due later. A token is
    /// late as long as its deadline has not caught up, one token time at a time.
    private mutating func meetDeadlines(_ count: UInt32, elapsed: Int64) {
        let tokenTime = reader.tokenTime
        if elapsed <= nextDue {
            deadlinesMet += Int(count)
        } else {
            let late = elapsed - nextDue
            idle = max(idle, late)
            let lateTokens = (late - 1) / tokenTime + 1
            deadlinesMet += Int(max(0, Int64(count) - lateTokens))
        }
        nextDue = nextDue.addingSaturated(tokenTime.multipliedSaturated(by: Int64(count)))
    }
}

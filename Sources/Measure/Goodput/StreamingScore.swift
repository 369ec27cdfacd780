/// A request's score as its events arrive: constant memory, O(1) an event.
///
/// Feed ``received(_:thought:at:)`` for each event in order, then ``finished(at:outcome:)`` once.
/// The figures may be read at any time; ``RequestScore`` is made from the same state, so the live
/// figure and the offline one are one computation.
package struct StreamingScore: Sendable {
    package let reader: Reader
    /// ns on the run's timeline; all times below count from here.
    package let scheduled: Int64
    /// The benefit so far, in tokens; after ``finished(at:outcome:)`` the request's benefit.
    package private(set) var benefit: Double = 0
    /// How many tokens that are read came no later than their deadline.
    package private(set) var deadlinesMet = 0

    private(set) var shape = StreamShape()
    private var progress: ReadingProgress
    private var fluidityIndex = FluidityIndex()
    /// l after the end.
    private var finalIdle: Int64?
    /// When the newest token came that is read, ns after `scheduled`; 0 before the first.
    private var lastRead: Int64 = 0

    /// n so far.
    package var tokens: Int { shape.tokens }
    /// Those of them that are read.
    package var read: Int { progress.read(of: tokens) }
    /// l so far, ns: the total time that the reader has spent waiting for tokens that came.
    package var idle: Int64 { finalIdle ?? progress.idle }
    /// t_0 in ns after `scheduled`, where there are tokens.
    package var firstToken: Int64 { shape.firstToken }
    /// t_(n−1) in ns after `scheduled`, where there are tokens.
    package var lastToken: Int64 { shape.lastToken }

    /// The most tokens of one request.
    package static let mostTokens = 1 << 32

    /// A request that was scheduled at `scheduled` and has no token yet.
    package init(scheduled: Int64, reader: Reader) {
        self.reader = reader
        self.scheduled = scheduled
        self.progress = ReadingProgress(reader)
    }

    /// Takes in `count` tokens delivered at `time`.
    ///
    /// - Parameter thought: The first so many of them are thought: a reader of the answer alone
    ///   passes over them, unless the answer has begun.
    /// - Returns: The event's earnings, b(n + count) − b(n): those of all events add up to the
    ///   benefit.
    /// - Throws: The mistake in the event; the score is then unchanged.
    @discardableResult
    package mutating func received(
        _ count: UInt32, thought: UInt32 = 0, at time: Int64
    ) throws(RequestDefect) -> Double {
        precondition(finalIdle == nil, "a token arrived after the request had finished")
        let elapsed = try elapsed(at: time)
        try checkNext(count, at: time, elapsed: elapsed)
        let isPassing = reader.parameters.reads == .answer && !progress.hasBegun
        let passed = isPassing ? min(thought, count) : 0
        if passed > 0 { progress.passOver(passed) }
        if passed < count { read(count - passed, elapsed: elapsed) }
        if tokens == 0 {
            shape.began(count, at: elapsed)
        } else {
            _ = shape.continued(count, at: elapsed)
        }
        progress.continued(count, at: elapsed)
        let before = benefit
        benefit = reader.benefit(tokens: read, idle: idle)
        return benefit - before
    }

    /// Enters `count` tokens that are read in what is known of deadlines, before they are
    /// progress.
    private mutating func read(_ count: UInt32, elapsed: Int64) {
        let tokenTime = reader.tokenTime
        if progress.hasBegun {
            meetDeadlines(count, elapsed: elapsed, due: progress.nextDue)
            fluidityIndex.next(count, after: elapsed - lastRead, tokenTime: tokenTime)
        } else {
            let due = reader.parameters.anchor == .arrival ? progress.nextDue : elapsed
            meetDeadlines(count, elapsed: elapsed, due: due)
            fluidityIndex.first(
                count, after: elapsed, budget: reader.parameters.ttftBudget, tokenTime: tokenTime)
        }
        lastRead = elapsed
    }

    /// Ends the request: what `incomplete` says becomes of it, happens.
    ///
    /// - Returns: The end's earnings; nil where the end has no entry in the timeline.
    /// - Throws: The mistake in the end; the score is then unchanged.
    @discardableResult
    package mutating func finished(
        at time: Int64, outcome: RequestOutcome
    ) throws(RequestDefect) -> Double? {
        precondition(finalIdle == nil, "a request finished twice")
        let (elapsed, overflow) = time.subtractingReportingOverflow(scheduled)
        guard !overflow else { throw .outOfRange }
        guard elapsed >= lastToken else {
            throw tokens > 0
                ? .finishBeforeToken(finish: time, token: scheduled + lastToken)
                : .finishBeforeScheduled(finish: time, scheduled: scheduled)
        }
        let ending = try Ending(
            of: progress, reader, tokens: tokens, outcome: outcome, at: elapsed)
        finalIdle = ending.idle
        benefit = ending.benefit
        return ending.lastEntry
    }

    /// The fluidity index, 0...1; nil without tokens.
    package var fluidity: Double? { fluidityIndex.value }

    /// The quality of experience, up to 1; nil without tokens.
    package var qualityOfExperience: Double? { progress.experience(tokens: tokens) }

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

    /// A token is late as long as its deadline has not caught up, one token time at a time.
    private mutating func meetDeadlines(_ count: UInt32, elapsed: Int64, due: Int64) {
        if elapsed <= due {
            deadlinesMet += Int(count)
        } else {
            let lateTokens = (elapsed - due - 1) / reader.tokenTime + 1
            deadlinesMet += Int(max(0, Int64(count) - lateTokens))
        }
    }
}

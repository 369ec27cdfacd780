package import Goodput

/// The gains that delays and drops would have had on a run, from its requests one after the other.
///
/// Feed ``add(_:classIndex:)`` all requests, in any order, once; then take the ``figures()``. One
/// pass is enough for every figure. Kept are 16 bytes of a request, and at most a third of a byte
/// of a token.
package struct GamingAnalysis: Sendable {
    private let interval: ServingInterval
    private let readers: [Reader]
    /// The same readers with deadlines from the first token on; those that take an answer whole as
    /// they are: a step waits for its first token too.
    private let heldReaders: [Reader]
    private var requests = 0
    private var sloTokens = 0
    /// Tokens of requests that some delay makes meet [SG] eq. 6.
    private var sloTokensByDelay = 0
    private var benefit = CompensatedSum()
    private var benefitByDelay = CompensatedSum()
    private var experienceByDelay = CompensatedSum()
    private var gaps: LargestValues
    private var keptGaps: LargestValues
    /// The theta from which on each gap is as long as theta.
    private var thresholds: LargestValues
    private var stream: PacedStream
    /// The same of what is read, where that is less.
    private var readStream: PacedStream
    private var classic = ClassicTally()
    private var readings: PacedReadings
    private var drops = DropTally()
    private var hold = HoldTally()
    private var weights: RobustWeights

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - readers: One a class.
    ///   - tokens: No fewer than all requests have together.
    package init(
        over interval: ServingInterval, readers: [Reader], tokens: Int
    ) throws(ScoringError) {
        self.interval = interval
        self.readers = readers
        var heldReaders: [Reader] = []
        for reader in readers {
            var parameters = reader.parameters
            if !parameters.takesAllAtOnce { parameters.anchor = .firstToken }
            heldReaders.append(try Reader(parameters))
        }
        self.heldReaders = heldReaders
        gaps = LargestValues(of: tokens)
        keptGaps = gaps
        thresholds = gaps
        readings = PacedReadings(readers)
        weights = try RobustWeights(readers)
        stream = PacedStream(pace: weights.leastTokenTime)
        readStream = stream
    }

    /// Takes in a request of the class `classIndex`, of which it is known whether it streamed.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events · thetas); an event of k tokens costs what an event of one costs.
    package mutating func add(
        _ request: RequestTimes, classIndex: Int
    ) throws(ScoringError) {
        let reader = readers[classIndex]
        try request.check(for: reader)
        let reading = RecordedReading(
            request, for: reader, gaps: &gaps, keptGaps: &keptGaps)
        let shape = reading.shape
        let read = reading.progress.read(of: shape.tokens)
        let ending: Ending
        do throws(RequestDefect) {
            ending = try Ending(
                of: reading.progress, reader, tokens: shape.tokens, outcome: request.outcome,
                at: request.finish &- request.scheduled)
            try drops.add(request, reading, for: reader, benefit: ending.benefit)
        } catch {
            throw .request(id: request.id, defect: error)
        }
        requests += 1
        benefit.add(ending.benefit)
        benefitByDelay.add(
            benefitByDelay(of: request, read, reader) ?? ending.benefit)
        let objectives = reader.parameters.objectives
        var met = shape.meets(objectives, outcome: request.outcome, idle: ending.idle, read: read)
        if !request.isStreamed {
            met.slo = met.slo && objectives.withoutStream.slo
            met.classic = met.classic && objectives.withoutStream.classic
        }
        if met.slo { sloTokens += read }
        if isSLOMetByDelay(request, reading, reader, isMet: met.slo, idle: ending.idle) {
            sloTokensByDelay += read
        }
        stream.follow(request, bound: objectives.tbt, thresholds: &thresholds)
        classic.add(request, shape, objectives, isMet: met.classic, paced: stream)
        let outline = outline(ofRead: request, reader)
        addReading(request, reading, outline, reader)
        weights.add(outline, classIndex: classIndex)
        let heldReader = heldReaders[classIndex]
        hold.add(
            request.read(by: reader), tokens: read, outline.progress(heldReader), for: heldReader)
    }

    /// The outline of what is read of the request that ``stream`` has followed: a server that
    /// delays no thought delays the answer least.
    private mutating func outline(ofRead request: RequestTimes, _ reader: Reader) -> StreamOutline {
        guard reader.unread(of: request) > 0 else { return stream.outline }
        var read = request.read(by: reader)
        // The thresholds are those of the whole stream, which has given them.
        read.isStreamed = false
        readStream.follow(read, bound: nil, thresholds: &thresholds)
        return readStream.outline
    }

    /// The benefit without idle time, which holding a stream's first token makes where deadlines
    /// count from it; nil elsewhere: no delay gains where they count from the arrival.
    private func benefitByDelay(
        of request: RequestTimes, _ tokens: Int, _ reader: Reader
    ) -> Double? {
        guard reader.parameters.anchor == .firstToken, request.isStreamed, tokens > 0 else {
            return nil
        }
        return reader.benefit(tokens: reader.earning(tokens, after: request.outcome), idle: 0)
    }

    /// Whether some delay makes a request meet [SG] eq. 6: one that adds l to the TTFT, where
    /// deadlines count from the first token.
    private func isSLOMetByDelay(
        _ request: RequestTimes, _ reading: RecordedReading, _ reader: Reader, isMet: Bool,
        idle: Int64
    ) -> Bool {
        guard reader.parameters.anchor == .firstToken, request.isStreamed else { return isMet }
        // Thoughts have begun the stream, whenever the answer begins.
        let hold = reader.unread(of: request) > 0 ? 0 : idle
        return request.outcome == .completed && reading.progress.hasBegun
            && reading.shape.firstToken.addingSaturated(hold)
                <= reader.parameters.objectives.ttft ?? .max
    }

    private mutating func addReading(
        _ request: RequestTimes, _ reading: RecordedReading, _ outline: StreamOutline,
        _ reader: Reader
    ) {
        let tokens = reading.progress.read(of: reading.shape.tokens)
        guard let experience = reading.progress.experience(tokens: reading.shape.tokens),
            let fluidity = reading.fluidity.value
        else { return }
        readings.add(
            outline, isStreamed: request.isStreamed, for: reader,
            recorded: (experience, fluidity))
        if !request.isStreamed {
            experienceByDelay.add(experience)
        } else if reader.parameters.anchor == .firstToken {
            experienceByDelay.add(1)
        } else if reading.progress.gainsByWithholding(tokens: tokens, reader) {
            experienceByDelay.add(1 - 1 / Double(tokens))
        } else {
            experienceByDelay.add(experience)
        }
    }

    /// The figures of all requests. O(requests · log requests) expected.
    package consuming func figures() -> Gameability {
        let interval = interval
        func rate(_ tokens: Double) -> Double? { interval.rate(of: tokens) }
        // One after the other, and each is let go.
        let recordedGaps = gaps.p99()
        let pacedGaps = thresholds.p99()
        let gapsAfterRule = keptGaps.p99()
        let experience = readings.experienceMeans
        let fluidity = readings.fluidityMeans
        let recordedClassic = classic.recorded
        let classicByDelay = classic.any
        let classicTokensAfterMiss = classic.tokensAfterMiss
        let votes = classic.best()
        let firstTokenHold = hold.figures(over: interval)
        let isFirstToken = readers.contains { $0.parameters.anchor == .firstToken }
        return Gameability(
            interval: interval, requests: requests, missed: drops.missed,
            gaps: Gameability.Gaps(
                recorded: recordedGaps?.percentile, paced: pacedGaps?.greatest,
                afterRule: gapsAfterRule?.percentile),
            classic: Gameability.Classic(
                recorded: recordedClassic, theta: votes.theta, paced: votes.met,
                any: classicByDelay,
                isBounded: readers.contains { $0.parameters.objectives != Objectives() },
                freed: rate(Double(classicTokensAfterMiss))),
            goodput: Gameability.SLOGoodput(
                recorded: rate(Double(sloTokens)), any: rate(Double(sloTokensByDelay)),
                freed: rate(Double(drops.tokensAfterMiss))),
            experience: Gameability.Mean(
                recorded: experience?.recorded, paced: experience?.best,
                any: readings.answered == 0
                    ? nil : experienceByDelay.value / Double(readings.answered),
                afterRule: drops.experienceMean),
            fluidity: Gameability.Mean(
                recorded: fluidity?.recorded, paced: fluidity?.best, any: nil,
                afterRule: drops.fluidityMean),
            smooth: Gameability.Smooth(
                recorded: rate(benefit.value), any: rate(benefitByDelay.value),
                afterRule: rate(drops.rule.value), afterBest: rate(drops.best.value)),
            hold: isFirstToken ? firstTokenHold : nil, firstTokenHold: firstTokenHold,
            robustFor: weights.figures,
            readingSpeeds: Set(
                readers.filter { !$0.parameters.takesAllAtOnce }.map(\.parameters.readingSpeed)
            ).sorted())
    }
}

extension ReadingProgress {
    /// Whether withholding the last of n tokens for ever raises the quality of experience, whose
    /// limit is then 1 − 1/n: where n·A > V·n·(n + 1)/2 with A the sum of the other tokens' idle
    /// times.
    fileprivate func gainsByWithholding(tokens: Int, _ reader: Reader) -> Bool {
        2 * (waitedInAll - Int128(idle)) > Int128(reader.tokenTime) * Int128(tokens + 1)
    }
}

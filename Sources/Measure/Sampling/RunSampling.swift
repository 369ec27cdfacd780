import Dispatch
package import Goodput

/// The worth of a stage's figures from its requests, one after the other: what is kept of a request
/// does not grow with its tokens.
///
/// An ``ArrivalSurvey`` comes first. Feed ``add(_:for:)`` all requests in any order, then call
/// ``endPass()``; while that says so, feed ``revisit(_:)`` the same requests in the same order and
/// call it again: up to three times, or never while the events are few enough to be kept. Then take
/// the ``samples(keepsRequests:)``.
///
/// Memory: some 120 bytes a request, the events up to ``mostKept``, 64 MiB; besides histograms of
/// some 30 MiB.
package struct RunSampling: Sendable {
    /// The most events that are kept; above, the requests are handed over again.
    package static let mostKept = 1 << 22

    private let span: ArrivalSpan
    private let robust: Reader
    private let window: Range<Int64>?
    private var requests: [RequestSample] = []
    private var waiting: BinLevels?
    private var gaps = GapSamples()
    private var paces: PaceBins
    private var pass = Pass.adding
    /// Requests that have been handed over again in this pass.
    private var revisited = 0
    private var kept: [[TokenEvent]]? = []
    private var keptEvents = 0
    private let mostKept: Int
    /// The percentiles of the gaps, ns, by part; empty without gaps.
    private var limits: [[Double]] = []
    /// Gaps of each request up to those, by part.
    private var below: [[SIMD4<UInt32>]] = []
    private var result: RunSamples?
    private var scratch: [Int64] = []
    private var earnings: [RequestPass.Earning] = []

    private enum Pass {
        /// Everything is counted.
        case adding
        /// The percentiles of the gaps and the medians of the times per token are searched.
        case searching
        /// Gaps up to those percentiles are counted by request.
        case counting
        /// The gaps at the ends of intervals are searched.
        case placing
        case done
    }

    /// - Parameters:
    ///   - span: From a survey of the same requests.
    ///   - robust: The reader for whom all requests are scored beside their own.
    ///   - mostKept: The most events that are kept.
    package init(_ span: ArrivalSpan, beside robust: Reader, mostKept: Int = mostKept) {
        self.span = span
        self.robust = robust
        self.mostKept = mostKept
        window = span.window
        waiting =
            span.levels.isEmpty ? nil : BinLevels(start: span.begin.scheduled, end: span.end)
        paces = PaceBins(span)
        requests.reserveCapacity(span.requests)
    }

    /// Takes in a request of `reader`'s class.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events).
    package mutating func add(
        _ request: RequestTimes, for reader: Reader
    ) throws(ScoringError) {
        precondition(pass == .adding, "all requests have been seen")
        let score = try RequestPass.scored(
            request, for: reader, beside: robust, gaps: &scratch, earnings: &earnings)
        let sample = RequestSample(
            request, score.pass.shape, own: score.own, beside: score.beside, reader)
        requests.append(sample)
        let first = request.tokens.first?.time ?? request.finish
        waiting?.add(from: request.scheduled, until: first)
        guard request.isStreamed else {
            keep([])
            return
        }
        gaps.count(scratch, of: score.pass.shape, inWindow: isInWindow(sample))
        paces.count(request.tokens)
        keep(request.tokens)
    }

    private mutating func keep(_ tokens: [TokenEvent]) {
        guard kept != nil else { return }
        keptEvents += tokens.count
        if keptEvents > mostKept { kept = nil } else { kept?.append(tokens) }
    }

    private func isInWindow(_ sample: RequestSample) -> Bool {
        window?.contains(sample.order.scheduled) ?? false
    }

    /// Ends a pass over the requests.
    ///
    /// - Returns: Whether all requests are to be handed over again, to ``revisit(_:)``.
    package mutating func endPass() -> Bool {
        advance()
        while let kept, pass != .done {
            for (index, tokens) in kept.enumerated() { revisit(tokens, at: index) }
            advance()
        }
        revisited = 0
        return pass != .done
    }

    /// Hands over the next request again.
    package mutating func revisit(_ request: RequestTimes) {
        precondition(
            revisited < requests.count && requests[revisited].order.id == request.id,
            "these are other requests")
        revisit(request.tokens, at: revisited)
        revisited += 1
    }

    private mutating func revisit(_ tokens: [TokenEvent], at index: Int) {
        let sample = requests[index]
        guard sample.isStreamed else { return }
        let isInWindow = isInWindow(sample)
        switch pass {
        case .searching:
            gaps.search(tokens, inWindow: isInWindow)
            paces.search(tokens)
        case .counting:
            for part in GapSamples.Part.allCases where part == .run || isInWindow {
                below[part.rawValue][index] = gaps.counts(of: tokens, upTo: bounds(part))
            }
            paces.addFractions(of: tokens)
        case .placing: gaps.search(tokens, inWindow: isInWindow)
        case .adding, .done: preconditionFailure("no pass has been asked for")
        }
    }

    /// The greatest whole numbers up to a part's percentiles.
    private func bounds(_ part: GapSamples.Part) -> SIMD4<Int64> {
        let limits = limits[part.rawValue]
        guard limits.count == 4 else { return SIMD4() }
        return SIMD4(limits.map { Int64(min($0, 0x1p62).rounded(.down)) })
    }

    private mutating func advance() {
        switch pass {
        case .adding:
            let places = GapSamples.Part.allCases.map { gaps.placesOfPercentiles(of: $0) }
            let searchesGaps = gaps.beginSearch(places)
            let searchesPaces = paces.beginSearch()
            pass = .searching
            if !searchesGaps, !searchesPaces { advance() }
        case .searching:
            limits = GapSamples.Part.allCases.map { gaps.percentiles(of: $0) }
            paces.beginFractions()
            below = GapSamples.Part.allCases.map { _ in
                [SIMD4<UInt32>](repeating: SIMD4(), count: requests.count)
            }
            pass = .counting
            if !requests.contains(where: { $0.gaps > 0 }) { advance() }
        case .counting:
            let drafts = draft()
            below = []
            result = drafts
            let places = GapSamples.Part.allCases.map { part in
                let scope = part == .run ? drafts.run : drafts.window
                return scope?.tbt.places(of: gaps.counts(of: part).all) ?? []
            }
            let searches = gaps.beginSearch(places)
            pass = .placing
            if !searches { advance() }
        case .placing:
            result?.setGapEnds {
                gaps.counts(of: $0).all
            } value: {
                gaps.gaps(of: $0)
            }
            pass = .done
        case .done: break
        }
    }

    /// The result but for the ends of the percentiles of the gaps.
    private func draft() -> RunSamples {
        let used = span.begin.scheduled..<max(span.begin.scheduled, span.end)
        var arrivals = ArrivalCosines(figures: 1)
        if span.seconds > 0 {
            for request in requests where used.contains(request.order.scheduled) {
                arrivals.add(
                    [1],
                    at: Double(request.order.scheduled - used.lowerBound) / 1e9 / span.seconds)
            }
        }
        let steady = SteadyState(
            span, waiting: waiting?.means ?? [], paces: paces.paces,
            arrivals: Array(arrivals.sums(of: 0)))
        func samples(_ scope: SampleScope?) -> ScopeSamples? {
            guard let scope else { return nil }
            let members =
                scope.part == .run
                ? Array(requests.indices) : requests.indices.filter { isInWindow(requests[$0]) }
            let part = scope.part.rawValue
            return ScopeSamples(
                scope, requests, members: members,
                gaps: GapLimits(
                    values: limits[part], count: gaps.counts(of: scope.part).all,
                    below: { below[part][$0] }),
                steady, isFill: { span.isFill($0.order) })
        }
        let scopes = [SampleScope(runOf: span), SampleScope(windowOf: steady)]
        var worked: [ScopeSamples?] = [nil, nil]
        worked.withUnsafeMutableBufferPointer { buffer in
            // Sound: each iteration fills one slot of its own and changes nothing else, and all
            // have ended before the slots are looked at.
            nonisolated(unsafe) let slots = buffer
            nonisolated(unsafe) let samples = samples
            DispatchQueue.concurrentPerform(iterations: scopes.count) { index in
                slots[index] = samples(scopes[index])
            }
        }
        return RunSamples(
            steady: steady, run: worked[0], window: worked[1],
            arrivals: used.lowerBound...used.upperBound, requests: requests)
    }

    /// The worth of the figures.
    ///
    /// - Parameter keepsRequests: Whether ``RunSamples/requests`` has them.
    package consuming func samples(keepsRequests: Bool = true) -> RunSamples {
        guard var result, pass == .done else {
            preconditionFailure("samples are of requests that have been seen")
        }
        if !keepsRequests { result.requests = [] }
        return result
    }
}

extension RunSamples {
    /// The worth of the figures of `requests`, all of one reader; nil without requests.
    ///
    /// - Parameter requests: In any order; passed over up to five times.
    /// - Throws: ``ScoringError`` for times that cannot be.
    package init?(
        of requests: some Collection<RequestTimes>, for reader: Reader, _ load: ArrivalLoad,
        mostKept: Int = RunSampling.mostKept
    ) throws(ScoringError) {
        var survey = ArrivalSurvey()
        for request in requests { survey.add(request) }
        guard let span = try survey.span(load) else { return nil }
        var sampling = RunSampling(span, beside: try Reader(.robust), mostKept: mostKept)
        for request in requests { try sampling.add(request, for: reader) }
        while sampling.endPass() {
            for request in requests { sampling.revisit(request) }
        }
        self = sampling.samples()
    }

    fileprivate mutating func setGapEnds(
        _ count: (GapSamples.Part) -> Int, value: (GapSamples.Part) -> (Int) -> Double
    ) {
        run?.tbt.setEnds(of: count(.run), value(.run))
        window?.tbt.setEnds(of: count(.window), value(.window))
    }
}

import Dispatch
package import Goodput

/// The worth of a stage's figures from its requests, one after the other: what is kept of a request
/// does not grow with its tokens.
///
/// An ``ArrivalSurvey`` and the requests' digests come first. Feed ``add(_:number:)`` all requests
/// in any order, then call ``endPass()``; while that says so, feed ``revisit(_:)`` the same
/// requests in the same order and call it again: up to three times, or never while the events are
/// few enough to be kept. Then take the ``samples(keepsRequests:)``.
///
/// Memory: some 40 bytes a request beside its digest, the events up to ``mostKept``, 64 MiB;
/// besides histograms of some 30 MiB.
package struct RunSampling: Sendable {
    /// The most events that are kept; above, the requests are handed over again.
    package static let mostKept = 1 << 22

    private let span: ArrivalSpan
    private let window: Range<Int64>?
    private var requests: SampledRequests
    private var waiting: BinLevels?
    private var gaps = GapSamples()
    private var paces: PaceBins
    private var pass = Pass.adding
    /// Requests that have been handed over again in this pass.
    private var revisited = 0
    private var kept: [[TokenEvent]]?
    private var keptEvents = 0
    private let mostKept: Int
    /// The percentiles of the gaps, ns, by part; empty without gaps.
    private var limits: [[Double]] = []
    /// Sums over the requests' gaps up to those, by part; nil where the part has no scope.
    private var gapLimits: [GapLimits?] = []
    private var result: RunSamples?

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
    ///   - source: The digests of the requests, and perhaps of others.
    ///   - events: About how many events the requests have: where they are too many, none is kept
    ///     from the first one on.
    ///   - mostKept: The most events that are kept.
    package init(
        _ span: ArrivalSpan, of source: DigestedRequests, expecting events: Int = 0,
        mostKept: Int = mostKept
    ) {
        self.span = span
        self.mostKept = mostKept
        kept = events > mostKept ? nil : []
        window = span.window
        waiting =
            span.levels.isEmpty ? nil : BinLevels(start: span.begin.scheduled, end: span.end)
        paces = PaceBins(span)
        requests = SampledRequests(of: source, expecting: span.requests)
    }

    /// Takes in a request, whose digest is the source's `number`. O(events).
    package mutating func add(_ request: RequestTimes, number: Int) {
        precondition(pass == .adding, "all requests have been seen")
        let order = ArrivalOrder(scheduled: request.scheduled, id: request.id)
        requests.append(order, number: number)
        let first = request.tokens.first?.time ?? request.finish
        waiting?.add(from: request.scheduled, until: first)
        guard request.isStreamed else {
            keep([])
            return
        }
        gaps.count(
            request.tokens, empty: requests.digest(requests.count - 1).tokenGaps.empty,
            inWindow: isInWindow(order))
        paces.count(request.tokens)
        keep(request.tokens)
    }

    private mutating func keep(_ tokens: [TokenEvent]) {
        guard kept != nil else { return }
        keptEvents += tokens.count
        if keptEvents > mostKept { kept = nil } else { kept?.append(tokens) }
    }

    private func isInWindow(_ order: ArrivalOrder) -> Bool {
        window?.contains(order.scheduled) ?? false
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
            revisited < requests.count && requests.order(revisited).id == request.id,
            "these are other requests")
        revisit(request.tokens, at: revisited)
        revisited += 1
    }

    private mutating func revisit(_ tokens: [TokenEvent], at index: Int) {
        let digest = requests.digest(index)
        guard digest.isStreamed else { return }
        let order = requests.order(index)
        let isInWindow = isInWindow(order)
        switch pass {
        case .searching:
            gaps.search(tokens, inWindow: isInWindow)
            paces.search(tokens)
        case .counting:
            for part in GapSamples.Part.allCases where part == .run || isInWindow {
                guard let most = gapLimits[part.rawValue]?.most else { continue }
                let below = digest.gaps > 0 ? gaps.counts(of: tokens, upTo: most) : SIMD4()
                gapLimits[part.rawValue]?.add(below, digest.tokenGaps, at: order.scheduled)
            }
            paces.addFractions(of: tokens)
        case .placing: gaps.search(tokens, inWindow: isInWindow)
        case .adding, .done: preconditionFailure("no pass has been asked for")
        }
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
            gapLimits = GapSamples.Part.allCases.map { part in
                let scope =
                    part == .run ? SampleScope(runOf: span) : SampleScope(windowOf: span)
                return scope.map {
                    GapLimits(limits[part.rawValue], of: gaps.counts(of: part).all, $0)
                }
            }
            pass = .counting
            if !requests.indices.contains(where: { requests.digest($0).tokenGaps.some > 0 }) {
                for index in requests.indices { revisit([], at: index) }
                advance()
            }
        case .counting:
            let drafts = draft()
            gapLimits = []
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
            for index in requests.indices {
                let scheduled = requests.order(index).scheduled
                guard used.contains(scheduled) else { continue }
                arrivals.add(
                    [1], at: Double(scheduled - used.lowerBound) / 1e9 / span.seconds)
            }
        }
        let steady = SteadyState(
            span, waiting: waiting?.means ?? [], paces: paces.paces,
            arrivals: Array(arrivals.sums(of: 0)))
        func samples(_ scope: SampleScope?) -> ScopeSamples? {
            guard let scope, let gaps = gapLimits[scope.part.rawValue] else { return nil }
            return ScopeSamples(
                scope, requests, isMember: { scope.part == .run || isInWindow($0) }, gaps: gaps,
                steady, isFill: { span.isFill($0) })
        }
        let scopes = [
            SampleScope(runOf: span), steady.isSteady ? SampleScope(windowOf: span) : nil,
        ]
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
        if !keepsRequests { result.requests = SampledRequests() }
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
        let source = try DigestedRequests(requests, for: reader, beside: try Reader(.robust))
        var sampling = RunSampling(span, of: source, mostKept: mostKept)
        for (number, request) in requests.enumerated() { sampling.add(request, number: number) }
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

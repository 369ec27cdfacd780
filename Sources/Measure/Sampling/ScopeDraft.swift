import Goodput

/// Some requests of a run whose figures are worked out together.
struct SampleScope {
    let part: GapSamples.Part
    /// Where u counts from, ns on the run's timeline, and over how many seconds it goes to 1.
    let start: Int64
    let length: Double
    /// The seconds that rates are over.
    let over: Double

    /// All requests over T; nil where no two of them were scheduled apart.
    init?(runOf span: ArrivalSpan) {
        guard span.begin.scheduled < span.last else { return nil }
        part = .run
        start = span.begin.scheduled
        length = Double(span.last - span.begin.scheduled) / 1e9
        over = Double(span.interval.length) / 1e9
    }

    /// Those scheduled in the window over its length; nil where none was looked for.
    init?(windowOf span: ArrivalSpan) {
        guard let window = span.window else { return nil }
        part = .window
        start = window.lowerBound
        length = Double(window.upperBound - window.lowerBound) / 1e9
        over = length
    }

    /// The place of an instant in the span, 0...1; of one before it, as of those that fill a closed
    /// loop, 0.
    func place(of scheduled: Int64) -> Double {
        scheduled <= start ? 0 : Double(scheduled - start) / 1e9 / length
    }
}

extension ScopeSamples {
    /// The figures of the requests of a scope; the ends of the percentiles of the gaps are left to
    /// be set.
    ///
    /// - Parameters:
    ///   - isMember: Whether a request is of the scope.
    ///   - gaps: The sums over its requests' gaps.
    ///   - isFill: Whether a request only fills a closed loop: it counts in the rates and is no
    ///     draw.
    /// - Complexity: O(24 requests · figures), and 8 bytes a request at a time.
    init(
        _ scope: SampleScope, _ samples: SampledRequests,
        isMember: (ArrivalOrder) -> Bool, gaps: GapLimits, _ steady: SteadyState,
        isFill: (ArrivalOrder) -> Bool
    ) {
        let rateCount = RateFigure.allCases.count
        let shareCount = ShareFigure.allCases.count
        let rankCount = PercentileSamples.ranks.count
        let qs = PercentileSamples.ranks.map(\.share)
        var totals = [CompensatedSum](repeating: CompensatedSum(), count: rateCount)
        var met = [Int](repeating: 0, count: shareCount)
        var members = 0
        for index in samples.indices where isMember(samples.order(index)) {
            let sample = samples[index]
            members += 1
            for figure in RateFigure.allCases {
                totals[figure.rawValue].add(figure.contribution(of: sample))
            }
            for figure in ShareFigure.allCases where figure.isMet(by: sample) {
                met[figure.rawValue] += 1
            }
        }
        func values(_ latency: RequestLatency) -> RankedValues {
            var values = RankedValues(room: members)
            for index in samples.indices where isMember(samples.order(index)) {
                if let value = samples[index].value(of: latency) { values.append(value) }
            }
            return values
        }
        let limits = RequestLatency.allCases.map { latency in
            var values = values(latency)
            return values.percentiles
        }
        var cosines = ArrivalCosines(
            figures: rateCount + shareCount + limits.count * rankCount)
        var z = [Double](repeating: 0, count: rateCount + shareCount + limits.count * rankCount)
        var beyond = [Int](repeating: 0, count: limits.count * rankCount)
        for index in samples.indices where isMember(samples.order(index)) {
            let sample = samples[index]
            let isDraw = !isFill(sample.order)
            for figure in RateFigure.allCases {
                z[figure.rawValue] = isDraw ? figure.contribution(of: sample) : 0
            }
            for figure in ShareFigure.allCases {
                let share = Double(met[figure.rawValue]) / Double(members)
                z[rateCount + figure.rawValue] = (figure.isMet(by: sample) ? 1 : 0) - share
            }
            var place = rateCount + shareCount
            for latency in RequestLatency.allCases {
                let value = sample.value(of: latency)
                for rank in 0..<rankCount {
                    let isBelow = value.map { $0 <= limits[latency.rawValue][rank] } ?? true
                    if !isBelow { beyond[latency.rawValue * rankCount + rank] += 1 }
                    z[place] = value == nil ? 0 : (isBelow ? 1 : 0) - qs[rank]
                    place += 1
                }
            }
            cosines.add(z, at: scope.place(of: sample.order.scheduled))
        }
        let ratio = steady.ratio(to: scope.length)
        func spread(_ figure: Int) -> ArrivalSpread { cosines.spread(of: figure, ratio: ratio) }
        requests = members
        let tokens = totals[RateFigure.throughput.rawValue].value
        rates = RateFigure.allCases.map { figure in
            let sum = totals[figure.rawValue].value
            let best: Double? =
                switch figure {
                case .throughput: nil
                case .classicRequestGoodput: Double(members)
                case .smoothGoodput, .robust, .goodput: tokens
                }
            let loss = best.map { $0 > 0 ? 1 - sum / $0 : 1 } ?? 0
            return FigureSample(
                rateOf: sum, over: scope.over, spread(figure.rawValue), loss: loss,
                length: scope.length, steady)
        }
        shares = ShareFigure.allCases.map { figure in
            FigureSample(
                shareOf: met[figure.rawValue], among: members,
                spread(rateCount + figure.rawValue), length: scope.length, steady)
        }
        func percentiles(
            _ limits: [Double], _ count: Int, beyond: ArraySlice<Int>,
            _ spread: (Int) -> ArrivalSpread
        ) -> PercentileSamples {
            PercentileSamples(
                percentiles: qs.indices.map { rank in
                    PercentileSample(
                        qs[rank], value: limits.isEmpty ? nil : limits[rank],
                        beyond: beyond[beyond.startIndex + rank], count: count, spread(rank),
                        length: scope.length, steady)
                })
        }
        latencies = RequestLatency.allCases.map { latency in
            var values = values(latency)
            let first = latency.rawValue * rankCount
            var all = percentiles(
                limits[latency.rawValue], values.count, beyond: beyond[first..<first + rankCount]
            ) { rank in
                spread(rateCount + shareCount + first + rank)
            }
            all.setEnds(of: values.count) { values.value(ofRank: $0) }
            return all
        }
        tbt = percentiles(gaps.values, gaps.count, beyond: gaps.beyond[...]) { rank in
            gaps.spread(of: rank, ratio: ratio)
        }
    }
}

/// Values of which a few ranks are asked for: the order of the others is nobody's matter.
private struct RankedValues {
    private var values: [Double] = []

    init(room: Int) { values.reserveCapacity(room) }

    mutating func append(_ value: Double) { values.append(value) }

    var count: Int { values.count }

    /// The value of a rank, from 0 for the least. O(count) expected.
    mutating func value(ofRank rank: Int) -> Double {
        values.withUnsafeMutableBufferPointer { $0.select(rank: rank) }
    }

    /// The percentiles of ``PercentileSamples/ranks``; none without values.
    var percentiles: [Double] {
        mutating get {
            guard !values.isEmpty else { return [] }
            return PercentileSamples.ranks.map { rank in
                InterpolatedRank(rank, of: count).value { value(ofRank: $0) }
            }
        }
    }
}

extension PercentileSamples {
    /// Sets the ends of all intervals.
    mutating func setEnds(of count: Int, _ value: (Int) -> Double) {
        for rank in percentiles.indices { percentiles[rank].setEnds(of: count, value) }
    }

    /// Ranks of all ends that exist, from 0.
    func places(of count: Int) -> [Int] { percentiles.flatMap { $0.places(of: count) } }
}

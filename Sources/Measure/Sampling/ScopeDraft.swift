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

    /// Those scheduled in the window over its length; nil unless steady.
    init?(windowOf steady: SteadyState) {
        guard steady.isSteady, let window = steady.window, let length = steady.length else {
            return nil
        }
        part = .window
        start = window.lowerBound
        self.length = length
        over = length
    }

    /// The place of an instant in the span, 0...1; of one before it, as of those that fill a closed
    /// loop, 0.
    func place(of scheduled: Int64) -> Double {
        scheduled <= start ? 0 : Double(scheduled - start) / 1e9 / length
    }
}

/// How often each request's gaps are at most the percentiles of all.
struct GapLimits {
    /// The percentiles of a part's gaps, ns; empty without gaps.
    let values: [Double]
    let count: Int
    /// Gaps up to each, of a request as an index.
    let below: (Int) -> SIMD4<UInt32>
}

extension ScopeSamples {
    /// The figures of the requests of a scope; the ends of the percentiles of the gaps are left to
    /// be set.
    ///
    /// - Parameters:
    ///   - members: The requests' indices.
    ///   - isFill: Whether a request only fills a closed loop: it counts in the rates and is no
    ///     draw.
    /// - Complexity: O(24 requests · figures).
    init(
        _ scope: SampleScope, _ samples: [RequestSample], members: [Int], gaps: GapLimits,
        _ steady: SteadyState, isFill: (RequestSample) -> Bool
    ) {
        let rateCount = RateFigure.allCases.count
        let shareCount = ShareFigure.allCases.count
        let rankCount = PercentileSamples.ranks.count
        let qs = PercentileSamples.ranks.map { Double($0.thousandths) / 100_000 }
        var totals = [CompensatedSum](repeating: CompensatedSum(), count: rateCount)
        var met = [Int](repeating: 0, count: shareCount)
        var values = RequestLatency.allCases.map { _ in RankedValues() }
        for index in members {
            let sample = samples[index]
            for figure in RateFigure.allCases {
                totals[figure.rawValue].add(figure.contribution(of: sample))
            }
            for figure in ShareFigure.allCases where figure.isMet(by: sample) {
                met[figure.rawValue] += 1
            }
            for latency in RequestLatency.allCases {
                if let value = sample.value(of: latency) { values[latency.rawValue].append(value) }
            }
        }
        let limits = values.indices.map { values[$0].percentiles }
        let firstOfGaps = rateCount + shareCount + limits.count * rankCount
        var cosines = ArrivalCosines(figures: firstOfGaps + rankCount)
        var z = [Double](repeating: 0, count: firstOfGaps + rankCount)
        var beyond = [Int](repeating: 0, count: (limits.count + 1) * rankCount)
        for index in members {
            let sample = samples[index]
            let isDraw = !isFill(sample)
            for figure in RateFigure.allCases {
                z[figure.rawValue] = isDraw ? figure.contribution(of: sample) : 0
            }
            for figure in ShareFigure.allCases {
                let share = Double(met[figure.rawValue]) / Double(members.count)
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
            let all = sample.tokenGaps
            let below = all > 0 ? gaps.below(index) : SIMD4()
            for rank in 0..<rankCount {
                let count = all > 0 ? Int(below[rank]) + Int(sample.emptyGaps) : 0
                if count < all { beyond[limits.count * rankCount + rank] += 1 }
                z[place] = Double(count) - qs[rank] * Double(all)
                place += 1
            }
            cosines.add(z, at: scope.place(of: sample.order.scheduled))
        }
        let ratio = steady.ratio(to: scope.length)
        func spread(_ figure: Int) -> ArrivalSpread { cosines.spread(of: figure, ratio: ratio) }
        requests = members.count
        let tokens = totals[RateFigure.throughput.rawValue].value
        rates = RateFigure.allCases.map { figure in
            let sum = totals[figure.rawValue].value
            let best: Double? =
                switch figure {
                case .throughput: nil
                case .classicRequestGoodput: Double(members.count)
                case .smoothGoodput, .robust, .goodput: tokens
                }
            let loss = best.map { $0 > 0 ? 1 - sum / $0 : 1 } ?? 0
            return FigureSample(
                rateOf: sum, over: scope.over, spread(figure.rawValue), loss: loss,
                length: scope.length, steady)
        }
        shares = ShareFigure.allCases.map { figure in
            FigureSample(
                shareOf: met[figure.rawValue], among: members.count,
                spread(rateCount + figure.rawValue), length: scope.length, steady)
        }
        func percentiles(_ metric: Int, _ limits: [Double], _ count: Int) -> PercentileSamples {
            PercentileSamples(
                percentiles: qs.indices.map { rank in
                    let place = metric * rankCount + rank
                    return PercentileSample(
                        qs[rank], value: limits.isEmpty ? nil : limits[rank],
                        beyond: beyond[place], count: count,
                        spread(rateCount + shareCount + place), length: scope.length, steady)
                })
        }
        latencies = RequestLatency.allCases.map { latency in
            let count = values[latency.rawValue].count
            var all = percentiles(latency.rawValue, limits[latency.rawValue], count)
            all.setEnds(of: count) { values[latency.rawValue].value(ofRank: $0) }
            return all
        }
        tbt = percentiles(limits.count, gaps.values, gaps.count)
    }
}

/// Values of which a few ranks are asked for: the order of the others is nobody's matter.
private struct RankedValues {
    private var values: [Double] = []

    var count: Int { values.count }

    mutating func append(_ value: Double) { values.append(value) }

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

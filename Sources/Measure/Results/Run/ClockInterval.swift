import Goodput

/// How far the true times of an agent may lie from its published ones, ns: each true instant lies
/// within `low` to `high` of its published one.
package struct ClockBounds: Hashable, Sendable {
    /// At most 0.
    package var low: Int64
    /// At least 0.
    package var high: Int64

    package init(low: Int64, high: Int64) {
        self.low = min(0, low)
        self.high = max(0, high)
    }

    /// The most by which the true distance of two of its instants may differ from the published
    /// one.
    package var width: Int64 { low.distanceClamped(to: high) }

    /// Takes in an instant published as `ns` whose truth lies within `hardLow` to `hardHigh`.
    package mutating func include(_ ns: Int64, hardLow: Int64, hardHigh: Int64) {
        low = min(low, -hardLow.distanceClamped(to: ns))
        high = max(high, ns.distanceClamped(to: hardHigh))
    }
}

/// Where a run's rates lie for all that the clocks cannot tell: never to be mixed with sampling
/// error.
package struct ClockInterval: Hashable, Sendable {
    /// The ends of one rate, tokens per second.
    package struct Ends: Hashable, Sendable {
        package var low: Double
        package var high: Double

        package init(low: Double, high: Double) {
            self.low = low
            self.high = high
        }

        /// The least and the greatest sum over T at its two extremes, each with the sum's sign; nil
        /// where T may be 0.
        init?(least: Double, most: Double, shortest: Double, longest: Double) {
            guard shortest > 0, least.isFinite, most.isFinite else { return nil }
            low = least / (least >= 0 ? longest : shortest)
            high = most / (most >= 0 ? shortest : longest)
        }
    }

    package var smoothGoodput: Ends
    package var goodput: Ends
    package var throughput: Ends
    /// T at its two extremes, seconds.
    package var shortest: Double
    package var longest: Double
    /// The allowance for the mapping's drift within one request: so many ns may pass more or fewer
    /// between `scheduled` and any of its tokens than was published, at the agent where it is most.
    package var driftAllowance: Int64

    /// The interval of `requests`, each of the agent and for the reader at its place.
    ///
    /// - Parameter bounds: Each agent's.
    /// - Returns: nil without requests, where T may be 0, and where a sum at an extreme is not
    ///   finite.
    init?(
        _ requests: some Collection<RequestTimes>, agents: [Int], bounds: [ClockBounds],
        totals: RunTotals, reader: (Int) -> Reader
    ) {
        var spans = AgentSpans(agents: bounds.count)
        var late = ShiftedSums()
        var early = ShiftedSums()
        for (place, request) in requests.enumerated() {
            let agent = agents[place]
            spans.add(request, agent: agent)
            do throws(ScoringError) {
                try late.add(request, moved: bounds[agent].width, for: reader(place))
                try early.add(request, moved: -bounds[agent].width, for: reader(place))
            } catch {
                return nil
            }
        }
        guard let extremes = spans.extremes(bounds) else { return nil }
        func ends(_ least: Double, _ most: Double) -> Ends? {
            Ends(
                least: least, most: most, shortest: extremes.shortest, longest: extremes.longest)
        }
        // Rounding must not leave the figure itself outside.
        let benefit = totals.benefit
        guard
            let smooth = ends(
                min(late.benefit.value, benefit), max(early.benefit.value, benefit)),
            let goodput = ends(
                Double(min(late.sloTokens, totals.sloTokens)),
                Double(max(early.sloTokens, totals.sloTokens))),
            let throughput = ends(Double(totals.tokens), Double(totals.tokens))
        else { return nil }
        smoothGoodput = smooth
        self.goodput = goodput
        self.throughput = throughput
        shortest = extremes.shortest
        longest = extremes.longest
        driftAllowance = bounds.map(\.width).max() ?? 0
    }
}

/// Sums over requests whose tokens all came later, or earlier, than published.
private struct ShiftedSums {
    var benefit = CompensatedSum()
    var sloTokens = 0

    mutating func add(
        _ request: RequestTimes, moved shift: Int64, for reader: Reader
    ) throws(ScoringError) {
        let parameters = reader.parameters
        let score = try RequestScore(
            request.shifted(by: shift, after: parameters.anchor), for: reader)
        benefit.add(score.benefit)
        let slo = parameters.objectives.ttft ?? .max
        let ttft = request.tokens.first.map {
            max(0, request.scheduled.distanceClamped(to: $0.time).clampedSum(shift))
        }
        let isBounded = request.isStreamed || parameters.objectives.ttft == nil
        if request.outcome == .completed, let ttft, ttft <= slo, score.idle == 0, isBounded {
            sloTokens += score.tokens
        }
    }
}

extension RequestTimes {
    /// The request with all that happened after its deadlines' origin later by `shift` ns, or
    /// earlier for a negative one, but never before that origin: among all that the clocks allow,
    /// what earns least, and most.
    func shifted(by shift: Int64, after anchor: Anchor) -> RequestTimes {
        let origin = anchor == .arrival ? scheduled : tokens.first?.time ?? scheduled
        func moved(_ time: Int64) -> Int64 {
            time <= origin ? time : max(origin, time.clampedSum(shift))
        }
        var result = self
        for index in result.tokens.indices {
            result.tokens[index].time = moved(result.tokens[index].time)
        }
        result.finish = moved(finish)
        return result
    }
}

/// The begin and the end of each agent's part of a run.
struct AgentSpans {
    private var begin: [Int64?]
    private var end: [Int64?]

    init(agents: Int) {
        begin = Array(repeating: nil, count: agents)
        end = Array(repeating: nil, count: agents)
    }

    mutating func add(_ request: RequestTimes, agent: Int) {
        let last = max(request.scheduled, request.finish, request.tokens.last?.time ?? .min)
        begin[agent] = min(begin[agent] ?? .max, request.scheduled)
        end[agent] = max(end[agent] ?? .min, last)
    }

    /// T at its two extremes in seconds when agent i's times may all be off by what `bounds[i]`
    /// allows; nil without requests. Ends are subtracted as integers before they are moved.
    func extremes(_ bounds: [ClockBounds]) -> (shortest: Double, longest: Double)? {
        let all = begin.indices.compactMap {
            agent -> (begin: Int64, end: Int64, by: ClockBounds)? in
            guard let first = begin[agent], let last = end[agent] else { return nil }
            return (first, last, bounds[agent])
        }
        guard let origin = all.map(\.begin).min() else { return nil }
        func ends(_ of: (ClockBounds) -> Int64) -> Double {
            all.map { Double($0.end - origin) + Double(of($0.by)) }.max() ?? 0
        }
        func begins(_ of: (ClockBounds) -> Int64) -> Double {
            all.map { Double($0.begin - origin) + Double(of($0.by)) }.min() ?? 0
        }
        let longest = ends(\.high) - begins(\.low)
        let shortest = ends(\.low) - begins(\.high)
        return (shortest / 1e9, longest / 1e9)
    }
}

extension Int64 {
    fileprivate func clampedSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

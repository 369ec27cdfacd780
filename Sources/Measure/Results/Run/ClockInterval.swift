import Goodput
import Timeline

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

    /// The interval of a run with these figures.
    ///
    /// - Parameter bounds: Each agent's.
    /// - Returns: nil without requests, where T may be 0, and where a sum at an extreme is not
    ///   finite.
    init?(_ figures: RunFigures, _ bounds: [ClockBounds]) {
        self.init(
            figures.digests, in: figures.groups, for: figures.readers, figures.spans, bounds,
            figures.run.totals)
    }

    /// The interval of the requests that are left of as `digests`, each with the reader of its
    /// class.
    ///
    /// - Parameter groups: By the digests' cells.
    init?(
        _ digests: [RequestDigest], in groups: [RunScoring.Group], for readers: [Reader],
        _ spans: AgentSpans, _ bounds: [ClockBounds], _ totals: RunTotals
    ) {
        var late = ShiftedSums()
        var early = ShiftedSums()
        for digest in digests {
            let group = groups[digest.cell]
            let reader = readers[group.classIndex]
            let width = bounds[group.agent].width
            late.add(digest, moved: width, for: reader)
            early.add(digest, moved: -width, for: reader)
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
struct ShiftedSums {
    private(set) var benefit = CompensatedSum()
    private(set) var sloTokens = 0

    /// Takes in a request with all that happened after its deadlines' origin later by `shift` ns,
    /// or earlier for a negative one, but never before that origin: among all that the clocks
    /// allow, what earns least, and most.
    mutating func add(_ digest: RequestDigest, moved shift: Int64, for reader: Reader) {
        let parameters = reader.parameters
        // A token that moves back to the origin is early, by however much.
        let idle = max(0, digest.lateness.clampedSum(shift))
        benefit.add(
            reader.benefit(
                tokens: reader.earning(digest.read, after: digest.outcome), idle: idle))
        guard digest.outcome == .completed, digest.read > 0, idle == 0 else { return }
        if let slo = parameters.objectives.ttft {
            guard digest.isStreamed, max(0, digest.firstToken.clampedSum(shift)) <= slo else {
                return
            }
        }
        sloTokens += digest.read
    }
}

/// The begin and the end of each agent's part of a run.
struct AgentSpans: Sendable {
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

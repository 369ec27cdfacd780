package import Goodput

/// Latencies between tokens by every rule (``InterTokenRule``), from a run's requests one after the
/// other, beside the ``RunTotals`` of the same requests, which have three of the rules.
///
/// Feed ``add(_:suspect:)`` all scored requests, then ``close(withoutStreams:)`` once. Where that
/// says so, feed ``addGaps(of:suspect:)`` the same requests in the same order. Then take the
/// ``figures(beside:)``. As long as every event carries one token a gap is not spread, and nothing
/// is asked for again.
///
/// A gap is spread in whole nanoseconds that add up to it: of g ns over k tokens, g mod k values
/// are floor(g/k) + 1, and the others floor(g/k).
///
/// Memory: 8 bytes a request; up to 32 MiB of gaps, 64 where events carry several tokens, and a
/// histogram of them for each suspect.
package struct InterTokenTally: Sendable {
    /// The most gaps that are kept; above, they are handed over again where some is spread.
    package static let mostStored = 1 << 22

    private struct Part: Sendable {
        let cell: Int
        /// (t_last − t_0)/(events − 1) of each request with two events, ns.
        var eventMeans: [Double] = []
        /// Whether an event but the first one of a stream carries several tokens.
        var isBundled = false
    }

    private var spans: PooledSpans
    private var parts: [Int?: Part] = [:]
    /// The parts that count after all.
    private var streamed: [Part] = []
    private var scratch: [Int64] = []

    /// - Parameters:
    ///   - suspects: About how many groups there are of requests of which it may turn out that they
    ///     did not stream.
    ///   - events: About how many are to come: where they are too many, no gap is kept from the
    ///     first one on.
    package init(
        suspects: Int = 0, expecting events: Int = 0, mostStored: Int = mostStored
    ) {
        spans = PooledSpans(
            cells: suspects + 1, mostStored: events > mostStored ? 0 : mostStored)
    }

    /// Takes in a request whose times are sound.
    ///
    /// - Parameter suspect: The group of requests of which it may turn out that they did not stream
    ///   after all; nil where nothing can turn out.
    /// - Complexity: O(events), and no allocation but what is kept.
    package mutating func add(_ request: RequestTimes, suspect: Int? = nil) {
        guard request.isStreamed, let first = request.tokens.first, let last = request.tokens.last,
            request.tokens.count > 1
        else { return }
        var part = parts.removeValue(forKey: suspect) ?? Part(cell: spans.addCell())
        part.eventMeans.append(
            Double(last.time - first.time) / Double(request.tokens.count - 1))
        var isBundled = false
        forEachStretch(of: request.tokens) { spans, gaps, bundle in
            spans.add(gaps, cell: part.cell)
            guard let bundle else { return }
            isBundled = true
            spans.add(bundle.short.span, times: bundle.short.times, cell: part.cell)
            spans.add(bundle.long.span, times: bundle.long.times, cell: part.cell)
        }
        part.isBundled = part.isBundled || isBundled
        parts[suspect] = part
    }

    /// Ends the requests, none of which of `suspects` streamed.
    ///
    /// - Returns: Whether all requests are to be handed over again, to ``addGaps(of:suspect:)``.
    package mutating func close(withoutStreams suspects: Set<Int> = []) -> Bool {
        streamed = parts.filter { suspect, _ in suspect.map { !suspects.contains($0) } ?? true }
            .map(\.value)
        guard isSpread else { return false }
        return spans.close(over: streamed.map(\.cell), ranks: [.p50, .p90, .p99])
    }

    /// Whether some gap that counts is spread; if none is, the values are the gaps between events.
    private var isSpread: Bool { streamed.contains { $0.isBundled } }

    /// Hands over the gaps of the next request again.
    package mutating func addGaps(of request: RequestTimes, suspect: Int? = nil) {
        guard request.isStreamed, let cell = parts[suspect]?.cell else { return }
        forEachStretch(of: request.tokens) { spans, gaps, bundle in
            spans.addAgain(gaps, cell: cell)
            guard let bundle else { return }
            spans.addAgain(bundle.short.span, times: bundle.short.times, cell: cell)
            spans.addAgain(bundle.long.span, times: bundle.long.times, cell: cell)
        }
    }

    /// The figures by all rules.
    ///
    /// - Parameter totals: The run's, of the same requests.
    package consuming func figures(beside totals: RunTotals) -> InterTokenFigures {
        var figures: [InterTokenRule: InterTokenFigures.Figures] = [:]
        figures[.eventGaps] = totals.interChunk.map { InterTokenFigures.Figures($0) }
        figures[.tokenGaps] = totals.tbt.map { InterTokenFigures.Figures($0) }
        figures[.requestMeans] = totals.tpot.map { InterTokenFigures.Figures($0) }
        let means = Percentiles(streamed.flatMap(\.eventMeans))
        figures[.requestEventMeans] = means.map { InterTokenFigures.Figures($0) }
        figures[.spread] =
            isSpread
            ? spans.distribution().map { InterTokenFigures.Figures($0) } : figures[.eventGaps]
        return InterTokenFigures(figures)
    }

    /// The values that the gap before an event of several tokens is spread into, and how often each
    /// is there.
    private struct Bundle {
        let short: (span: Int64, times: Int)
        let long: (span: Int64, times: Int)

        init(gap: Int64, tokens: Int) {
            let (whole, rest) = gap.quotientAndRemainder(dividingBy: Int64(tokens))
            short = (whole, tokens - Int(rest))
            long = (whole + 1, Int(rest))
        }
    }

    /// Hands over the gaps before events of one token, stretch by stretch, and the gap before an
    /// event of several that ends a stretch.
    private mutating func forEachStretch(
        of tokens: [TokenEvent],
        _ body: (inout PooledSpans, UnsafeBufferPointer<Int64>, Bundle?) -> Void
    ) {
        let count = tokens.copyAllGaps(to: &scratch)
        scratch.withUnsafeBufferPointer { gaps in
            var begin = 0
            for place in 0..<count where tokens[place + 1].count > 1 {
                body(
                    &spans, UnsafeBufferPointer(rebasing: gaps[begin..<place]),
                    Bundle(gap: gaps[place], tokens: Int(tokens[place + 1].count)))
                begin = place + 1
            }
            body(&spans, UnsafeBufferPointer(rebasing: gaps[begin..<count]), nil)
        }
    }
}

/// The hard and budget intervals over the whole of an agent's clock: segments, and zones between.
struct BoundMap: Sendable {
    enum Piece: Sendable {
        case segment(BoundSegment)
        case zone(BreakZone)
    }

    /// Ascending; piece i covers starts[i] up to starts[i + 1], the first all before it too.
    private(set) var starts: [Int64] = []
    private(set) var pieces: [Piece] = []

    /// - Parameters:
    ///   - events: zones of events, on the agent's clock.
    ///   - suspected: zones of breaks that are no events.
    init(
        _ stretches: [ClockStretch], events: [ClosedRange<Int64>],
        suspected: [ClosedRange<Int64>] = [], hard: MembershipRules, budget: MembershipRules
    ) {
        var segments: [(stretch: Int, from: Int64, bins: Range<Int>, bounds: BoundSegment)] = []
        var events = events
        var zones = ClockStretch.merged(events + suspected)
        for (number, stretch) in stretches.enumerated() {
            for bins in stretch.runs(outside: zones) {
                let from = stretch.probes[stretch.bins[bins.lowerBound].probes.lowerBound].t2
                if let bounds = BoundSegment(stretch, bins: bins, hard: hard, budget: budget) {
                    segments.append((number, from, bins, bounds))
                } else {
                    // The detection leaves no contradiction behind; were one left, it is a zone.
                    events.append(stretch.interval(bins))
                    zones.append(stretch.interval(bins))
                }
            }
        }
        zones = ClockStretch.merged(zones)
        segments.removeAll { segment in zones.contains { $0.contains(segment.from) } }
        // Zones with no exchange between them are one: there is nothing to extrapolate from.
        zones = ClockStretch.merged(zones) { early, late in
            !segments.contains {
                early.upperBound < $0.from && $0.from < late.lowerBound
            }
        }
        var all = segments.map { (start: $0.from, piece: Piece.segment($0.bounds)) }
        for (place, zone) in zones.enumerated() {
            // A side from which to extrapolate ends at the next zone.
            let after = place > 0 ? zones[place - 1].upperBound : .min
            let before = place + 1 < zones.count ? zones[place + 1].lowerBound : .max
            let hasOneBreak =
                !events.contains { $0.overlaps(zone) }
                && suspected.filter { $0.overlaps(zone) }.count == 1
            var sides: (before: OneSidedBounds, after: OneSidedBounds)?
            var tracks: [BreakZone.Track] = []
            for (number, stretch) in stretches.enumerated() where stretch.spanNs.overlaps(zone) {
                let own = segments.filter { $0.stretch == number }
                let left = own.last { after < $0.from && $0.from < zone.lowerBound }
                let right = own.first { zone.upperBound < $0.from && $0.from < before }
                let inside = stretch.indices(in: zone)
                let first = inside.lowerBound - (left == nil ? 0 : 1)
                let last = inside.upperBound + (right == nil ? 0 : 1)
                tracks.append(
                    BreakZone.Track(
                        probes: stretch.probes[first..<last], left: left?.bounds,
                        right: right?.bounds))
                if hasOneBreak {
                    sides = Self.sides(
                        stretch, zone, left?.bins, right?.bins, hard: hard, budget: budget)
                }
            }
            let piece = BreakZone(
                zone, tracks: tracks, hard: hard, budget: budget,
                sides: tracks.count == 1 ? sides : nil)
            all.append((zone.lowerBound, .zone(piece)))
        }
        all.sort { $0.start < $1.start }
        starts = all.map(\.start)
        pieces = all.map(\.piece)
    }

    /// The bounds from before and from after each instant of a zone with one break; nil where its
    /// exchanges contradict even these.
    private static func sides(
        _ stretch: ClockStretch, _ zone: ClosedRange<Int64>, _ left: Range<Int>?,
        _ right: Range<Int>?, hard: MembershipRules, budget: MembershipRules
    ) -> (before: OneSidedBounds, after: OneSidedBounds)? {
        let inside = stretch.bins.indices.filter {
            stretch.interval($0..<$0 + 1).overlaps(zone)
        }
        guard let first = inside.first, let last = inside.last,
            let before = OneSidedBounds(
                stretch, bins: (left?.lowerBound ?? first)..<last + 1, isAfter: false, hard: hard,
                budget: budget),
            let after = OneSidedBounds(
                stretch, bins: first..<(right?.upperBound ?? last + 1), isAfter: true, hard: hard,
                budget: budget)
        else { return nil }
        return (before, after)
    }

    /// The intervals of the offset at an instant; nil where nothing at all is known.
    ///
    /// - Complexity: O(log exchanges).
    func bounds(at agentNs: Int64) -> BoundPair? {
        var index = max(0, starts.partition { $0 > agentNs } - 1)
        guard pieces.indices.contains(index) else { return nil }
        // Past a zone's end, before its successor's first exchange, the successor speaks.
        if case .zone(let zone) = pieces[index], agentNs > zone.toNs, index + 1 < pieces.count {
            index += 1
        }
        switch pieces[index] {
        case .segment(let segment): return segment.bounds(at: agentNs)
        case .zone(let zone): return zone.bounds(at: agentNs)
        }
    }
}

extension BoundMap {
    /// Whether the break in a zone is a change of rate, rather than a jump.
    func isContinuous(over zone: ClosedRange<Int64>) -> Bool {
        breakZone(at: zone)?.isContinuous ?? false
    }

    private func breakZone(at range: ClosedRange<Int64>) -> BreakZone? {
        for case .zone(let zone) in pieces
        where zone.fromNs <= range.lowerBound && range.upperBound <= zone.toNs {
            return zone
        }
        return nil
    }
}

extension ClockStretch {
    /// From its first t2 to its last t3.
    var spanNs: ClosedRange<Int64> { interval(bins.indices) }
    var startNs: Int64 { spanNs.lowerBound }
    var endNs: Int64 { spanNs.upperBound }

    /// From the first t2 to the last t3 of some bins.
    func interval(_ bins: Range<Int>) -> ClosedRange<Int64> {
        let range =
            self.bins[bins.lowerBound].probes
            .lowerBound..<self.bins[bins.upperBound - 1].probes.upperBound
        let last = probes[range].reduce(Int64.min) { max($0, $1.t3) }
        return probes[range.lowerBound].t2...max(last, probes[range.lowerBound].t2)
    }

    /// Runs of bins none of whose exchanges touches one of `zones`.
    func runs(outside zones: [ClosedRange<Int64>]) -> [Range<Int>] {
        guard !zones.isEmpty else { return [bins.indices] }
        var runs: [Range<Int>] = []
        var start: Int?
        for index in bins.indices {
            let span = interval(index..<index + 1)
            if zones.contains(where: { $0.overlaps(span) }) {
                if let first = start { runs.append(first..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let first = start { runs.append(first..<bins.count) }
        return runs
    }

    /// Which exchanges touch `zone`; an empty range between neighbours where none does.
    func indices(in zone: ClosedRange<Int64>) -> Range<Int> {
        let end = probes.partition { $0.t2 > zone.upperBound }
        let start = probes[..<end].firstIndex { $0.t3 >= zone.lowerBound } ?? end
        return start..<end
    }

    /// How far a zone reaches at most into a time without any exchange, ns.
    private static let gapNs: Int64 = 5_000_000_000

    /// `whole` with the times about `zone` in which there is no exchange.
    func withGapsBeside(
        _ zone: ClosedRange<Int64>, in whole: ClosedRange<Int64>
    ) -> ClosedRange<Int64> {
        guard spanNs.overlaps(zone) else { return whole }
        let inside = indices(in: zone)
        var (low, high) = (whole.lowerBound, whole.upperBound)
        if let early = probes[..<inside.lowerBound].last {
            low = min(low, max(early.t3 + 1, zone.lowerBound.clampedDifference(Self.gapNs)))
        }
        if let late = probes[inside.upperBound...].first {
            high = max(high, min(late.t2 - 1, zone.upperBound.clampedSum(Self.gapNs)))
        }
        return low...high
    }

    /// A zone with all stamps that the agent can have taken between two exchanges in it.
    func withAllStamps(_ zone: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let inside = probes[indices(in: zone)]
        return zip(inside, inside.dropFirst()).reduce(zone) { zone, pair in
            let stamps = ClockProbe.stamps(between: pair.0, and: pair.1)
            return min(zone.lowerBound, stamps.lowerBound)...max(zone.upperBound, stamps.upperBound)
        }
    }

    /// Intervals in order, those that touch, or that `join` says to, made one.
    static func merged(
        _ zones: [ClosedRange<Int64>],
        join: (ClosedRange<Int64>, ClosedRange<Int64>) -> Bool = { _, _ in false }
    ) -> [ClosedRange<Int64>] {
        var result: [ClosedRange<Int64>] = []
        for zone in zones.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, zone.lowerBound <= last.upperBound || join(last, zone) {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, zone.upperBound)
            } else {
                result.append(zone)
            }
        }
        return result
    }
}

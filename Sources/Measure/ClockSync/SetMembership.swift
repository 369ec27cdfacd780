/// The assumptions about a stretch of exchanges, in the polygons' units.
struct MembershipRules: Hashable, Sendable {
    /// |g'|, ns a second.
    var rate: Double
    /// |g''|, ns/s^2.
    var wander: Double
    /// By how much both constraints of an exchange are moved towards each other, ns.
    var shrink: Double
    /// The least round trip of the run, ns.
    var leastRoundTrip: Double
    /// Each stamp is whole nanoseconds: a difference of two is exact to one.
    var slack: Double { 1 }
}

/// Neighbouring exchanges that constrain the same knot.
struct KnotBin: Hashable, Sendable {
    /// The bin's number since the frame's anchor.
    var number: Int64
    /// The knot, seconds of the frame.
    var at: Double
    /// Which of the stretch's exchanges are in it.
    var probes: Range<Int>
}

/// A set-membership smoother: the sets of (g, g') that all constraints allow, at each knot.
struct SetMembership: Sendable {
    let frame: ClockFrame
    let rules: MembershipRules
    /// Knots, seconds of the frame, ascending.
    private(set) var knots: [Double] = []
    private var points: [OffsetPolygon.Point] = []
    /// Knot i has the points starts[i]..<starts[i + 1].
    private var starts: [Int] = [0]

    /// The set at knot `index`.
    func set(_ index: Int) -> ArraySlice<OffsetPolygon.Point> {
        points[starts[index]..<starts[index + 1]]
    }

    private init(_ frame: ClockFrame, _ rules: MembershipRules) {
        self.frame = frame
        self.rules = rules
    }

    private mutating func append(_ polygon: OffsetPolygon, at knot: Double) {
        knots.append(knot)
        points.append(contentsOf: polygon.vertices)
        starts.append(points.count)
    }

    /// Smooths the exchanges of `bins`, which do not contradict each other.
    ///
    /// The forward pass gives each knot what it and all before it allow; the way back intersects
    /// with what the next knot's final set can have come from.
    ///
    /// - Returns: nil when they do contradict each other.
    /// - Complexity: O(exchanges).
    init?(
        _ probes: [ClockProbe], bins: ArraySlice<KnotBin>, frame: ClockFrame, rules: MembershipRules
    ) {
        var forward = SetMembership(frame, rules)
        var polygon = OffsetPolygon()
        for bin in bins {
            forward.bridge(&polygon, to: bin.at)
            forward.take(bin, probes, &polygon, after: forward.knots.last)
            if polygon.isEmpty { return nil }
            forward.append(polygon, at: bin.at)
        }
        self.init(frame, rules)
        var later: Double?
        for index in forward.knots.indices.reversed() {
            let knot = forward.knots[index]
            if let later {
                polygon.advance(by: knot - later, wander: rules.wander)
                polygon.clip(to: forward.set(index))
                // Sets that barely meet can part by rounding; the one of the way here holds too.
                if polygon.vertices.count < 3 { polygon.assign(forward.set(index)) }
            }
            append(polygon, at: knot)
            later = knot
        }
        reverse()
    }

    /// Passes over the exchanges of `bins` in one direction of time: each knot has what it and all
    /// before it allow, or all after it.
    ///
    /// - Returns: nil when they contradict each other.
    /// - Complexity: O(exchanges).
    init?(
        oneWay probes: [ClockProbe], bins: ArraySlice<KnotBin>, frame: ClockFrame,
        rules: MembershipRules, backwards: Bool
    ) {
        self.init(frame, rules)
        var polygon = OffsetPolygon()
        for index in backwards ? Array(bins.indices.reversed()) : Array(bins.indices) {
            take(bins[index], probes, &polygon, after: knots.last)
            if polygon.isEmpty { return nil }
            append(polygon, at: bins[index].at)
        }
        if backwards { reverse() }
    }

    /// The longest span without a knot, s, and how many at most divide a longer one.
    private static let bridge = (span: 0.5, most: 16)

    /// Appends knots of no exchange over a gap: what both of its sides say together about its
    /// middle is more than what each says alone.
    private mutating func bridge(_ polygon: inout OffsetPolygon, to knot: Double) {
        guard let last = knots.last, knot - last > 2 * Self.bridge.span else { return }
        let parts = min((knot - last) / Self.bridge.span, Double(Self.bridge.most)).rounded(.down)
        for part in 1..<Int(parts) {
            let at = last + (knot - last) * Double(part) / parts
            polygon.advance(by: at - (knots.last ?? last), wander: rules.wander)
            append(polygon, at: at)
        }
    }

    private mutating func reverse() {
        let sets = knots.indices.reversed().map { ($0, set($0)) }
        var turned = SetMembership(frame, rules)
        turned.points.reserveCapacity(points.count)
        for (index, set) in sets {
            turned.knots.append(knots[index])
            turned.points.append(contentsOf: set)
            turned.starts.append(turned.points.count)
        }
        self = turned
    }

    /// Bins at which a pass in one direction finds the exchanges since its last restart in
    /// contradiction; it restarts there with the bin alone.
    static func contradictions(
        _ probes: [ClockProbe], bins: ArraySlice<KnotBin>, frame: ClockFrame,
        rules: MembershipRules, backwards: Bool
    ) -> [Int] {
        let walker = SetMembership(frame, rules)
        var polygon = OffsetPolygon()
        var found: [Int] = []
        var last: Double?
        let order = backwards ? Array(bins.indices.reversed()) : Array(bins.indices)
        for index in order {
            walker.take(bins[index], probes, &polygon, after: last)
            if polygon.isEmpty {
                found.append(index)
                walker.take(bins[index], probes, &polygon, after: nil)
            }
            last = polygon.isEmpty ? nil : bins[index].at
        }
        return found
    }

    /// Moves `polygon` from the knot `last` to that of `bin` and keeps what the bin's exchanges
    /// allow; without a last knot it begins as the box of all rates.
    private func take(
        _ bin: KnotBin, _ probes: [ClockProbe], _ polygon: inout OffsetPolygon, after last: Double?
    ) {
        let rates = -rules.rate - frame.slope...rules.rate - frame.slope
        if let last {
            polygon.advance(by: bin.at - last, wander: rules.wander)
            polygon.clip(OffsetPolygon.Point(0, 1), atLeast: rates.lowerBound)
            polygon.clip(OffsetPolygon.Point(0, -1), atLeast: -rates.upperBound)
        } else {
            polygon.reset(offsets: box(bin, probes), rates: rates)
        }
        for index in bin.probes where !polygon.isEmpty {
            clip(&polygon, probes[index], from: bin.at)
        }
    }

    /// Offsets at the knot outside of which the bin's first exchange allows nothing at any rate.
    private func box(_ bin: KnotBin, _ probes: [ClockProbe]) -> ClosedRange<Double> {
        let probe = probes[bin.probes.lowerBound]
        let (lower, upper) = limits(probe)
        let before = (frame.seconds(probe.t2) - bin.at).magnitude
        let after = (frame.seconds(probe.t3) - bin.at).magnitude
        let rate = rules.rate + frame.slope.magnitude
        let low = lower - rate * before - rules.wander * before * before - 1
        let high = upper + rate * after + rules.wander * after * after + 1
        return min(low, high)...max(low, high)
    }

    private func clip(_ polygon: inout OffsetPolygon, _ probe: ClockProbe, from knot: Double) {
        let (lower, upper) = limits(probe)
        let sent = frame.seconds(probe.t2) - knot
        polygon.clip(OffsetPolygon.Point(1, sent), atLeast: lower - rules.wander * sent * sent / 2)
        let answered = frame.seconds(probe.t3) - knot
        polygon.clip(
            OffsetPolygon.Point(-1, -answered),
            atLeast: -upper - rules.wander * answered * answered / 2)
    }

    /// The least offset at t2 and the greatest at t3 that an exchange allows, above the line.
    private func limits(_ probe: ClockProbe) -> (lower: Double, upper: Double) {
        let shrink = min(rules.shrink, probe.shrinkLimit)
        let lower = frame.height(probe.lowerNs, at: frame.seconds(probe.t2)) + shrink
        let upper = frame.height(probe.upperNs, at: frame.seconds(probe.t3)) - shrink
        // Doubles of far offsets (a step of days) are coarser than a nanosecond.
        return (
            lower - rules.slack - lower.magnitude * 1e-15,
            upper + rules.slack + upper.magnitude * 1e-15
        )
    }
}

import TimeBase

/// Looks at some stamps of a fit's window that speak of all stamps in it.
///
/// Between the stamps at which another knot or exchange speaks, bounds and point rise by a known
/// range of rates: what holds at one stamp with something to spare holds around it.
struct TimeMapSurvey {
    /// Stamps at which the point may be clipped into its budget interval, in order.
    private(set) var asked: [ClosedRange<Int64>] = []
    /// How far the truth may be before and after the point at most, ns; Int64.max where nothing is
    /// known.
    private(set) var reach: (low: Int64, high: Int64) = (0, 0)

    /// A range of stamps about one that was looked at.
    private struct Leaf {
        var stamps: ClosedRange<Int64>
        /// By how much the point and a bound can part over it, ns a second.
        var parting: Double
        /// No distance within it is greater, ns.
        var low: Double
        var high: Double
    }

    private let fit: ClockFit
    /// Whether stamps are published as they are, rather than at the point.
    private let isShared: Bool
    /// The greatest distances seen, ns.
    private var seen = (low: 0.0, high: 0.0)
    /// Ranges that were looked at more closely so far.
    private var looks = 0
    /// Ranges in which a distance may be greater.
    private var open: [Leaf] = []

    init(_ fit: ClockFit, over window: ClosedRange<Int64>, isShared: Bool) {
        self.fit = fit
        self.isShared = isShared
        let curve = fit.points.curve
        var isKnown = false
        var curves = curve.spans(in: window)[...]
        fit.bounds.forEachSpan(in: window) { span in
            isKnown = true
            var low = span.stamps.lowerBound
            while let own = curves.first {
                let high = min(own.stamps.upperBound, span.stamps.upperBound)
                let slopes =
                    isShared ? 0...0 : curve.course(over: low...high, of: own.segment).slopes
                visit(low...high, published: slopes, bounds: span.slopes)
                if own.stamps.upperBound <= high { curves.removeFirst() }
                guard high < span.stamps.upperBound else { break }
                low = high + 1
            }
        }
        guard isKnown, !curve.segments.isEmpty else {
            asked = [window]
            reach = (.max, .max)
            return
        }
        close()
    }

    /// Ranges shorter than this, ns, are not looked at more closely.
    private static let shortest: UInt64 = 1 << 18
    /// Nor are parts of a span smaller than one in so many.
    private static let mostParts: UInt64 = 1 << 12
    /// Nor those over which point and bounds part by less than this, ns.
    private static let leastParting = 64.0
    /// Nor anything after so many looks beyond one a span: seconds of work.
    private static let mostLooks = 1 << 21
    /// Roundings of point, bound and line together, ns.
    private static let rounding = 4.0
    /// Distances above this, ns, are those of no knowledge.
    private static let unknown = 0x1p60

    private mutating func visit(
        _ stamps: ClosedRange<Int64>, published: ClosedRange<Double>,
        bounds: ClosedRange<Double>
    ) {
        let length = UInt64(bitPattern: stamps.upperBound &- stamps.lowerBound)
        // Between an unclipped point and a bound, and between a clipped one and another bound.
        let apart = max(
            (published.upperBound - bounds.lowerBound).magnitude,
            (bounds.upperBound - published.lowerBound).magnitude)
        let farthest = max(apart, bounds.upperBound - bounds.lowerBound)
        look(
            at: stamps, apart: apart, farthest: farthest,
            shortest: max(Self.shortest, length / Self.mostParts))
    }

    private mutating func look(
        at stamps: ClosedRange<Int64>, apart: Double, farthest: Double, shortest: UInt64
    ) {
        let length = UInt64(bitPattern: stamps.upperBound &- stamps.lowerBound)
        let middle = stamps.lowerBound &+ Int64(bitPattern: length / 2)
        let mapped = fit.map(LocalInstant(ns: middle))
        let parting = apart * (Double(length / 2 + 1) / 1e9)
        let margin = min(
            Self.distance(mapped.budgetLowNs, mapped.coordinatorNs),
            Self.distance(mapped.coordinatorNs, mapped.budgetHighNs))
        let isClear = isShared || margin >= parting + Self.rounding
        if !isClear {
            if parting > Self.leastParting, length > shortest, looks < Self.mostLooks {
                looks += 1
                look(
                    at: stamps.lowerBound...middle, apart: apart, farthest: farthest,
                    shortest: shortest)
                return look(
                    at: middle + 1...stamps.upperBound, apart: apart, farthest: farthest,
                    shortest: shortest)
            }
            ask(stamps)
        }
        let leaf = leaf(stamps, mapped, parting: isClear ? apart : farthest)
        if leaf.low > seen.low || leaf.high > seen.high { open.append(leaf) }
    }

    private mutating func ask(_ stamps: ClosedRange<Int64>) {
        if let last = asked.last, last.upperBound &+ 1 == stamps.lowerBound {
            asked[asked.count - 1] = last.lowerBound...stamps.upperBound
        } else {
            asked.append(stamps)
        }
    }

    /// A range whose middle is mapped to `mapped`.
    private mutating func leaf(
        _ stamps: ClosedRange<Int64>, _ mapped: MappedInstant, parting: Double
    ) -> Leaf {
        let length = UInt64(bitPattern: stamps.upperBound &- stamps.lowerBound)
        let middle = stamps.lowerBound &+ Int64(bitPattern: length / 2)
        let published = isShared ? middle : mapped.coordinatorNs
        let low = Self.distance(mapped.hardLowNs, published)
        let high = Self.distance(published, mapped.hardHighNs)
        seen.low = max(seen.low, low)
        seen.high = max(seen.high, high)
        let more = parting * (Double(length / 2 + 1) / 1e9) + Self.rounding
        return Leaf(
            stamps: stamps, parting: parting, low: low + low * 0x1p-40 + more,
            high: high + high * 0x1p-40 + more)
    }

    /// How far `high` is above `low`, ns; without end where either was cut off near the end of
    /// Int64.
    private static func distance(_ low: Int64, _ high: Int64) -> Double {
        let end = Int64.max / 2
        guard min(low, high) > -end, max(low, high) < end else { return .infinity }
        return Double(high.clampedDifference(low))
    }

    /// Looks more closely at ranges in which a distance may be much greater than what was seen, and
    /// takes in the rest.
    private mutating func close() {
        var bound = (low: seen.low, high: seen.high)
        for leaf in open { close(leaf, &bound, depth: 24) }
        reach = (Self.whole(bound.low), Self.whole(bound.high))
    }

    private mutating func close(
        _ leaf: Leaf, _ bound: inout (low: Double, high: Double), depth: Int
    ) {
        let length = UInt64(bitPattern: leaf.stamps.upperBound &- leaf.stamps.lowerBound)
        let isFar = Self.isFar(leaf.low, seen.low) || Self.isFar(leaf.high, seen.high)
        guard isFar, depth > 0, length > Self.shortest, looks < Self.mostLooks else {
            bound.low = max(bound.low, leaf.low)
            bound.high = max(bound.high, leaf.high)
            return
        }
        looks += 1
        let middle = leaf.stamps.lowerBound &+ Int64(bitPattern: length / 2)
        for half in [leaf.stamps.lowerBound...middle, middle + 1...leaf.stamps.upperBound] {
            let inner = UInt64(bitPattern: half.upperBound &- half.lowerBound) / 2
            let at = half.lowerBound &+ Int64(bitPattern: inner)
            let part = self.leaf(half, fit.map(LocalInstant(ns: at)), parting: leaf.parting)
            close(part, &bound, depth: depth - 1)
        }
    }

    /// Whether a bound is much wider than what was seen.
    private static func isFar(_ bound: Double, _ seen: Double) -> Bool {
        seen < unknown && bound > seen + 16 + seen / 128
    }

    private static func whole(_ distance: Double) -> Int64 {
        distance < unknown ? Int64(distance.rounded(.up)) : .max
    }
}

import Glibc

/// The loads that a sweep measures: a rate of sessions, or so many at once; or, at one load, the
/// values of a field.
package enum SweepAxis: Hashable, Sendable {
    /// Sessions a second.
    case rate
    /// Sessions at once.
    case concurrency
    /// A field of the scenario whose value is a whole number, by its path.
    case field(String)

    /// The axis as it stands in file names and in `sweep.json`.
    package var name: String {
        switch self {
        case .rate: "rate"
        case .concurrency: "concurrency"
        case .field(let path): path
        }
    }

    /// A load as it can be asked for: whole numbers of sessions at once, rates to four digits.
    package func rounded(_ load: Double) -> Double {
        switch self {
        case .concurrency, .field: return max(1, load.rounded())
        case .rate:
            guard load > 0, load.isFinite else { return load }
            let exponent = 3 - log10(load).rounded(.down)
            // A quotient by a power of ten is the decimal number itself.
            let scale = pow(10, exponent.magnitude)
            return exponent >= 0
                ? (load * scale).rounded() / scale : (load / scale).rounded() * scale
        }
    }
}

extension SweepAxis {
    /// A load no lower than there can be.
    package func least(_ load: Double) -> Double { self == .rate ? load : max(1, load) }
}

/// A load, as far as it is known.
package struct SweepReading: Hashable, Sendable {
    package var load: Double
    /// The figure that is sought; nil where there is none.
    package var value: Double?
    /// Its interval; nil where none is known.
    package var interval: ClosedRange<Double>?
    /// Whether no difference to the best point is shown; nil where the two were not compared.
    package var isLikeBest: Bool?
    /// Whether the bound holds; nil where that is not known, and without one.
    package var isMet: Bool?
    /// Whether the load is more than the servers can serve, so that it was not measured to its end:
    /// every peak lies below it.
    package var isBeyond: Bool
    /// Whether it was measured and its figures are not valid: a search passes it over.
    package var isLeftOut: Bool

    package init(
        load: Double, value: Double?, interval: ClosedRange<Double>? = nil, isMet: Bool? = nil,
        isBeyond: Bool = false, isLeftOut: Bool = false
    ) {
        self.load = load
        self.value = value
        self.interval = interval
        self.isMet = isMet
        self.isBeyond = isBeyond
        self.isLeftOut = isLeftOut
    }
}

/// The next step of a search.
package enum SweepStep<Outcome: Hashable & Sendable>: Hashable, Sendable {
    /// These loads are to be measured, in any order.
    case measure([Double])
    case done(Outcome)
}

/// A search for the load at which a figure is greatest: a grid of equal ratios first, then the
/// middles on both sides of the best point, until they lie close together or show no difference.
///
/// Which loads come next depends on what is known alone, so that a search that was cut off goes on
/// where it stood.
package struct PeakSearch: Hashable, Sendable {
    /// The result of a search.
    package enum Outcome: Hashable, Sendable {
        /// The greatest value, at `load`; the peak lies between the ends of `bracket`.
        case found(load: Double, value: Double, bracket: ClosedRange<Double>)
        /// The lowest load has the greatest value: the peak may lie below.
        case belowRange
        /// The greatest load has the greatest value: the peak may lie above.
        case aboveRange
        /// No point shows a difference to the one at `load`, which has the greatest value.
        case flat(load: Double, value: Double)
        /// No load has a value.
        case unknown
    }

    package let range: ClosedRange<Double>
    package let axis: SweepAxis
    /// Loads of the first grid.
    package static let gridPoints = 7
    /// The ratio of a bracket's ends to its middle, below which it is not narrowed, less 1.
    package let tolerance: Double

    /// - Precondition: Both ends of `range` are above 0, and `tolerance` is.
    package init(over range: ClosedRange<Double>, _ axis: SweepAxis, tolerance: Double = 0.05) {
        precondition(range.lowerBound > 0 && tolerance > 0, "a search has a range and a tolerance")
        self.range = range
        self.axis = axis
        self.tolerance = tolerance
    }

    /// The loads of the first grid.
    package var grid: [Double] {
        let steps = Double(Self.gridPoints - 1)
        let ratio = pow(range.upperBound / range.lowerBound, 1 / steps)
        var loads: [Double] = []
        for step in 0..<Self.gridPoints {
            let load = axis.rounded(range.lowerBound * pow(ratio, Double(step)))
            if loads.last.map({ $0 < load }) ?? true { loads.append(load) }
        }
        return loads
    }

    /// - Parameter readings: All points that are known, in any order.
    package func next(_ readings: [SweepReading]) -> SweepStep<Outcome> {
        let missing = grid.filter { load in !readings.contains { $0.load == load } }
        guard missing.isEmpty else { return .measure(missing) }
        let points = readings.filter {
            !$0.isLeftOut && (range.contains($0.load) || grid.contains($0.load))
        }.sorted { $0.load < $1.load }
        guard let best = Self.best(of: points), let value = best.value,
            let place = points.firstIndex(where: { $0.load == best.load })
        else { return .done(points.first?.isBeyond == true ? .belowRange : .unknown) }
        if points.count > 1, points.allSatisfy({ $0.isLikeBest == true }) {
            return .done(.flat(load: best.load, value: value))
        }
        let found = SweepStep.done(
            Outcome.found(load: best.load, value: value, bracket: bracket(points, place)))
        if place == 0 || place + 1 == points.count {
            let neighbour = points[place == 0 ? min(1, points.count - 1) : place - 1]
            return neighbour.load != best.load && neighbour.isLikeBest == true
                ? found : atEnd(points, place, known: readings)
        }
        let (low, high) = (points[place - 1], points[place + 1])
        if isClose(low.load, best.load) && isClose(best.load, high.load)
            || areAlike(low, best) && areAlike(high, best)
        {
            return found
        }
        let middles = [(low.load, best.load), (best.load, high.load)].compactMap { a, b in
            isClose(a, b) ? nil : axis.rounded((a * b).squareRoot())
        }.filter { load in !readings.contains { $0.load == load } }
        return middles.isEmpty ? found : .measure(middles)
    }

    /// The point of the greatest value, the lowest load of equals; nil where none has a value.
    static func best(of points: [SweepReading]) -> SweepReading? {
        var best: SweepReading?
        for point in points.sorted(by: { $0.load < $1.load }) {
            guard let value = point.value else { continue }
            if best?.value.map({ $0 < value }) ?? true { best = point }
        }
        return best
    }

    /// The neighbours of the best point, or the ends of the stretch around it in which no
    /// difference to it is shown.
    private func bracket(_ points: [SweepReading], _ place: Int) -> ClosedRange<Double> {
        var (low, high) = (place, place)
        repeat { low -= 1 } while low > 0 && points[low].isLikeBest == true
        repeat { high += 1 } while high + 1 < points.count && points[high].isLikeBest == true
        return points[max(0, low)].load...points[min(points.count - 1, high)].load
    }

    /// The step where an end of the range has the greatest value: the peak may lie beyond it, or
    /// before its neighbour, which the point between them tells.
    private func atEnd(
        _ points: [SweepReading], _ place: Int, known: [SweepReading]
    ) -> SweepStep<Outcome> {
        let beyond = SweepStep.done(place == 0 ? Outcome.belowRange : .aboveRange)
        guard known.count == grid.count, points.count > 1 else { return beyond }
        let neighbour = points[place == 0 ? 1 : place - 1].load
        let middle = axis.rounded((points[place].load * neighbour).squareRoot())
        return known.contains { $0.load == middle } ? beyond : .measure([middle])
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { b / a <= 1 + tolerance }

    /// Whether nobody can tell that `a` differs from the best point `b`: no difference is shown, or
    /// where the two were not compared, their intervals overlap.
    private func areAlike(_ a: SweepReading, _ b: SweepReading) -> Bool {
        if let isLikeBest = a.isLikeBest { return isLikeBest }
        guard let first = a.interval, let second = b.interval else { return false }
        return first.overlaps(second)
    }
}

/// A search for the greatest load at which a bound is met, by halving the ratio between one that
/// meets it and one that does not.
package struct BoundarySearch: Hashable, Sendable {
    /// The result of a search.
    package enum Outcome: Hashable, Sendable {
        /// `load` meets the bound, and `above` does not.
        case found(load: Double, above: Double)
        /// Not even the lowest load meets it, nor does another.
        case belowRange
        /// The lowest load does not meet it and `load` does: it holds at high loads.
        case aboveOnly(load: Double)
        /// The greatest load meets it.
        case aboveRange
        /// Nobody can say whether this load meets it.
        case unknown(load: Double)
    }

    package let range: ClosedRange<Double>
    package let axis: SweepAxis
    package let tolerance: Double
    /// The most points that it measures.
    package static let mostPoints = 8

    /// - Precondition: Both ends of `range` are above 0, and `tolerance` is.
    package init(over range: ClosedRange<Double>, _ axis: SweepAxis, tolerance: Double = 0.02) {
        precondition(range.lowerBound > 0 && tolerance > 0, "a search has a range and a tolerance")
        self.range = range
        self.axis = axis
        self.tolerance = tolerance
    }

    /// - Parameter readings: All points that are known, in any order: those of another search, too,
    ///   which cost nothing more.
    package func next(_ readings: [SweepReading]) -> SweepStep<Outcome> {
        let ends = [range.lowerBound, range.upperBound].map(axis.rounded)
        let missing = Set(ends).filter { load in !readings.contains { $0.load == load } }.sorted()
        guard missing.isEmpty else { return .measure(missing) }
        let points = readings.filter {
            !$0.isLeftOut && (ends[0]...max(ends[0], ends[1])).contains($0.load)
        }.sorted { $0.load < $1.load }
        guard !points.isEmpty else { return .done(.unknown(load: ends[0])) }
        if let unknown = points.first(where: { $0.isMet == nil }) {
            return .done(.unknown(load: unknown.load))
        }
        // An end that is left out says nothing of the loads beside it.
        func beside(_ end: Double, _ point: SweepReading) -> SweepStep<Outcome>? {
            let middle = axis.rounded((end * point.load).squareRoot())
            guard point.load != end else { return nil }
            return readings.contains { $0.load == middle }
                ? .done(.unknown(load: end)) : .measure([middle])
        }
        guard points[0].isMet == true else {
            if let step = beside(ends[0], points[0]) { return step }
            let met = points.first { $0.isMet == true }
            return .done(met.map { .aboveOnly(load: $0.load) } ?? .belowRange)
        }
        guard let place = points.firstIndex(where: { $0.isMet == false }) else {
            return beside(ends[1], points[points.count - 1]) ?? .done(.aboveRange)
        }
        let (low, high) = (points[place - 1].load, points[place].load)
        let middle = axis.rounded((low * high).squareRoot())
        let isDone =
            high / low <= 1 + tolerance || points.count >= Self.mostPoints
            || readings.contains { $0.load == middle }
        return isDone ? .done(.found(load: low, above: high)) : .measure([middle])
    }
}

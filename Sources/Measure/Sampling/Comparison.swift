/// The difference of a figure between A and the base B, with its interval of 95 %.
package struct Comparison: Hashable, Sendable {
    package enum Pairing: String, Hashable, Sendable {
        /// One run each of the same plan, request by request.
        case paired
        /// One run each, of other plans.
        case independent
        /// Several runs each on the same seeds, seed by seed.
        case seeds
        /// Several runs each (Welch).
        case welch
    }

    /// A − B.
    package var difference: Double
    package var low: Double
    package var high: Double
    /// The difference over |B|; nil where the base is 0. So are the ends of its interval.
    package var relative: Double?
    package var dof: Int
    /// Whether the interval lies wholly beyond the floor.
    package var isShown: Bool
    package var pairing: Pairing
    /// How many runs of A and of B.
    package var runs: (a: Int, b: Int) { (runsOfA, runsOfB) }
    private var runsOfA: Int
    private var runsOfB: Int
    /// The share of |B| within which no difference is shown.
    package var floor: Double
    /// The base's figure.
    package var base: Double
    /// As in ``ArrivalSpread``; nil unless paired.
    package var steepness: Double?

    /// The floor of one run each where nobody says; several runs need none.
    package static let defaultFloor = 0.01

    private init(
        _ difference: Double, variance: Double, dof: Int, base: Double, floor: Double,
        _ pairing: Pairing, runs: (a: Int, b: Int)
    ) {
        let half = StudentT.point(dof: dof) * variance.squareRoot()
        self.difference = difference
        low = difference - half
        high = difference + half
        relative = base == 0 ? nil : difference / base.magnitude
        self.dof = dof
        let least = floor * base.magnitude
        isShown = low > least || high < -least
        self.pairing = pairing
        runsOfA = runs.a
        runsOfB = runs.b
        self.floor = floor
        self.base = base
    }

    /// Compares one run each of the same plan.
    ///
    /// - Parameters:
    ///   - places: The arrival of each request, 0...1 of the span.
    ///   - a: The contribution of each request in A, in the same order; `b` in B.
    ///   - length: The span of the arrivals, s.
    ///   - relaxation: The longer memory of the two, s; nil where unknown.
    package init(
        paired places: [Double], a: [Double], b: [Double], length: Double, relaxation: Double?,
        floor: Double = defaultFloor
    ) {
        precondition(
            places.count == a.count && a.count == b.count, "a request is in both runs")
        var cosines = ArrivalCosines(figures: 1)
        var difference = 0.0
        for (index, place) in places.enumerated() {
            let z = a[index] - b[index]
            difference += z
            cosines.add([z], at: place)
        }
        let spread = cosines.spread(
            of: 0, ratio: relaxation.map { $0 / length } ?? Self.unknownRatio)
        self.init(
            difference / length, variance: spread.variance / (length * length), dof: spread.dof,
            base: b.reduce(0, +) / length, floor: floor, .paired, runs: (1, 1))
        steepness = spread.steepness
    }

    private static let unknownRatio = 1.0 / 8

    /// Compares one run each of other plans, by the figures of their windows; nil where either has
    /// no standard error, which ``FigureSample/noInterval`` explains.
    package init?(independent a: FigureSample, _ b: FigureSample, floor: Double = defaultFloor) {
        guard let seA = a.se, let seB = b.se, let dofA = a.dof, let dofB = b.dof else {
            return nil
        }
        let dof = Self.dof((seA * seA, dofA), (seB * seB, dofB))
        self.init(
            a.value - b.value, variance: seA * seA + seB * seB, dof: dof, base: b.value,
            floor: floor, .independent, runs: (1, 1))
    }

    /// Compares several runs each on the same seeds; nil below three.
    package init?(seeds a: [Double], _ b: [Double], floor: Double = 0) {
        precondition(a.count == b.count, "a seed is in both sets")
        guard a.count >= 3 else { return nil }
        let moments = Moments(zip(a, b).map { $0 - $1 })
        self.init(
            moments.mean, variance: (moments.variance ?? 0) / Double(a.count), dof: a.count - 1,
            base: Moments(b).mean, floor: floor, .seeds, runs: (a.count, b.count))
    }

    /// Compares several runs each by the difference of their means (Welch); nil below three.
    package init?(welch a: [Double], _ b: [Double], floor: Double = 0) {
        guard a.count >= 3, b.count >= 3 else { return nil }
        let (ofA, ofB) = (Moments(a), Moments(b))
        let varianceA = (ofA.variance ?? 0) / Double(a.count)
        let varianceB = (ofB.variance ?? 0) / Double(b.count)
        self.init(
            ofA.mean - ofB.mean, variance: varianceA + varianceB,
            dof: Self.dof((varianceA, a.count - 1), (varianceB, b.count - 1)), base: ofB.mean,
            floor: floor, .welch, runs: (a.count, b.count))
    }

    /// Degrees of freedom of a sum of two variances (Welch, Satterthwaite), rounded down; those of
    /// both where neither varies.
    private static func dof(
        _ a: (variance: Double, dof: Int), _ b: (variance: Double, dof: Int)
    ) -> Int {
        let sum = a.variance + b.variance
        guard sum > 0 else { return a.dof + b.dof }
        let shareA = a.variance / sum
        let shareB = b.variance / sum
        let dof = 1 / (shareA * shareA / Double(a.dof) + shareB * shareB / Double(b.dof))
        return max(1, Int(dof))
    }
}

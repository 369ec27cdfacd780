package import Goodput

/// A figure of a run with its sampling interval of 95 %: how far the figure may lie from its mean
/// over repeats of the run.
package struct FigureSample: Hashable, Sendable {
    package var value: Double
    /// The power at slow frequencies over the one of independent requests.
    package var steepness: Double
    /// The ends, where there is an interval; so are the others below.
    package var low: Double?
    package var high: Double?
    /// The standard error; nil for shares.
    package var se: Double?
    /// Independent requests that would tell as much; nil for rates.
    package var effective: Double?
    package var dof: Int?
    /// nil where there is an interval.
    package var noInterval: NoInterval?

    /// A rate: `sum` over `over` seconds.
    ///
    /// - Parameters:
    ///   - spread: That of the sum.
    ///   - loss: The share by which the sum lies below what the load alone would give.
    ///   - length: The span of the arrivals, s.
    package init(
        rateOf sum: Double, over: Double, _ spread: ArrivalSpread, loss: Double, length: Double,
        _ steady: SteadyState
    ) {
        value = sum / over
        steepness = spread.steepness
        if !steady.isSteady {
            noInterval = .verdict(steady.verdict)
        } else if !value.isFinite || !spread.variance.isFinite {
            noInterval = .tooLarge
        } else if spread.variance == 0 {
            noInterval = .constant
        } else if !steady.permits(steepness: steepness, loss: loss, length: length) {
            noInterval = .wanders
        } else {
            let se = spread.variance.squareRoot() / over
            let half = StudentT.point(dof: spread.dof) * se
            self.se = se
            dof = spread.dof
            low = value - half
            high = value + half
        }
    }

    /// The share of `met` among `count` requests, at least 1: Wilson's interval (1927) for as many
    /// requests as would tell as much if they were independent.
    ///
    /// - Parameter spread: That of Σ (met − p).
    package init(
        shareOf met: Int, among count: Int, _ spread: ArrivalSpread, length: Double,
        _ steady: SteadyState
    ) {
        let rarer = min(met, count - met)
        let p = Double(met) / Double(count)
        value = p
        steepness = rarer == 0 ? 1 : spread.steepness
        guard steady.isSteady else {
            noInterval = .verdict(steady.verdict)
            return
        }
        guard steady.permits(steepness: steepness, loss: 1 - p, length: length) else {
            noInterval = .wanders
            return
        }
        let noise = Double(count) * p * (1 - p)
        let m = Double(count) / (rarer == 0 ? 1 : max(1, spread.variance / noise))
        let dof = min(spread.dof, max(4, rarer - 1))
        let t = StudentT.point(dof: dof)
        let whole = 1 + t * t / m
        let centre = (p + t * t / (2 * m)) / whole
        let half = t / whole * (p * (1 - p) / m + t * t / (4 * m * m)).squareRoot()
        low = met == 0 ? 0 : max(0, centre - half)
        high = met == count ? 1 : min(1, centre + half)
        effective = m
        self.dof = dof
    }
}

/// A percentile of a run's values with its sampling interval of 95 %, in the values' unit: ranks
/// from a binomial count with the design effect (Woodruff 1952).
package struct PercentileSample: Hashable, Sendable {
    /// nil without values.
    package var value: Double?
    /// Requests that have a value above it.
    package var beyond = 0
    /// Whether there are enough values to show it.
    package var isShown = false
    /// How many requests it needs to be shown, about.
    package var needed: Int
    package var steepness: Double?
    package var dof: Int?
    /// The ends' ranks among the values, from 1; they may lie outside.
    package var ranks: ClosedRange<Int>?
    /// The ends; nil where there is none.
    package var low: Double?
    package var high: Double?
    package var noInterval: NoInterval?

    /// - Parameters:
    ///   - q: The percentile's rank, 0...1.
    ///   - value: The percentile; nil without values.
    ///   - count: M, how many values there are.
    ///   - spread: That of Σ (values up to the percentile − q · values).
    init(
        _ q: Double, value: Double?, beyond: Int, count: Int, _ spread: ArrivalSpread,
        length: Double, _ steady: SteadyState
    ) {
        needed = Self.needed(PercentileRank(thousandths: Int((q * 100_000).rounded())))
        guard let value else {
            noInterval = .empty
            return
        }
        self.value = value
        self.beyond = beyond
        isShown = q > 0.5 ? beyond >= 5 : count >= 6
        guard isShown else {
            noInterval = .count
            return
        }
        steepness = spread.steepness
        guard steady.isSteady else {
            noInterval = .verdict(steady.verdict)
            return
        }
        guard steady.permits(steepness: spread.steepness, loss: 1, length: length) else {
            noInterval = .wanders
            return
        }
        let below = Double(count) * q
        let half =
            StudentT.point(dof: spread.dof) * max(spread.variance, below * (1 - q)).squareRoot()
        let low = Int((below - half).rounded(.down))
        let high = Int((below + half).rounded(.up)) + 1
        ranks = low...high
        dof = spread.dof
        if low < 1 || high > count { noInterval = .count }
    }

    /// Whether a percentile of so many values can have enough of them beyond it, ties aside.
    package static func canBeShown(_ rank: PercentileRank, of count: Int) -> Bool {
        guard rank > .p50 else { return count >= 6 }
        let below = Double(max(0, count - 1)) * Double(rank.thousandths) / 100_000
        return count - 1 - Int(below.rounded(.down)) >= 5
    }

    /// How many requests a percentile needs to be shown, about: five above it, six for the median
    /// and below.
    package static func needed(_ rank: PercentileRank) -> Int {
        rank > .p50
            ? Int((500_000 / Double(max(1, 100_000 - rank.thousandths))).rounded(.up)) : 6
    }

    /// Ranks of its ends among `count` values, from 0, that exist.
    func places(of count: Int) -> [Int] {
        guard let ranks else { return [] }
        return [ranks.lowerBound, ranks.upperBound].filter { (1...max(1, count)) ~= $0 }
            .map { $0 - 1 }
    }

    /// Sets the ends.
    ///
    /// - Parameter value: The value of a rank from 0.
    mutating func setEnds(of count: Int, _ value: (Int) -> Double) {
        guard let ranks else { return }
        low = ranks.lowerBound >= 1 ? value(ranks.lowerBound - 1) : nil
        high = ranks.upperBound <= count ? value(ranks.upperBound - 1) : nil
    }
}

import Glibc

/// Gaps between tokens in bins of 2 %, so that a curve of any number of them takes little memory.
struct GapCurve {
    private var bins: [Int: Int] = [:]
    private(set) var count = 0

    private static let step = log(1.02)

    /// Takes in a gap in ns; gaps within an event are 0.
    mutating func add(_ gap: Int64, times: Int = 1) {
        guard times > 0 else { return }
        count += times
        bins[gap <= 0 ? .min : Int((log(Double(gap)) / Self.step).rounded(.up)), default: 0] +=
            times
    }

    /// The gaps of this and another.
    mutating func add(_ other: GapCurve) {
        count += other.count
        bins.merge(other.bins, uniquingKeysWith: +)
    }

    /// The upper end of each bin in ns, rising, with the gaps up to there.
    var steps: [CurveStep] {
        var sum = 0
        return bins.sorted { $0.key < $1.key }.map { key, gaps in
            sum += gaps
            return CurveStep(
                value: key == .min ? 0 : exp(Double(key) * Self.step),
                share: Double(sum) / Double(count))
        }
    }
}

/// A step of a distribution: the share of the values that are no greater.
struct CurveStep: Equatable {
    var value: Double
    var share: Double
}

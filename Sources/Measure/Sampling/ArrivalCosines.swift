import Glibc

/// Sums over requests of each one's contribution to some figures times the cosines of its arrival:
/// Σ z_i cos(π k u_i), k = 1...24. The square of each estimates half the variance of Σ z at one
/// slow frequency; the lowest ones hold what the memory of a queue adds.
package struct ArrivalCosines: Sendable {
    /// How many frequencies there are.
    static let frequencies = 24

    private var sums: [Double]
    private var squares: [Double]
    private var basis = [Double](repeating: 0, count: frequencies)

    /// No request yet, of so many figures.
    package init(figures: Int) {
        sums = Array(repeating: 0, count: figures * Self.frequencies)
        squares = Array(repeating: 0, count: figures)
    }

    /// Takes in a request that arrived at `u`, 0...1, of the span, and its contribution to each
    /// figure. One cosine, the others by cos((k + 1) x) = 2 cos x cos(k x) − cos((k − 1) x);
    /// O(24 figures that it contributes to).
    package mutating func add(_ contributions: [Double], at u: Double) {
        precondition(contributions.count == squares.count, "a request adds to every figure")
        let cosine = cos(.pi * u)
        basis.withUnsafeMutableBufferPointer { basis in
            var before = 1.0
            var current = cosine
            for place in basis.indices {
                basis[place] = current
                (before, current) = (current, 2 * cosine * current - before)
            }
            sums.withUnsafeMutableBufferPointer { sums in
                for (figure, z) in contributions.enumerated() where z != 0 {
                    squares[figure] += z * z
                    let first = figure * Self.frequencies
                    for place in basis.indices { sums[first + place] += z * basis[place] }
                }
            }
        }
    }

    /// Σ z_i cos(π k u_i) of a figure, k = 1...24.
    func sums(of figure: Int) -> ArraySlice<Double> {
        sums[figure * Self.frequencies..<(figure + 1) * Self.frequencies]
    }

    /// How far the sum of a figure's contributions may lie from its mean over repeats.
    ///
    /// - Parameter ratio: How long the queue remembers over the length of the span; 0 where that
    ///   is unknown.
    package func spread(of figure: Int, ratio: Double) -> ArrivalSpread {
        ArrivalSpread(
            powers: sums(of: figure).map { $0 * $0 }, white: squares[figure] / 2, ratio: ratio)
    }
}

/// The variance of a sum over requests, told from the slow cosines of their arrivals (Mueller 2007;
/// Lazarus, Lewis, Stock, Watson 2018).
package struct ArrivalSpread: Hashable, Sendable {
    /// The sum's variance, at least 0.
    package let variance: Double
    /// Degrees of freedom of ``variance``, 4...12.
    package let dof: Int
    /// The power at slow frequencies over the one that independent requests would have; 1 where no
    /// request contributes.
    package let steepness: Double

    /// - Parameters:
    ///   - powers: C_k.
    ///   - white: Half the sum of the squared contributions.
    ///   - ratio: As in ``ArrivalCosines/spread(of:ratio:)``.
    init(powers: [Double], white: Double, ratio: Double) {
        func mean(_ count: Int) -> Double { powers.prefix(count).reduce(0, +) / Double(count) }
        let slowest = mean(12)
        let steepness = white > 0 && white.isFinite && slowest.isFinite ? slowest / white : 1
        let isShort = ratio <= 1.0 / 20
        if ratio == 0 || (steepness <= 1.3 && !(isShort && ratio > 1.0 / 40)) {
            dof = 12
        } else {
            dof = max(4, Int(min(12, (1 / (8 * ratio)).rounded(.down))))
        }
        var power = mean(dof)
        if steepness > 1.3 || isShort {
            // A queue's memory lets the power fall with the frequency; what lies above the white
            // part is raised to its height at frequency 0.
            let falls = (1...dof).map { k in
                let x = .pi * Double(k) * ratio
                return 1 / (1 + x * x)
            }
            let fall = falls.reduce(0, +) / Double(dof)
            power = min(power, white) + max(0, power - white) / fall
        }
        variance = 2 * power
        self.steepness = steepness
    }
}

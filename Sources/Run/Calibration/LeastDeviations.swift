import Glibc

/// A search for the point at which the mean magnitude of residuals is least.
///
/// Least squares by Levenberg and Marquardt, in which each residual has the weight of the inverse
/// of its magnitude (iteratively reweighted: Holland and Welsch, Communications in Statistics A6,
/// 1977), so that the few that nothing explains turn the rest by little.
struct LeastDeviations {
    /// A difference's span.
    private static let span = 0.02
    /// Residuals below this are as good as none.
    private static let floor = 0.005
    /// The pull towards the start on coordinates that no residual depends on.
    private static let pull = 1e-4
    private static let rounds = 30
    private static let longestStep = 0.7

    let start: [Double]
    /// The residuals at a point, always as many; nil where none are.
    let residuals: ([Double]) -> [Double]?

    /// The best point that was met.
    struct Found {
        var point: [Double]
        /// The mean magnitude there.
        var value: Double
        /// The standard deviation of each coordinate, by what the residuals scatter and depend on
        /// it; infinite where they do not.
        var spread: [Double]
    }

    /// O(rounds times coordinates) calls.
    func least() -> Found {
        var point = start
        guard var current = residuals(point) else {
            return Found(point: start, value: .infinity, spread: start.map { _ in .infinity })
        }
        var value = Self.mean(current)
        var damping = 0.01
        for _ in 0..<Self.rounds {
            guard let normal = normalEquations(point, current) else { break }
            var isBetter = false
            let before = value
            for _ in 0..<6 where !isBetter {
                guard let step = normal.step(damping) else { break }
                let next = zip(point, step).map {
                    $0 + max(-Self.longestStep, min(Self.longestStep, $1))
                }
                if let there = residuals(next), Self.mean(there) < value {
                    (point, current, value) = (next, there, Self.mean(there))
                    damping = max(1e-6, damping / 4)
                    isBetter = true
                } else {
                    damping *= 5
                }
            }
            if !isBetter || before - value < 1e-4 * value { break }
        }
        return Found(point: point, value: value, spread: spread(point, current))
    }

    /// The spreads where residuals scatter as a normal law does, whose deviation is 1.2533 times
    /// the mean magnitude.
    private func spread(_ point: [Double], _ current: [Double]) -> [Double] {
        let scatter = max(Self.floor, Self.mean(current))
        let unknown = point.map { _ in Double.infinity }
        guard let normal = normalEquations(point, current, isEven: true) else { return unknown }
        let variances = normal.inverseDiagonal
        return variances.map { $0.map { 1.2533 * scatter * $0.squareRoot() } ?? .infinity }
    }

    private static func mean(_ residuals: [Double]) -> Double {
        residuals.isEmpty
            ? .infinity : residuals.reduce(0) { $0 + abs($1) } / Double(residuals.count)
    }

    /// - Parameter isEven: All residuals weigh 1, and nothing pulls.
    private func normalEquations(
        _ point: [Double], _ current: [Double], isEven: Bool = false
    ) -> NormalEquations? {
        var columns: [[Double]] = []
        for index in point.indices {
            var moved = point
            moved[index] += Self.span
            guard let there = residuals(moved), there.count == current.count else { return nil }
            columns.append(zip(there, current).map { ($0 - $1) / Self.span })
        }
        let weights = current.map {
            isEven ? 1 : 1 / max(Self.floor, abs($0)) / Double(current.count)
        }
        let pull = isEven ? 0 : Self.pull
        var normal = NormalEquations(size: point.count)
        for row in point.indices {
            for column in row..<point.count {
                var sum = 0.0
                for index in current.indices {
                    sum += weights[index] * columns[row][index] * columns[column][index]
                }
                normal.matrix[row][column] = sum
                normal.matrix[column][row] = sum
            }
            var sum = 0.0
            for index in current.indices {
                sum += weights[index] * columns[row][index] * current[index]
            }
            normal.right[row] = -sum + pull * (start[row] - point[row])
            normal.matrix[row][row] += pull
        }
        return normal
    }
}

/// A symmetric, positive system of equations.
struct NormalEquations {
    var matrix: [[Double]]
    var right: [Double]

    init(size: Int) {
        matrix = Array(repeating: Array(repeating: 0, count: size), count: size)
        right = Array(repeating: 0, count: size)
    }

    /// The diagonal of the inverse, without the coordinates that nothing depends on: nil for those,
    /// and for all where the others depend on each other.
    var inverseDiagonal: [Double?] {
        let kept = right.indices.filter { matrix[$0][$0] > 1e-9 }
        var part = NormalEquations(size: kept.count)
        for (row, i) in kept.enumerated() {
            for (column, j) in kept.enumerated() { part.matrix[row][column] = matrix[i][j] }
        }
        var diagonal = [Double?](repeating: nil, count: right.count)
        for (row, i) in kept.enumerated() {
            part.right = kept.indices.map { $0 == row ? 1 : 0 }
            diagonal[i] = part.step(1e-9)?[row]
        }
        return diagonal
    }

    /// The solution where each element of the diagonal is 1 + `damping` of itself, by Cholesky's
    /// decomposition; nil where there is none.
    func step(_ damping: Double) -> [Double]? {
        let size = right.count
        var lower = matrix
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row][column]
                if row == column { sum *= 1 + damping }
                for index in 0..<column { sum -= lower[row][index] * lower[column][index] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    lower[row][row] = sqrt(sum)
                } else {
                    lower[row][column] = sum / lower[column][column]
                }
            }
        }
        var solution = right
        for row in 0..<size {
            for index in 0..<row { solution[row] -= lower[row][index] * solution[index] }
            solution[row] /= lower[row][row]
        }
        for row in (0..<size).reversed() {
            for index in row + 1..<size { solution[row] -= lower[index][row] * solution[index] }
            solution[row] /= lower[row][row]
        }
        return solution
    }
}

import Glibc

/// The mean of points on a circle.
struct CircularMean: Hashable, Sendable {
    private var x = 0.0
    private var y = 0.0
    private var count = 0.0

    init() {}

    /// Adds a point, in turns.
    mutating func add(turns: Double) {
        let angle = 2 * Double.pi * turns
        x += cos(angle)
        y += sin(angle)
        count += 1
    }

    /// How much the points agree, 0...1; 0 without points.
    var length: Double { count > 0 ? (x * x + y * y).squareRoot() / count : 0 }

    /// Where they lie, in turns, −0.5...0.5; 0 where they lie nowhere.
    var turns: Double { atan2(y, x) / (2 * Double.pi) }
}

/// The way between two places on a circle, in turns, 0...0.5.
func distance(turns a: Double, _ b: Double) -> Double {
    let difference = a - b
    return abs(difference - difference.rounded())
}

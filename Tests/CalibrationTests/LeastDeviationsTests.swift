import Randomness
import Testing

@testable import Calibration

@Suite struct LeastDeviationsTests {
    /// Points on a curve, a tenth of them far off.
    private static let data: [(x: Double, y: Double)] = {
        var random = SplitMix64(seed: 4)
        return (0..<200).map { index in
            let x = Double(index) / 50
            let noise = Double.random(in: -0.01...0.01, using: &random)
            return (x, 3 * x * x - 2 * x + 5 + (index % 10 == 0 ? 40 : noise))
        }
    }()

    @Test func pointsThatAreFarOffTurnNothing() {
        let found = LeastDeviations(start: [1, 0, 0]) { point in
            Self.data.map { point[0] * $0.x * $0.x + point[1] * $0.x + point[2] - $0.y }
        }.least()
        #expect(abs(found.point[0] - 3) < 0.02, "\(found)")
        #expect(abs(found.point[1] + 2) < 0.05 && abs(found.point[2] - 5) < 0.05, "\(found)")
    }

    @Test func aCoordinateThatNothingDependsOnStays() {
        let found = LeastDeviations(start: [1, 7]) { point in
            [point[0] - 3, 2 * point[0] - 6]
        }.least()
        #expect(abs(found.point[0] - 3) < 1e-2 && found.point[1] == 7, "\(found)")
        #expect(found.spread[0] < 0.1 && found.spread[1] == .infinity)
    }

    @Test func pointsWithoutResidualsAreNeverTaken() {
        let found = LeastDeviations(start: [2]) { point in
            point[0] < 1 ? nil : [point[0], point[0] / 2]
        }.least()
        #expect(found.point[0] >= 1 && found.point[0] < 1.2, "\(found)")
        #expect(LeastDeviations(start: [0]) { _ in nil }.least().value == .infinity)
        #expect(LeastDeviations(start: [0]) { _ in [] }.least().value == .infinity)
    }

    @Test func equationsAreSolved() {
        var normal = NormalEquations(size: 2)
        normal.matrix = [[4, 1], [1, 3]]
        normal.right = [1, 2]
        let solution = normal.step(0)
        #expect(abs((solution?[0] ?? 0) - 1.0 / 11) < 1e-12)
        #expect(abs((solution?[1] ?? 0) - 7.0 / 11) < 1e-12)
        normal.matrix = [[0, 0], [0, 1]]
        #expect(normal.step(1) == nil)
    }
}

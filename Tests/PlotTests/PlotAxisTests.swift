import Testing

@testable import Plot

@Suite struct PlotAxisTests {
    @Test(
        arguments: [
            (0...1_000, 5, [0, 200, 400, 600, 800, 1_000]),
            (0...1_350, 5, [0, 500, 1_000]), (-200...900, 5, [-0, 500]),
            (0...0.3, 5, [0, 0.1, 0.2, 0.3]),
        ] as [(ClosedRange<Double>, Int, [Double])])
    func ticksAreRound(values: ClosedRange<Double>, most: Int, expected: [Double]) {
        let ticks = PlotAxis(values, pixels: (0, 100)).ticks(most)
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy(<))
        #expect(ticks.count <= most + 1 && ticks.allSatisfy(values.contains))
        let steps = Set(zip(ticks.dropFirst(), ticks).map { (($0 - $1) * 1e6).rounded() })
        #expect(steps.count <= 1)
    }

    @Test(arguments: [1.0...8, 0.3...40, 2...3, 1...1_000_000])
    func logarithmicTicksLieWithin(values: ClosedRange<Double>) {
        let axis = PlotAxis(values, pixels: (10, 110), isLogarithmic: true)
        let ticks = axis.ticks(10)
        #expect(!ticks.isEmpty && ticks.count <= 10 && ticks.allSatisfy(values.contains))
        #expect(axis.place(values.lowerBound) == 10)
        #expect((axis.place(values.upperBound) - 110).magnitude < 1e-9)
        let middle = (values.lowerBound * values.upperBound).squareRoot()
        #expect((axis.place(middle) - 60).magnitude < 1e-9)
    }

    @Test func anAxisOfOneValueIsItsMiddle() {
        #expect(PlotAxis(3...3, pixels: (0, 10)).place(3) == 5)
        #expect(PlotAxis(3...3, pixels: (0, 10)).ticks(5) == [3])
    }
}

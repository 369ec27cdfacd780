import Foundation
import Randomness
import Testing

@testable import Sampling

@Suite struct SamplingFormulaTests {
    @Test func studentsPointFallsToTheNormalOne() {
        let points = (1...200).map { StudentT.point(dof: $0) }
        #expect(points[0] == 12.7062)
        #expect(points[29] == 2.0423)
        for (before, after) in zip(points, points.dropFirst()) { #expect(before > after) }
        #expect((StudentT.point(dof: 1_000_000) - 1.959964).magnitude < 1e-5)
    }

    @Test func theTailOfFIsAChance() {
        #expect(StudentT.tail(ofF: 0, dof: 10) == 1)
        #expect(StudentT.tail(ofF: .infinity, dof: 10) == 0)
        // P(F(2, 10) > 4.1028) is 5 %.
        #expect((StudentT.tail(ofF: 4.1028, dof: 10) - 0.05).magnitude < 1e-4)
    }

    @Test func cosinesAreThoseOfTheLibrary() {
        var rng = SplitMix64(seed: 8)
        let requests = (0..<200).map { _ in (u: rng.nextUnit(), z: rng.nextNormal()) }
        var cosines = ArrivalCosines(figures: 2)
        for request in requests { cosines.add([request.z, 1], at: request.u) }
        for (k, sum) in zip(1..., cosines.sums(of: 0)) {
            let plain = requests.reduce(0) { $0 + $1.z * cos(.pi * Double(k) * $1.u) }
            #expect((sum - plain).magnitude < 1e-9)
        }
        // At the very begin the cosines are 1 and at the end they alternate.
        var ends = ArrivalCosines(figures: 1)
        ends.add([1], at: 0)
        ends.add([1], at: 1)
        for (k, sum) in zip(1..., ends.sums(of: 0)) {
            #expect((sum - (k % 2 == 0 ? 2 : 0)).magnitude < 1e-9)
        }
    }

    @Test func aScaledFigureHasAScaledInterval() {
        var rng = SplitMix64(seed: 9)
        var cosines = ArrivalCosines(figures: 2)
        for _ in 0..<300 {
            let z = rng.nextExponential()
            cosines.add([z, 1_000 * z], at: rng.nextUnit())
        }
        for ratio in [0, 0.01, 0.03, 0.04, 0.08, 0.2] {
            let one = cosines.spread(of: 0, ratio: ratio)
            let many = cosines.spread(of: 1, ratio: ratio)
            #expect((many.variance / one.variance / 1e6 - 1).magnitude < 1e-9)
            #expect((many.steepness - one.steepness).magnitude < 1e-9)
            #expect(many.dof == one.dof)
            #expect((4...12).contains(one.dof))
        }
    }

    /// Independent requests of a flat law: the interval holds the mean in about 95 % of runs.
    @Test func independentRequestsAreCovered() {
        var covered = 0
        var steady = SteadyState(.steady)
        steady.relaxation = 0.01
        let runs = 400
        for seed in 0..<UInt64(runs) {
            var rng = SplitMix64(seed: seed)
            var cosines = ArrivalCosines(figures: 1)
            var sum = 0.0
            var u = 0.0
            while true {
                u += rng.nextExponential() / 300
                guard u < 1 else { break }
                let z = rng.nextExponential()
                sum += z
                cosines.add([z], at: u)
            }
            let figure = FigureSample(
                rateOf: sum, over: 1, cosines.spread(of: 0, ratio: 0.01), loss: 0, length: 1,
                steady)
            if let low = figure.low, let high = figure.high, (low...high).contains(300) {
                covered += 1
            }
        }
        #expect((0.92...0.98).contains(Double(covered) / Double(runs)), "\(covered) of \(runs)")
    }

    @Test func sharesStayWithinZeroAndOne() {
        var steady = SteadyState(.steady)
        steady.relaxation = 0
        let flat = ArrivalSpread(powers: Array(repeating: 0, count: 24), white: 0, ratio: 0)
        for count in [1, 2, 30, 1_000] {
            for met in Set([0, 1, count / 2, count]) {
                let share = FigureSample(shareOf: met, among: count, flat, length: 1, steady)
                guard let low = share.low, let high = share.high else { continue }
                #expect(0 <= low && low <= share.value && share.value <= high && high <= 1)
                #expect(low < high)
                #expect(met < count || high == 1)
                #expect(met > 0 || low == 0)
            }
        }
    }

    @Test func repeatsStopAtTwoNarrowIntervals() {
        let rule = RepeatUntil(share: 0.05)
        let even = [100, 101, 99, 100, 101, 99, 100.0]
        #expect(!rule.isMet(by: Array(even.prefix(5))))
        #expect(rule.isMet(by: Array(even.prefix(6))))
        #expect(!rule.isMet(by: [100, 101, 99, 100, 160, 99, 100]))
        #expect(!rule.isMet(by: [100, 60, 99, 100, 140, 100]))
        let figure = JoinedFigure(even)
        let wider = rule.widened(figure)
        #expect((wider.low ?? 0) <= 0.95 * figure.value + 1e-9)
        #expect((wider.high ?? 0) >= 1.05 * figure.value - 1e-9)
        let wide = JoinedFigure([10, 20, 30, 40, 50])
        #expect(rule.widened(wide) == wide)
    }

    @Test func joinedFiguresNeedThreeRuns() {
        #expect(JoinedFigure([3]).deviation == nil)
        #expect(JoinedFigure([3, 4]).noInterval == .runs)
        #expect(JoinedFigure([3, 4, 5], errors: [1, nil, 1]).beyondSampling == nil)
        #expect(JoinedFigure([3, 4, 5], errors: [9, 9, 9]).beyondSampling == 0)
        #expect(JoinedFigure([0, 0, 0]).relativeHalf == 0)
    }
}

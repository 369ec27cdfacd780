import Testing
import TimeBase

@testable import ClockSync

/// A point estimate is what most exchanges say, and the best of them may contradict it.
@Suite("The point and the budget") struct PointBudgetTests {
    /// Ten seconds of exchanges with one clock, 50 us each way. All but five in the middle took
    /// 5 us more on their way out, so that their midpoints err by 2.5 us.
    private static let exchanges = (0..<200).map { (index: Int64) -> ClockExchange in
        let sent = 1_000_000_000 + index * 50_000_000
        let out: Int64 = (100..<105).contains(index) ? 50_000 : 55_000
        return ClockExchange(
            train: UInt32(index), member: 1, t1: sent, t2: sent + out, t3: sent + out,
            t4: sent + out + 50_000)
    }

    @Test("A stamp is published within the budget where most exchanges say otherwise")
    func withinTheBudget() throws {
        let fit = try ClockFit(
            exchanges: Self.exchanges, options: ClockFitOptions(asymmetryBudget: 0))
        var outside = 0
        for step in 0..<1_000 {
            let at = 1_000_000_000 + Int64(step) * 10_000_000
            let estimate = try #require(fit.points.estimate(at: at)).offsetNs
            let budget = try #require(fit.bounds.bounds(at: at)).budget
            if !(budget.low...budget.high).contains(estimate) { outside += 1 }
            let mapped = fit.map(LocalInstant(ns: at))
            #expect(
                (mapped.budgetLowNs...mapped.budgetHighNs).contains(mapped.coordinatorNs),
                "\(mapped)")
            // One clock: nothing published is off by more than the network was.
            #expect((mapped.coordinatorNs - at).magnitude <= 2_500)
        }
        #expect(outside > 0, "the budget says nothing that the estimate does not")
    }
}

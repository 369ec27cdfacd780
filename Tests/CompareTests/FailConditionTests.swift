import Goodput
import Results
import Sampling
import Testing

@testable import Compare

/// Conditions of pipelines, and the words on a difference.
@Suite struct FailConditionTests {
    /// A row of one run each, paired, whose requests differ by `a` − `b` each.
    private func row(
        _ figure: SummaryFigure, base: Double, value: Double, a: [Double], b: [Double]
    ) -> ComparisonReport.Row {
        let places = a.indices.map { Double($0) / Double(a.count) }
        return ComparisonReport.Row(
            figure: figure, base: base, value: value,
            outcome: .success(
                Comparison(paired: places, a: a, b: b, length: Double(a.count), relaxation: nil)))
    }

    /// 100 requests that earn 10 in the base, and some noise about `mean` in the other.
    private func smooth(_ mean: Double, noise: Double) -> ComparisonReport.Row {
        let b = [Double](repeating: 10, count: 100)
        let a = b.indices.map { mean + ($0 % 2 == 0 ? noise : -noise) * Double($0 % 7) }
        return row(.smooth, base: 10, value: mean, a: a, b: b)
    }

    @Test func aConditionIsRead() throws {
        let condition = try FailCondition(parsing: "smooth < -5 %")
        #expect(condition.figure == .smooth && condition.relation == .below)
        #expect(condition.limit == -0.05)
        let other = try FailCondition(parsing: "ttft.p99>10%")
        #expect(other.figure == .latency(.ttft, .rank(.p99)) && other.relation == .above)
        #expect(other.limit == 0.1)
    }

    @Test(arguments: [
        ("smooth", "has no < and no >"), ("smooth < 5", "ends without %"),
        ("smooth < x %", "has no number"), ("foo < 5 %", "there is no figure `foo`"),
        ("smooth < nan %", "has no number"), ("", "has no < and no >"),
        ("< 5 %", "there is no figure ``"),
    ])
    func nonsenseIsRefused(text: String, word: String) {
        #expect(throws: FailCondition.Problem.self) { try FailCondition(parsing: text) }
        do {
            _ = try FailCondition(parsing: text)
        } catch {
            #expect(error.description.contains(word), "\(error)")
        }
    }

    @Test func onlyADifferenceThatIsShownFails() throws {
        let condition = try FailCondition(parsing: "smooth < -5 %")
        let worse = smooth(9, noise: 0.01)
        #expect(worse.judgement == .worse)
        guard case .holds(let relative) = condition.outcome([worse]) else {
            Issue.record("\(condition.outcome([worse]))")
            return
        }
        #expect((relative + 0.1).magnitude < 1e-3)
        #expect(condition.outcome([smooth(9.8, noise: 0.01)]) == .doesNotHold)
        #expect(condition.outcome([smooth(11, noise: 0.01)]) == .doesNotHold)
        let noisy = smooth(9, noise: 30)
        #expect(noisy.judgement == .notShown)
        guard case .notShown = condition.outcome([noisy]) else {
            Issue.record("\(condition.outcome([noisy]))")
            return
        }
        #expect(condition.outcome([]) == .unknown)
        let none = ComparisonReport.Row(
            figure: .smooth, base: 10, value: 9, outcome: .failure(.overloaded))
        #expect(condition.outcome([none]) == .unknown && none.judgement == .notCompared)
    }

    /// More of a latency is worse, and a percentile's own share is what a condition is about.
    @Test func latenciesAreBetterLow() throws {
        let b = (0..<100).map { $0 < 1 ? 1.0 : 0 }
        let a = (0..<100).map { $0 % 5 == 0 ? 1.0 : 0 }
        let row = row(.latency(.ttft, .rank(.p99)), base: 100, value: 130, a: a, b: b)
        #expect(row.isShareBeyond && row.relative == 0.3)
        #expect(row.judgement == .worse)
        let condition = try FailCondition(parsing: "ttft.p99 > 20 %")
        #expect(condition.outcome([row]) == .holds(relative: 0.3))
    }
}

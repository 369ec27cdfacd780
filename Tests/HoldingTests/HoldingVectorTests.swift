import Foundation
import Holding
import Testing

/// Every worked example: what is exact within 1e-9, what depends on draws within its range.
@Suite("Worked examples of held tokens") struct HoldingVectorTests {
    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(HoldingVector.all.count >= 4)
    }

    @Test(arguments: HoldingVector.all, [UInt64(1), 2, 3])
    func figuresAreAsExpected(path: String, seed: UInt64) throws {
        let vector = try HoldingVector(path: path)
        let figures = try vector.figures(seed: seed)
        let expected = vector.expected
        let verdicts = figures.verdicts.map(\.rawValue).joined(separator: "+")
        #expect(verdicts == expected["verdict"] as? String)
        #expect(figures.isHeld == expected["held"] as? Bool)
        #expect(figures.suspicions.isEmpty == !(expected["suspect"] as? Bool ?? false))
        #expect(figures.commonestSize == expected["tokens_an_event"] as? Int)
        expect(figures.grouped, expected["share_grouped"], "share_grouped")
        expect(figures.firstBurst, expected["first_burst"], "first_burst")
        expect(figures.heldFirst.map { $0 / 1e9 }, expected["held_first_s"], "held_first_s")
        expect(figures.theta.map { $0 / 1e6 }, expected["theta_ms"], "theta_ms")
        expect(figures.outOfStep, expected["out_of_step"], "out_of_step")
        expect(figures.inStep, expected["in_step"], "in_step")
        expect(figures.spike, expected["spike"], "spike")
    }

    private func expect(_ value: Double?, _ expected: Any?, _ field: String) {
        switch (value, expected) {
        case (nil, nil), (nil, is NSNull): break
        case (let value?, let range as [NSNumber]):
            let (low, high) = (range[0].doubleValue, range[1].doubleValue)
            #expect(value >= low && value <= high, "\(field): \(value), not \(low)...\(high)")
        case (let value?, let number as NSNumber):
            let wanted = number.doubleValue
            let scale = max(1, abs(value), abs(wanted))
            #expect(abs(value - wanted) <= 1e-9 * scale, "\(field): \(value), not \(wanted)")
        default:
            Issue.record("\(field): \(String(describing: value)), not \(expected ?? "absent")")
        }
    }
}

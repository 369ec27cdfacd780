import Testing
import Workload

@testable import Scenario

@Suite struct QuantityTests {
    @Test(arguments: [
        ("4/s", Dimension.rate, 4), ("30 /min", .rate, 0.5), ("2 min", .span, 120),
        ("500ms", .span, 0.5), ("1.5 h", .span, 5_400), ("80 %", .share, 80),
        ("1_000 tokens", .tokens, 1_000), ("1 token", .tokens, 1), ("30 requests", .requests, 30),
        ("  7  us ", .span, 7e-6), ("1e3 ms", .span, 1),
    ])
    func `numbers carry their unit`(text: String, dimension: Dimension, value: Double) throws {
        #expect(abs(try Quantity.parse(text, dimension) / value - 1) < 1e-12)
    }

    @Test(arguments: [
        ("4", Dimension.rate), ("s", .span), ("", .span), ("4 /d", .rate), ("4 s", .rate),
        ("inf s", .span), ("1e999 s", .span), ("nan s", .span), ("4/s x", .rate), ("4 %%", .share),
        ("--4 s", .span), ("4..5 s", .span),
    ])
    func `what has no number or no unit is refused`(text: String, dimension: Dimension) {
        #expect(throws: QuantityError.self) { try Quantity.parse(text, dimension) }
    }

    @Test(
        arguments: [
            ("100..400 tokens", 100, 400), ("100 tokens..400 tokens", 100, 400),
            ("7..7 tokens", 7, 7),
        ] as [(String, Double, Double)])
    func `a range's unit may stand at its end alone`(
        text: String, low: Double, high: Double
    ) throws {
        #expect(
            try LawText.parse(text, .tokens).law == .uniform(low: low, high: high))
    }

    @Test(arguments: ["400..100 tokens", "..4 tokens", "4.. tokens", "1..2..3 tokens", "1..2"])
    func `an impossible range is refused`(text: String) {
        #expect(throws: QuantityError.self) { try LawText.parse(text, .tokens) }
    }
}

import Results
import Testing

@testable import Sweep

/// Conditions as users write them.
@Suite struct SweepBoundTests {
    private let figures: [String: Double] = [
        "ttft.p99": 400e6, "smooth": 950, "throughput": 1_000, "attainment": 0.98,
        "tbt.mean": 21e6, "failed": 0, "ttft_sent.max": 3e9,
    ]

    private func holds(_ text: String) throws -> Bool? {
        try SweepBound(parsing: text).isMet { figures[$0.name] }
    }

    @Test(
        arguments: [
            ("ttft.p99 < 500 ms", true), ("ttft.p99 < 400ms", false), ("ttft.p99 <= 0.4 s", true),
            ("ttft.p99<500 ms and smooth > 0.9*throughput", true),
            ("ttft.p99 < 500 ms and smooth > 0.95 * throughput", false),
            ("smooth / throughput >= 95 %", true), ("(smooth + 50) >= throughput", true),
            ("throughput - smooth <= 50 tok/s", true), ("attainment > 99 %", false),
            ("attainment >= 0.98 and failed <= 1 %", true), ("2 * (smooth - 900) > 99 /s", true),
            ("tbt.mean < 21001 us", true), ("tbt.mean < 21000000 ns", false),
            ("ttft_sent.max < 1 min", true),
            // A comparison that does not hold decides, whatever is not known.
            ("qoe > 0.9 and smooth > 2000", false),
        ] as [(String, Bool)])
    func holdsOrNot(text: String, expected: Bool) throws {
        #expect(try holds(text) == expected)
    }

    @Test func whatIsNotKnownDecidesNothing() throws {
        #expect(try holds("qoe > 0.9") == nil)
        #expect(try holds("qoe > 0.9 and smooth > 900") == nil)
        #expect(try holds("smooth / failed > 1 tok/s") == nil)
        #expect(try SweepBound(parsing: "smooth > 1 and smooth < 2").figures == [.smooth])
    }

    @Test(
        arguments: [
            ("", 1, "is missing"), ("smooth", 7, "a comparison"), ("smooth > ", 10, "is missing"),
            ("smoth > 1", 1, "no figure `smoth`"), ("ttft.p > 1", 1, "no figure"),
            ("ttft.p101 > 1", 1, "no figure"), ("smooth > 1 or goodput > 1", 12, "`and`"),
            ("smooth > 1.2.3", 10, "no number"), ("(smooth > 1", 9, "parenthesis is not closed"),
            ("1 < 2", 6, "names no figure"), ("smooth > 5 msec", 12, "`and`"),
            ("ttft.p99 < 500", 15, "such as 500 ms"), ("smooth > 5 ms", 14, "of one kind"),
            ("ttft.p50 < 40 tok/s", 20, "of one kind"), ("ttft.p50 < smooth", 18, "of one kind"),
            ("attainment > 95", 16, "from 0 to 1"), ("failed < 5", 11, "from 0 to 1"),
            ("ttft.p50 + 3 < 1 s", 19, "of one kind"), ("smooth * ttft.p50 > 1", 22, "of one kind"),
            ("smooth ! 4", 8, "a comparison"), ("smooth > $4", 10, "begins neither"),
        ] as [(String, Int, String)])
    func whatCannotBeReadIsNamed(text: String, column: Int, words: String) {
        let error = #expect(throws: SweepError.self) { try SweepBound(parsing: text) }
        #expect(error?.column == column)
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    /// Five values lie beyond the 99th percentile of 402, and four of 401.
    @Test func percentilesStandOnEnoughRequests() throws {
        let p99 = try SummaryFigure(parsing: "ttft.p99")
        #expect(p99.stands(on: 402) && !p99.stands(on: 401))
        #expect(try SummaryFigure(parsing: "e2e.p50").stands(on: 6))
        #expect(try !SummaryFigure(parsing: "e2e.p50").stands(on: 5))
        for name in ["tbt.p99", "ttft.max", "smooth"] {
            #expect(try SummaryFigure(parsing: name).stands(on: 1), "\(name)")
        }
    }

    @Test func parenthesesHaveAnEnd() {
        let deep = String(repeating: "(", count: 100_000)
        #expect(throws: SweepError.self) { try SweepBound(parsing: deep) }
    }

    @Test func namesComeBack() throws {
        for name in ["smooth", "classic", "ttft.p99", "tbt.p99.9", "e2e.max", "inter_chunk.mean"] {
            #expect(try SummaryFigure(parsing: name).name == name)
        }
    }
}

import Goodput
import Loss
import Testing

@testable import Console

/// The surface of a run on a narrow terminal.
@Suite struct SurfaceTextTests {
    /// Two tokens a second apart, `count` times over, within ten seconds.
    private func surface(count: Int, _ penalty: Penalty = .linear) throws -> Surface {
        let reader = try Reader(ScoringParameters(ttftBudget: 0, penalty: penalty))
        var tally = SurfaceTally(readers: [reader])
        for id in 0..<count {
            let request = RequestTimes(
                id: id, scheduled: 0,
                tokens: [TokenEvent(time: 0, count: 10), TokenEvent(time: 1_000_000_000)],
                finish: 1_000_000_000)
            try tally.add(request, classIndex: 0)
        }
        let figures = try #require(
            tally.figures(over: ServingInterval(begin: 0, end: 10_000_000_000)))
        return figures.whole
    }

    @Test func theTextHasAMapATableAndASentence() throws {
        let lines = try surface(count: 100).lines()
        #expect(lines[0] == " smooth goodput by reading speed S and weight alpha")
        #expect(
            lines[1]
                == " throughput 110.0 tokens/s; a full bar keeps over 7/8 of it, a dot nothing")
        // Token 10 is due after 10 / S s, and comes after 1 s: P(S) = 10·max(0, S - 10).
        #expect(lines[7].hasPrefix("     1 " + String(repeating: "█", count: 21)))
        #expect(lines.contains { $0.hasPrefix("     S 1") && $0.hasSuffix("1000") })
        let row = try #require(lines.last { $0.hasPrefix(" 1    ") })
        #expect(
            row.split(separator: " ")
                == [
                    "1", "110", "110", "110", "110", "10.5", "-291", "-790", "-1785", "-4802",
                    "-9790",
                ])
        #expect(
            lines.suffix(2) == [
                " no reader waits below S = 10.2 tokens/s: there smooth goodput is the",
                "   throughput, whatever alpha",
            ])
    }

    @Test(arguments: [
        Penalty.linear, .power(exponent: 9), .exponential(tau: 1e-3), .step,
    ])
    func noLineIsWiderThanATerminal(penalty: Penalty) throws {
        for count in [1, 1_000] {
            for line in try surface(count: count, penalty).lines(style: .plain) {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }

    @Test func aRunInWhichNobodyWaitsSaysSo() throws {
        let reader = try Reader(.default)
        var tally = SurfaceTally(readers: [reader])
        try tally.add(
            RequestTimes(id: 0, scheduled: 0, tokens: [TokenEvent(time: 0)], finish: 1),
            classIndex: 0)
        let lines = try #require(tally.figures(over: ServingInterval(begin: 0, end: 1))).whole
            .lines()
        #expect(lines.last == " no reader waits at any S: smooth goodput is the throughput")
    }

    /// A run without tokens has a surface without a number that is none.
    @Test func noTokensKeepNothing() throws {
        let text = try surface(count: 0).lines().joined(separator: "\n")
        #expect(text.contains("throughput 0.0 tokens/s"))
        #expect(!text.contains("nan"))
    }
}

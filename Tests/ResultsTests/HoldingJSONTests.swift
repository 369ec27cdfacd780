import Goodput
import Holding
import JSON
import Testing

@testable import Results

/// The members of a target in `holding` of the summary.
@Suite("Held tokens in the summary") struct HoldingJSONTests {
    private func figures(_ streams: [[Int64]], mostEvents: Int = 1 << 20) throws -> HoldingFigures {
        let requests = streams.enumerated().map { id, times in
            RequestTimes(
                id: id, scheduled: 0, tokens: times.map { TokenEvent(time: $0) },
                finish: times.last ?? 0)
        }
        var analysis = HoldingAnalysis(
            targets: 1, over: try ServingInterval(over: requests), seed: 1,
            mostEvents: mostEvents)
        for request in requests { analysis.add(request, target: 0) }
        return analysis.figures()[0]
    }

    private static let fields = [
        "verdict", "held", "suspicions", "interval", "theta_ms", "period_ms", "held_first_s",
        "ttft_wall_ms", "grouped", "first_burst", "last_burst", "out_of_step", "independent",
        "in_step", "spike", "met", "covariation", "load_effect", "lattice", "crowd", "windows",
        "streams", "tokens",
    ]

    @Test("All figures are there, null where they are not known, in the order of the page")
    func members() throws {
        let none = try figures([]).json
        #expect(none.members?.map(\.name) == Self.fields)
        #expect(none["verdict"] == ["too-little"])
        #expect(none["held"] == .null)
        #expect(none["suspicions"] == .array([]))
        #expect(none["spike"] == .null)
        #expect(none["streams"] == 0)

        // Streams in step, each held by 200 ms at its start.
        let held = try figures(
            (0..<12).map { first in
                (first..<first + 60).map { max(Int64($0), Int64(first) + 10) * 20_000_000 }
            }
        ).json
        #expect(held["verdict"] == ["hold-first"])
        #expect(held["held"] == .bool(true))
        #expect(held["held_first_s"] == .real(0.2))
        #expect(held["theta_ms"] == .null)
        #expect(held["first_burst"] == .real(1))
        #expect(held["in_step"] == .real(1))
        #expect(held["covariation"] == .null)
        #expect(held["streams"] == 12)
        #expect(held["tokens"] == 720)
    }

    @Test("A part of a large target says so behind them")
    func part() throws {
        let json = try figures(
            (0..<1_000).map { first in
                (first..<first + 40).map { Int64($0) * 20_000_000 }
            }, mostEvents: 1
        ).json
        #expect(json.members?.map(\.name) == Self.fields + ["looked_at"])
        #expect(json["looked_at"]?["of_streams"] == 1_000)
        #expect(json["looked_at"]?["of_tokens"] == 40_000)
        #expect(json["looked_at"]?["of_stretches"] == 256)
    }
}

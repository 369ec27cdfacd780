import JSON
import Results
import Testing

@testable import Page
@testable import Sweep

/// The sentences of a sweep's page are made of its usable points.
@Suite("Findings of a sweep")
struct SweepFindingsTests {
    /// A point: load, smooth goodput of throughput, and whether it may be used.
    typealias Point = (load: Double, smooth: Double, throughput: Double, verdict: String)

    static func sweep(
        _ curves: [(name: String, points: [Point])], axis: String = "request_rate"
    ) throws -> StoredSweep {
        let json: JSONValue = [
            "format": 1, "name": "a", "version": "1", "scenario": ["goodput": ["ttft": "500 ms"]],
            "axis": .string(axis), "figure": "smooth",
            "curves": .array(
                curves.map { curve in
                    [
                        "settings": curve.name.isEmpty
                            ? [:] : ["engine.scheduler": .string(curve.name)],
                        "points": .array(curve.points.map(Self.point)),
                    ]
                }),
        ]
        return try StoredSweep(json: json, path: "sweep.json")
    }

    private static func point(_ point: Point) -> JSONValue {
        func estimate(_ value: Double) -> JSONValue { ["value": .real(value)] }
        return [
            "load": .real(point.load), "verdict": .string(point.verdict),
            "runs": [
                [
                    "folder": .string("points/\(point.load)"), "seed": 1,
                    "verdict": .string(point.verdict), "finding": "the clock of a was lost",
                ]
            ],
            "frontier": [
                "tokens_per_user": .real(100 - point.load),
                "tokens_per_gpu": .real(point.throughput),
                "smooth_per_gpu": .real(point.smooth), "answers_per_gpu": 1,
                "on_front": .bool(point.verdict == "valid"),
            ],
            "figures": [
                "smooth": estimate(point.smooth), "throughput": estimate(point.throughput),
                "kept": [
                    "value": .real(point.smooth / point.throughput),
                    "low": .real(point.smooth / point.throughput - 0.01),
                    "high": .real(point.smooth / point.throughput + 0.01),
                ], "ttft.p99": estimate(point.load * 100e6),
            ],
        ]
    }

    private func findings(
        _ curves: [(name: String, points: [Point])], axis: String = "request_rate"
    ) throws -> SweepFindings { SweepFindings(try Self.sweep(curves, axis: axis)) }

    private static let rising: [Point] = [
        (1, 100, 100, "valid"), (2, 199, 200, "valid"), (4, 350, 400, "valid"),
        (8, 250, 500, "valid"),
    ]

    @Test("The knee is the end of an unbroken series of kept shares, lower ends and all")
    func knees() throws {
        func knee(_ points: [Point]) throws -> SweepKnee {
            SweepKnee(try findings([("", points)]).curves[0])
        }
        #expect(try knee(Self.rising) == .upTo(2))
        #expect(try knee(Array(Self.rising.prefix(2))) == .all(2))
        #expect(try knee(Array(Self.rising.suffix(2))) == .none(4))
        #expect(try knee([]) == .unknown)
        // 95.5 % whose interval reaches below 95 % is not kept.
        #expect(try knee([(1, 100, 100, "valid"), (2, 191, 200, "valid")]) == .upTo(1))
        // A point that may not be used neither makes nor breaks it.
        #expect(
            try knee([
                (1, 100, 100, "valid"), (2, 10, 200, "not valid"), (4, 400, 400, "valid"),
                (8, 800, 800, "not valid"),
            ]) == .all(4))
    }

    @Test("The headline says how far readers keep their tokens")
    func headlines() throws {
        let one = try findings([("", Self.rising)]).headline
        #expect(one.hasPrefix("Readers keep 95 % of their tokens up to 2/s; smooth goodput peaks"))
        #expect(one.contains("at 4/s with 350"))
        let both = try findings([("x", Self.rising), ("y", Self.rising)]).headline
        #expect(both == "Both keep 95 % of their tokens smooth up to 2/s.")
        var better = Self.rising
        better[3].smooth = 300
        let beyond = try findings([("x", Self.rising), ("y", better)]).headline
        #expect(
            beyond.replacing("\u{A0}", with: " ")
                == "Both keep 95 % of their tokens smooth up to 2/s; at 8/s y keeps 60 %, x 50 %.")
        better[2].smooth = 400
        let apart = try findings([("x", Self.rising), ("y", better)]).headline
        #expect(apart == "y keeps 95 % of its tokens smooth up to 4/s, x up to 2/s.")
        let none = try findings([("", [(1, 0, 1, "not valid")])]).headline
        #expect(none == "No point of this sweep may be used: it shows nothing.")
        let field = try findings([("", Self.rising)], axis: "engine.chunkBudget").headline
        #expect(field.hasPrefix("Smooth goodput is best at engine.chunkBudget 4: 350"))
        // No difference is shown where every other value was compared, and none shows one.
        var sweep = try Self.sweep([("", Self.rising)], axis: "engine.chunkBudget")
        for index in [0, 1, 3] {
            #expect(SweepFindings(sweep).headline.hasPrefix("Smooth goodput is best at"))
            sweep.curves[0].points[index].toBest = StoredSweep.Differences(
                load: 4, settings: [],
                figures: [
                    .smooth: .told(
                        StoredSweep.Difference.Told(
                            difference: 1, low: -1, high: 3, isShown: false, isBySeed: false))
                ])
        }
        #expect(SweepFindings(sweep).headline.hasPrefix("No value of engine.chunkBudget shows"))
    }

    @Test("What may not be used is in no finding, and is named with its reason")
    func leftOut() throws {
        var points = Self.rising
        points[2].verdict = "not valid"
        let findings = try findings([("x", points)])
        #expect(findings.curves[0].best(.smooth)?.point.load == 8)
        #expect(findings.tableFinding == "1 of 4 points may not be used, and is in no finding.")
        #expect(findings.leftOut == ["x, 4/s is not valid: the clock of a was lost"])
        let html = String(decoding: SweepPage(findings.sweep, links: [:]).html, as: UTF8.self)
        #expect(html.contains("class=\"banner\"") && html.contains("the clock of a was lost"))
        #expect(try self.findings([("x", Self.rising)]).leftOut.isEmpty)
    }

    @Test("Sections begin with findings")
    func sections() throws {
        let findings = try findings([("x", Self.rising)])
        #expect(findings.curvesFinding.hasPrefix("Smooth goodput of x peaks at 4/s; throughput"))
        #expect(findings.curvesFinding.contains("goes on to 8/s, where readers can use 50"))
        let bounds = SweepBounds.all(findings.sweep.scenario)
        #expect(bounds == [.ttft: 500e6])
        let panel = SweepPanel.all(findings, bounds).first(where: \.isFirstToken)
        #expect(
            findings.breaksFinding(panel).replacing("\u{A0}", with: " ")
                == "First tokens at p99 stay within 500 ms up to 4/s.")
        #expect(findings.frontierFinding.hasPrefix("A GPU serves readers most at 4/s: 350"))
    }

    @Test("Differences are told where both points may be used")
    func differences() throws {
        var sweep = try Self.sweep([("x", Self.rising), ("y", Self.rising)])
        for (index, shown) in [(0, true), (1, false), (2, true)] {
            let point = sweep.curves[1].points[index]
            sweep.curves[1].points[index].toFirst = StoredSweep.Differences(
                load: point.load, settings: sweep.curves[0].settings,
                figures: [
                    .smooth: .told(
                        StoredSweep.Difference.Told(
                            difference: 12, low: shown ? 3 : -3, high: 21, isShown: shown,
                            isBySeed: true))
                ])
        }
        sweep.curves[0].points[2].verdict = .notValid
        sweep.curves[1].points[3].toFirst = StoredSweep.Differences(
            load: 8, settings: sweep.curves[0].settings,
            figures: [.smooth: .refused("not compared: overloaded")])
        let sentence = SweepFindings(sweep).differences
        #expect(
            sentence == [
                "Seed by seed, y less x: +12.0 tok/s (+3.00 to +21.0) at 1/s. No difference shown "
                    + "at 2/s. Not compared at 8/s: overloaded."
            ])
    }

    @Test("Runs are led to where the caller says, and nowhere else")
    func links() throws {
        let sweep = try Self.sweep([("", Self.rising)])
        let page = SweepPage(sweep, links: ["points/1.0": "points/1.0/report.html"])
        let html = String(decoding: page.html, as: UTF8.self)
        #expect(html.split(separator: "href=\"points/").count == 2)
        #expect(html.contains("href=\"points/1.0/report.html\""))
    }

    @Test("Names of a sweep are text", arguments: EscapingTests.hostile)
    func names(_ name: String) throws {
        let sweep = try Self.sweep([(name, Self.rising), ("y", Self.rising)], axis: name)
        let plain = try Self.sweep([("x", Self.rising), ("y", Self.rising)], axis: "x")
        let pages = [sweep, plain].map {
            String(decoding: SweepPage($0, links: [:]).html, as: UTF8.self)
        }
        for tag in ["<script", "</script", "<img", "<svg", "<!--", "\u{202E}", "\u{1B}"] {
            #expect(
                pages[0].split(separator: tag).count == pages[1].split(separator: tag).count,
                "\(tag)")
        }
    }
}

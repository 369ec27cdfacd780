import Foundation
import FoundationXML
import Results
import SampleRuns
import Sweep
import Testing

@testable import Plot

/// Drawings of sweeps are whole files, and names in them are data.
@Suite struct SweepPlotTests {
    private func result(
        _ name: String, settings: [SweepSetting] = [], peak: PeakSearch.Outcome? = nil
    ) throws -> SweepResult {
        let summary = try RunSummary(SampleRun.result)
        let points = [1.0, 2, 4].map { load in
            SweepPoint(
                load: load, settings: settings,
                runs: [SweepPoint.Run(summary, folder: "a", figures: SweepResult.listed)])
        }
        return SweepResult(
            name: name, version: "1", axis: .rate, figure: .smooth, bound: nil,
            curves: [SweepResult.Curve(settings: settings, points: points, peak: peak)])
    }

    @Test func itIsAFileOfItsOwn() throws {
        let svg = SweepPlot(
            try result(
                "a <b> & \"c\"", settings: [SweepSetting(field: "x", value: "</text><script>")],
                peak: .found(load: 2, value: 22, bracket: 1...4))
        ).svg
        // Foundation's parser refuses what is no XML.
        let parser = XMLParser(data: Data(svg.utf8))
        let names = Names()
        parser.delegate = names
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(
            Set(names.seen).isSubset(of: [
                "svg", "style", "rect", "line", "text", "polyline", "circle",
            ]))
        #expect(names.seen.count { $0 == "circle" } >= 3)
        #expect(names.seen.count { $0 == "polyline" } == 2)
        #expect(!svg.contains("http://", after: "xmlns") && !svg.contains("<script"))
        #expect(svg.contains("Smooth goodput peaks at 2/s"))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test func readingSpeedsAreDrawn() throws {
        var result = try result("a <b>", settings: [SweepSetting(field: "x", value: "<y>")])
        result.speeds = [5, 50]
        // A sweep without a surface has its frame alone.
        let svg = SpeedPlot(result).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse() && result.bests.isEmpty && !svg.contains("<polyline"))
        var overrides = ScoringOverrides()
        overrides.surface = true
        let summary = try RunSummary(SampleRun.result, overrides: overrides)
        var run = SweepPoint.Run(
            summary, folder: "a", figures: SweepResult.listed, speeds: result.speeds)
        run.verdict = .valid
        result.curves[0].points = [1.0, 2].map { load in
            SweepPoint(
                load: load, settings: result.curves[0].settings,
                runs: [run])
        }
        result.hardware = SweepHardware(gpus: 2, price: nil)
        #expect(result.bests.map(\.speed) == [5, 50])
        let drawn = SpeedPlot(result).svg
        #expect(XMLParser(data: Data(drawn.utf8)).parse())
        #expect(drawn.contains("<polyline") && !drawn.contains("nan"))
    }

    @Test func withoutPointsThereIsATitle() throws {
        var empty = try result("a")
        empty.curves = []
        let svg = SweepPlot(empty).svg
        #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("Smooth goodput by load"))
    }

    private final class Names: NSObject, XMLParserDelegate {
        var seen: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            seen.append(name)
        }
    }
}

extension String {
    /// Whether `text` stands anywhere but right behind `mark`.
    fileprivate func contains(_ text: String, after mark: String) -> Bool {
        components(separatedBy: text).dropLast().contains { !$0.hasSuffix(mark + "=\"") }
    }
}

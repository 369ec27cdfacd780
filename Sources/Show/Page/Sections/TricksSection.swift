import Console
import Gaming
import Goodput
import Holding
import PlainText
import Results

/// The gains that tricks would have had on this very timeline, and whether a server held tokens.
struct TricksSection {
    let run: PageRun
    let analyses: RunAnalyses

    var section: PageSection {
        PageSection(
            id: "tricks", finding: finding,
            reading: "What tricks would have gained on this very timeline, computed exactly; the "
                + "recorded run is untouched.",
            body: [PageTable.figures(Self.heading, rows)]
                + PageTable.sentences(
                    [analyses.gameability.headline(showsGaps: showsGaps)]
                        + analyses.gameability.dropSentences + holding))
    }

    private var showsGaps: Bool { run.summary.backing.isShown(.p99, of: .tbt) }

    private var holding: [String] {
        let isNamed = analyses.servers.count > 1
        return zip(analyses.servers, analyses.holding).flatMap { url, figures in
            figures.sentences.map { isNamed ? "\(url): \($0)" : $0 }
        }
    }

    private var finding: String {
        if analyses.holding.contains(where: { $0.isHeld == true }) {
            return "A server held tokens back: figures between tokens measure that."
        }
        let gaps = analyses.gameability.gaps
        if showsGaps, let recorded = gaps.recorded, let paced = gaps.paced,
            Double(paced) < recorded * 0.95
        {
            return "A server that held tokens back could have shown \(PageFigures.span(paced)) "
                + "between tokens instead of \(PageFigures.span(recorded)), and gained nothing "
                + "here."
        }
        return "Holding tokens back would have gained nothing here."
    }

    private static let heading = [
        "figure", "recorded", "had tokens been delayed", "had it dropped",
    ]

    private var rows: [[Markup]] {
        let gaming = analyses.gameability
        func gain(_ to: Double?, _ from: Double?) -> Markup {
            guard let to, let from else { return "-" }
            return to - from >= 0.005
                ? Markup("\(PageFigures.amount(to)) tok/s") : "nothing"
        }
        let smooth = gaming.smooth
        let goodput = gaming.goodput
        return [
            [
                "Time between tokens, p99", Markup(PageFigures.span(gaming.gaps.recorded)),
                Markup(PageFigures.span(gaming.gaps.paced)),
                Markup(PageFigures.span(gaming.gaps.afterRule)),
            ],
            [
                "Requests within all bounds", "\(gaming.classic.recorded) of \(gaming.requests)",
                "\(gaming.classic.paced) by one pace, \(gaming.classic.any) by any", "nothing",
            ],
            [
                "Goodput", Markup(PageFigures.amount(goodput.recorded)),
                gain(goodput.any, goodput.recorded),
                "frees \(PageFigures.amount(goodput.freed)) tok/s",
            ],
            [
                "Smooth goodput", Markup(PageFigures.amount(smooth.recorded)),
                gain(smooth.any, smooth.recorded), gain(smooth.afterBest, smooth.recorded),
            ],
        ]
    }
}

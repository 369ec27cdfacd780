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
            body: [PageTable.words(Self.heading, rows)]
                + PageTable.sentences(analyses.gameability.dropSentences + holding),
            csv: [Self.heading] + rows)
    }

    private static let mostServers = 4

    private var showsGaps: Bool { run.summary.backing.isShown(.p99, of: .tbt) }

    private var holding: [String] {
        guard analyses.holding.count > 1 else {
            return analyses.holding.flatMap(\.sentences)
        }
        let remarkable = analyses.remarkableServers
        let told = remarkable.prefix(Self.mostServers).flatMap { url, figures in
            figures.sentences.map { "\(url): \($0)" }
        }
        let left = remarkable.count - Self.mostServers
        let more = left > 0 ? ["\(Figures.count(left, "more server")) like these."] : []
        // The others in a sentence each for what was found and for what could not be.
        let quiet = analyses.holding.filter { $0.isHeld != true && $0.suspicions.isEmpty }
        let found = quiet.filter { $0.isHeld == false }
        let streams = found.reduce(0) { $0 + $1.streams }
        let unknown = quiet.count - found.count
        return told + more
            + (found.isEmpty
                ? []
                : [
                    "No token was seen to be held by \(Figures.count(found.count, "server")): "
                        + "\(Figures.count(streams, "stream")) were looked at."
                ])
            + (unknown == 0
                ? []
                : [
                    "Of \(Figures.count(unknown, "server")) too little came, or too irregularly, "
                        + "to tell whether tokens were held."
                ])
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
        "figure", "recorded", "had the server delayed tokens", "had it dropped requests",
    ]

    /// Figure, recorded, and what each trick would have made of it, in words.
    private var rows: [[String]] {
        let gaming = analyses.gameability
        return [
            ["Time between tokens, p99", PageFigures.span(gaming.gaps.recorded)]
                + gapWords(gaming.gaps),
            [
                "Requests within all bounds", "\(gaming.classic.recorded) of \(gaming.requests)",
                classicWords(gaming.classic),
                "A late request earns nothing, so ending it costs nothing.",
            ],
            [
                "Goodput", rate(gaming.goodput.recorded),
                gain(gaming.goodput.any, gaming.goodput.recorded) ?? "Nothing.",
                gaming.goodput.freed.map {
                    "Gains nothing by itself; frees \(rate($0)) that went to answers already late."
                } ?? "-",
            ],
            [
                "Smooth goodput", rate(gaming.smooth.recorded),
                gain(gaming.smooth.any, gaming.smooth.recorded)
                    ?? "Nothing, exactly: no delay of any token raises it.",
                gain(gaming.smooth.afterBest, gaming.smooth.recorded).map {
                    "\($0) by giving up hopeless answers at their best moment: this penalty "
                        + "rewards that."
                } ?? "Nothing, exactly.",
            ],
        ]
    }

    private func rate(_ value: Double?) -> String {
        value == nil ? "-" : "\(PageFigures.amount(value))\u{A0}tok/s"
    }

    /// `13.9 tok/s`; nil where nothing is gained.
    private func gain(_ to: Double?, _ from: Double?) -> String? {
        guard let to, let from, to - from >= 0.005 else { return nil }
        return rate(to - from)
    }

    private func gapWords(_ gaps: Gameability.Gaps) -> [String] {
        guard let recorded = gaps.recorded, let paced = gaps.paced else { return ["-", "-"] }
        let held =
            Double(paced) < recorded
            ? "Holding tokens back to one every \(PageFigures.span(paced)) would have shown "
                + "\(PageFigures.span(paced)). No reader would have had a token sooner."
            : "Nothing: no even pace shows less."
        return [held, gaps.afterRule.map { "\(PageFigures.span($0)) if late answers end." } ?? "-"]
    }

    private func classicWords(_ classic: Gameability.Classic) -> String {
        guard classic.isBounded else { return "No bound is set." }
        guard classic.any > classic.recorded else { return "Nothing." }
        let pace =
            classic.paced > classic.recorded
            ? "One pace of \(PageFigures.span(classic.theta)) would have made it \(classic.paced); "
            : ""
        return pace + "the best delays, \(classic.any)."
    }
}

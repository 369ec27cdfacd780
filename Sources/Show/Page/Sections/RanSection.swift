import Goodput
import JSON
import PlainText
import Results

/// The scenario that ran, how to look at it again, and how to cite it.
struct RanSection {
    let run: PageRun
    /// The run's folder as a user may type it.
    let folder: String

    var section: PageSection {
        let header = run.summary.header
        return PageSection(
            id: "ran", finding: "What ran, and how to score it again",
            body: [
                .tag(
                    "div", ["class": "two"],
                    [
                        .tag(
                            "div", [:],
                            [.tag("h3", [:], ["Scenario"]), code(header.scenario.indented)]),
                        .tag(
                            "div", [:],
                            [
                                .tag("h3", [:], ["Commands"]), code(commands), facts,
                                .tag("h3", [:], ["To cite"]), code(citation),
                            ]),
                    ])
            ])
    }

    private func code(_ text: String) -> Markup { .tag("pre", [:], [Markup(text)]) }

    private var commands: String {
        let path =
            folder.contains { !($0.isLetter || $0.isNumber || "/._-".contains($0)) }
            ? "'\(folder.replacing("'", with: "'\\''"))'" : folder
        return "legato score \(path) --surface\nlegato report \(path)"
    }

    private var facts: Markup {
        let header = run.summary.header
        let seconds = run.totals.interval.map { Double($0.length) / 1e9 }
        return PageTable.facts([
            ("legato", Markup(header.version)),
            ("server", Markup(header.simulated ?? servers)),
            ("models", Markup(run.summary.models.joined(separator: ", "))),
            ("run", Markup(header.runID)), ("seed", "\(header.seed)"),
            (
                "scored",
                """
                \(Figures.count(run.totals.requests, "request")), \
                \(Figures.count(run.totals.tokens, "token")), \
                \(seconds.map { PageFigures.amount($0) } ?? "0") s
                """
            ), ("verdict", Markup(header.validity.verdict.rawValue)),
        ])
    }

    private var servers: String {
        var urls: [String] = []
        for target in run.summary.header.agents.flatMap(\.targets) where !urls.contains(target.url)
        {
            urls.append(target.url)
        }
        return urls.count > 4 ? "\(urls.count) servers" : urls.joined(separator: ", ")
    }

    private var citation: String {
        let header = run.summary.header
        return """
            Legato \(header.version), run \(header.runID.prefix(12)) (scenario \(header.name), \
            seed \(header.seed)), smooth goodput \(PageFigures.exact(run.smooth)) tok/s, \
            \(header.validity.verdict.rawValue).

            @misc{smoothgoodput2024,
              title = {Revisiting Service Level Objectives and System Level Metrics in Large
                       Language Model Serving},
              eprint = {2410.14257}, archivePrefix = {arXiv}, year = {2024}
            }
            """
    }
}

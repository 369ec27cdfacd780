import Goodput
import JSON
import PlainText
import Results

/// The scenario and the command that ran, how to look at the run again, and how to cite it.
struct RanSection {
    let run: PageRun
    /// The run's folder as a user may type it.
    let folder: String
    /// The version that makes the page.
    let version: String

    /// Characters of a scenario that are shown.
    private static let mostShown = 64 << 10

    var section: PageSection {
        PageSection(
            id: "ran", finding: finding,
            body: [
                .tag(
                    "div", ["class": "two"],
                    [
                        .tag(
                            "div", [:],
                            [.tag("h3", [:], ["Scenario"]), code(scenario, "the scenario")]),
                        .tag(
                            "div", [:],
                            command + [
                                .tag("h3", [:], ["To look again"]),
                                code(commands, "the commands"), facts,
                                .tag("h3", [:], ["To cite"]), code(citation, "the citation"),
                            ]),
                    ])
            ])
    }

    private var finding: String {
        let header = run.summary.header
        let seconds = run.totals.interval.map { Double($0.length) / 1e9 }
        let what =
            "\(Figures.count(run.totals.requests, "request")) of seed \(header.seed) in "
            + "\(seconds.map { PageFigures.amount($0) } ?? "0")\u{A0}s"
        return header.command.isEmpty
            ? "\(what): this scenario and its seed plan them again."
            : "\(what): the same command plans them again."
    }

    /// Text to be copied.
    ///
    /// - Parameter name: Its name for those who cannot see it.
    private func code(_ text: String, _ name: String) -> Markup {
        .tag("div", ["class": "code"], [.tag("pre", ["data-copy": name], [Markup(text)])])
    }

    private var scenario: String {
        let text = run.summary.header.scenario.indented
        let left = text.count - Self.mostShown
        return left > 0
            ? "\(text.prefix(Self.mostShown))\n... \(left) more characters are in manifest.json"
            : text
    }

    /// The command that led the run; a sentence where files of before do not have it.
    private var command: [Markup] {
        let words = run.summary.header.command
        let shown =
            words.isEmpty
            ? Markup.tag(
                "p", ["class": "read"],
                ["Not recorded: runs of this version of legato keep the command, this one did not."]
            )
            : code(CommandWords.shell(words), "the command")
        return [.tag("h3", [:], ["Command"]), shown]
    }

    private var commands: String {
        let path = CommandWords.shell([folder])
        return "legato score \(path) --surface\nlegato report \(path)"
    }

    private var facts: Markup {
        let header = run.summary.header
        let made =
            header.version == version
            ? header.version : "\(header.version); this page is of \(version)"
        let seconds = run.totals.interval.map { Double($0.length) / 1e9 }
        let rows = [
            ("legato", made), ("server", (header.simulated ?? servers).cut(200)),
            ("models", run.summary.models.joined(separator: ", ").cut(200)),
            ("nodes", "\(header.agents.count)"), ("began", began), ("run", header.runID),
            ("seed", "\(header.seed)"),
            (
                "scored",
                "\(Figures.count(run.totals.requests, "request")), "
                    + "\(Figures.count(run.totals.tokens, "token")), "
                    + "\(seconds.map { PageFigures.amount($0) } ?? "0") s"
            ), ("verdict", header.validity.verdict.rawValue),
        ]
        return PageTable.facts(rows.filter { !$0.1.isEmpty }.map { ($0.0, Markup($0.1)) })
    }

    /// `2026-11-29 18:04 UTC`; empty where no epoch is known.
    private var began: String {
        let seconds = run.summary.header.epoch.realtime / 1_000_000_000
        guard seconds > 0 else { return "" }
        let text = Figures.instant(unixNs: seconds * 1_000_000_000)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
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
            Legato \(header.version), run \(header.runID.prefix(12)) (scenario \
            \(header.name.cut(80)), seed \(header.seed)), smooth goodput \
            \(PageFigures.exact(run.smooth)) tok/s, \
            \(header.validity.verdict.rawValue).

            @misc{smoothgoodput2024,
              title = {Revisiting Service Level Objectives and System Level Metrics in Large
                       Language Model Serving},
              eprint = {2410.14257}, archivePrefix = {arXiv}, year = {2024}
            }
            """
    }
}

import Compare
import Goodput
import PlainText
import Results
import RunRecord
import Sampling

/// The top of a comparison's page: the finding, what is better and worse, and what ran.
struct CompareHead {
    let story: CompareFindings
    let version: String

    var markup: Markup {
        .tag(
            "header", ["id": "top"],
            [facts] + banner
                + [
                    .tag(
                        "div", ["class": "head"],
                        [.tag("div", [:], left), .tag("div", [:], [systems])])
                ])
    }

    private var facts: Markup {
        var names: [String] = []
        var seeds: [String] = []
        for run in story.report.systems.flatMap(\.runs) {
            if !names.contains(run.header.name) { names.append(run.header.name) }
            let seed = String(run.header.seed)
            if !seeds.contains(seed) { seeds.append(seed) }
        }
        let isSimulated = story.systems.contains { $0.summary.header.simulated != nil }
        let facts = [
            "legato \(version) compare", names.joined(separator: ", "),
            seeds.count == 1 ? "seed \(seeds[0])" : "\(seeds.count) seeds",
            story.pairs.allSatisfy { $0 != nil } ? "same plan" : "other plans",
            isSimulated ? "simulated servers" : "",
        ].filter { !$0.isEmpty }
        return .tag(
            "p", ["class": "facts"], facts.map { .tag("span", [:], [Markup($0)]) })
    }

    /// Whatever makes less of the comparison than it looks; runs that may not be used come first.
    private var banner: [Markup] {
        let grave = story.report.warnings.filter(\.isGrave)
        guard !grave.isEmpty else { return [] }
        return [
            .tag(
                "div", ["class": "banner", "role": "alert"],
                [.tag("b", [:], ["Use none of these differences before this is gone."])]
                    + PageTable.sentences(grave.map(\.sentence)))
        ]
    }

    private var left: [Markup] {
        var left: [Markup] = [.tag("h1", [:], [Markup(story.headline)])]
        for (index, rows) in story.others {
            if story.others.count > 1 {
                left.append(
                    .tag("h3", [:], [PageMark.named(index, story.systems[index].name)]))
                left.append(.tag("p", ["class": "say"], [Markup(story.sentence(index, rows))]))
            }
            if let detail = story.detail(rows) {
                left.append(.tag("p", ["class": "say"], [Markup(detail)]))
            }
            let lists: [(String, ComparisonReport.Judgement)] = [
                ("Better", .better), ("Worse", .worse), ("Not shown", .notShown),
                ("Not compared", .notCompared),
            ]
            left.append(
                PageTable.facts(
                    lists.compactMap { name, judgement in
                        let names = CompareFindings.names(rows, judgement)
                        // An empty list of what is better or worse is a finding, too.
                        guard !names.isEmpty || judgement == .better || judgement == .worse else {
                            return nil
                        }
                        return (name, Markup(names.isEmpty ? "nothing" : names))
                    }))
        }
        let beware = beware
        if !beware.isEmpty {
            left.append(PageTable.facts([("Beware", Markup(beware.joined(separator: " ")))]))
        }
        return left
    }

    private var beware: [String] {
        var sentences = story.report.warnings.filter { !$0.isGrave }.map(\.sentence)
        let isSingle = story.report.rows.joined().contains { row in
            guard case .success(let comparison) = row.outcome else { return false }
            return comparison.remark != nil
        }
        if isSingle {
            sentences.append(
                "One run each: what differs between runs is not in these intervals. Repeat both 3 "
                    + "times.")
        }
        return sentences
    }

    private var systems: Markup {
        func row(_ name: String, _ cell: (Int, ComparePage.System) -> Markup) -> [Markup] {
            [Markup(name)] + story.systems.enumerated().map { cell($0, $1) }
        }
        func smooth(_ index: Int, _ system: ComparePage.System) -> Markup {
            Markup(PageFigures.amount(story.report.systems[index].value(of: .smooth)))
        }
        let rows: [[Markup]] = [
            row("server") { _, system in
                Markup(system.summary.header.simulated ?? Self.servers(system.summary))
            },
            row("verdict") { index, _ in Markup(Self.verdict(story.report.systems[index])) },
            row("runs") { index, _ in "\(story.report.systems[index].runs.count)" },
            row("steady") { _, system in Markup(Self.steady(system.summary)) },
            row("smooth goodput, tok/s", smooth),
            row("by itself, 95 %") { _, system in Markup(Self.interval(system.summary)) },
            row("throughput, tok/s") { index, _ in
                Markup(PageFigures.amount(story.report.systems[index].value(of: .throughput)))
            },
            row("run") { _, system in Markup(String(system.summary.header.runID.prefix(12))) },
        ]
        let heads = story.systems.enumerated().map { index, system in
            Markup([
                PageMark.named(index, system.name.cut(24)), index == 0 ? " (base)" : "",
            ])
        }
        return PageTable.words(heads, rows)
    }

    private static func servers(_ summary: RunSummary) -> String {
        let targets = summary.header.agents.flatMap(\.targets).map(\.url)
        var names: [String] = []
        for target in targets where !names.contains(target) { names.append(target) }
        return names.count > 2 ? "\(names.count) servers" : names.joined(separator: ", ")
    }

    private static func verdict(_ system: ComparedSystem) -> String {
        system.runs.map(\.header.validity.verdict).max()?.rawValue ?? "-"
    }

    private static func steady(_ summary: RunSummary) -> String {
        guard let steady = summary.analyses?.samples?.steady, let window = steady.window,
            let begin = summary.run.totals.interval?.begin
        else { return summary.analyses?.samples?.steady.verdict.word ?? "-" }
        let ends = [window.lowerBound, window.upperBound].map {
            PageFigures.clock(Double($0 - begin) / 1e9)
        }
        return "\(ends[0]) to \(ends[1])"
    }

    private static func interval(_ summary: RunSummary) -> String {
        guard let sample = summary.analyses?.samples?.run?[.smoothGoodput], let low = sample.low,
            let high = sample.high
        else { return "none" }
        return "\(PageFigures.amount(low)) to \(PageFigures.amount(high))"
    }
}

extension ComparisonWarning {
    /// Whether the comparison says nothing while it holds.
    fileprivate var isGrave: Bool {
        switch self {
        case .verdict, .readers: true
        case .overloaded, .simulated, .scenarios, .versions, .hosts: false
        }
    }
}

extension PageTable {
    /// A table of words: a column a system.
    static func words(_ heads: [Markup], _ rows: [[Markup]]) -> Markup {
        .tag(
            "div", ["class": "wide"],
            [
                .tag(
                    "table", ["class": "figures words"],
                    [
                        .tag(
                            "thead", [:],
                            [
                                .tag(
                                    "tr", [:],
                                    [.tag("th", [:], [""])]
                                        + heads.map { .tag("th", ["scope": "col"], [$0]) })
                            ]),
                        .tag(
                            "tbody", [:],
                            rows.map { cells in
                                .tag(
                                    "tr", [:],
                                    cells.enumerated().map { index, cell in
                                        index == 0
                                            ? .tag("th", ["scope": "row"], [cell])
                                            : .tag("td", [:], [cell])
                                    })
                            }),
                    ])
            ])
    }
}

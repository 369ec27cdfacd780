import Compare
import Console
import Goodput
import Loss
import PlainText
import Results
import RunRecord
import Sampling

extension CompareFindings {
    // MARK: Differences

    var differences: PageSection {
        let floor = report.rows.joined().lazy.compactMap { row -> Double? in
            guard case .success(let comparison) = row.outcome else { return nil }
            return comparison.floor
        }.first
        return PageSection(
            id: "differences", finding: differencesFinding,
            reading: "Change against \(base.name) with its 95 % interval, turned so that right is "
                + "better for the reader. Filled: shown; hollow: no difference shown. "
                + (floor.map {
                    $0 > 0 ? "Grey: within the floor of \(PageFigures.percent($0)). " : ""
                }
                    ?? "")
                + "The axis is linear within 1 % and logarithmic beyond."
                + (report.rows.joined().contains(where: \.isShareBeyond)
                    ? " Points: requests slower than \(base.name)’s percentile, less its own share."
                    : ""),
            body: [.tag("div", ["id": "plot-differences"])],
            csv: [["system", "figure", "base", "value", "difference", "low", "high", "judgement"]]
                + others.flatMap { index, rows in
                    rows.map { row in
                        var ends = ["", "", ""]
                        if case .success(let comparison) = row.outcome {
                            ends = [comparison.difference, comparison.low, comparison.high].map {
                                Figures.fixed($0, 6)
                            }
                        }
                        return [
                            systems[index].name, row.figure.name, Figures.fixed(row.base, 6),
                            Figures.fixed(row.value, 6),
                        ] + ends + [row.judgement.rawValue]
                    }
                })
    }

    private var differencesFinding: String {
        let rows = report.rows.joined().filter { $0.judgement != .notCompared }
        let shown = rows.filter { $0.judgement != .notShown }
        guard !rows.isEmpty else { return "No figure of these runs can be compared." }
        guard !shown.isEmpty else {
            return "No difference is shown in any of \(Figures.count(rows.count, "figure"))."
        }
        let start = "\(shown.count) of \(Figures.count(rows.count, "figure")) differ"
        let worse = shown.filter { $0.judgement == .worse }.map { PageFigures.words($0.figure) }
        switch worse.count {
        case 0: return "\(start), all for the better."
        case shown.count: return "\(start), all for the worse."
        case 1...3:
            return "\(start); \(worse.joined(separator: ", ")) \(worse.count == 1 ? "is" : "are") "
                + "worse."
        default: return "\(start): \(shown.count - worse.count) better, \(worse.count) worse."
        }
    }

    // MARK: Ranking

    var ranking: PageSection? {
        guard let bands else { return nil }
        return PageSection(
            id: "ranking", finding: rankingFinding(bands),
            reading: "Who leads for which reader, and by how much of \(base.name)’s throughput; "
                + "blank: nobody by 1 %. Exact at every point. Circles: the readers as scored; "
                + "point for any other, click to hold one.",
            body: [
                .tag("p", ["class": "point", "id": "point-ranking", "aria-live": "polite"]),
                .tag("div", ["class": "drawn", "id": "plot-ranking"]),
            ],
            csv: [["reading speed"] + systems.map { "\($0.name) at alpha 1" }]
                + Surface.speeds.indices.map { column in
                    [Figures.fixed(Surface.speeds[column], 4)]
                        + bands.surfaces.map {
                            Figures.fixed($0.smoothGoodput(column: column, alpha: 1), 4)
                        }
                })
    }

    /// The leaders at alpha 1 by ranges of speeds, where these are few.
    func rankingFinding(_ bands: LeadBands) -> String {
        var ranges: [(leader: Int?, first: Int)] = []
        for column in Surface.speeds.indices {
            let leader = bands.leader(column: column, alpha: 1)
            if ranges.isEmpty || ranges[ranges.count - 1].leader != leader {
                ranges.append((leader, column))
            }
        }
        func speed(_ range: Int) -> String {
            PageFigures.amount(Surface.speeds[ranges[range].first])
        }
        func words(_ range: Int) -> String {
            ranges[range].leader.map { "\(systems[$0].name) leads" } ?? "nobody leads by 1 %"
        }
        switch ranges.count {
        case 1:
            return ranges[0].leader.map {
                "\(systems[$0].name) leads for readers of every speed (α\u{A0}=\u{A0}1)."
            } ?? "Nobody leads by 1 % for any reader (α\u{A0}=\u{A0}1)."
        case 2...4:
            let parts = ranges.indices.dropFirst().map { "from \(speed($0)) on \(words($0))" }
            return "For readers below \(speed(1)) tokens/s \(words(0)); "
                + parts.joined(separator: ", ") + " (α\u{A0}=\u{A0}1)."
        default:
            let leaders = Set(ranges.compactMap(\.leader)).sorted().map { systems[$0].name }
            return "Who leads depends on the reader: \(leaders.joined(separator: " and ")) change "
                + "places \(ranges.count - 1) times from 1 to 1000 tokens/s (α\u{A0}=\u{A0}1)."
        }
    }

    /// The remark that a picture is of one run of several; empty where there is one each.
    private var ofFirst: String {
        report.systems.contains { $0.runs.count > 1 } ? " Of the first run of each." : ""
    }

    // MARK: Timelines

    var timelines: PageSection {
        let bins = systems.map { TimelineBins($0.summary) }
        return PageSection(
            id: "timelines", finding: timelinesFinding,
            reading: "Throughput outlined, smooth goodput filled, lost in red; one scale, "
                + "\(Figures.count(bins.map(\.width).max() ?? 1, "second")) a step." + ofFirst,
            body: [.tag("div", ["class": "drawn", "id": "plot-timelines"])],
            csv: [["system", "from s", "throughput", "smooth"]]
                + zip(systems, bins).flatMap { system, bins in
                    bins.all.indices.map { bin in
                        [
                            system.name, "\(bin * bins.width)", Figures.fixed(bins.all[bin], 3),
                            Figures.fixed(bins.kept[bin], 3),
                        ]
                    }
                })
    }

    private var timelinesFinding: String {
        let lost = systems.map { system -> (name: String, lost: Double) in
            let totals = system.summary.run.totals
            return (system.name, (totals.throughput ?? 0) - (totals.smoothGoodput ?? 0))
        }
        guard lost.contains(where: { $0.lost >= 0.05 }) else {
            return "Second by second: no reader lost anything to waiting."
        }
        return (ofFirst.isEmpty ? "Waiting cost " : "In the first runs waiting cost ")
            + lost.map { "\(PageFigures.amount(max(0, $0.lost)))\u{A0}tok/s with \($0.name)" }
            .joined(separator: ", ") + "."
    }

    // MARK: Requests

    /// nil where no other system had the base's plan.
    var requests: PageSection? {
        guard pairs.contains(where: { $0 != nil }) else { return nil }
        let known = pairs.enumerated().compactMap { place, pairs in
            pairs.map { (index: place + 1, pairs: $0) }
        }
        let tables = others.compactMap { slower($0, $1) }
        return PageSection(
            id: "requests", finding: requestsFinding(known),
            reading: "A dot a request; the grey edges are no wait (under 10 ms)."
                + (tables.isEmpty
                    ? "" : " Beside it: how many requests are slower than the base’s percentiles.")
                + ofFirst,
            body: [
                .tag(
                    "div", ["class": "pairs"],
                    [
                        .tag("div", ["class": "drawn", "id": "plot-requests"]),
                        .tag("div", [:], tables),
                    ])
            ],
            csv: [["system", "wait with the base ms", "wait with it ms"]]
                + known.flatMap { index, pairs in
                    Self.thinned(pairs.waits).map { wait in
                        [
                            systems[index].name, Figures.fixed(Double(wait.base) / 1e6, 3),
                            Figures.fixed(Double(wait.other) / 1e6, 3),
                        ]
                    }
                })
    }

    private func requestsFinding(_ known: [(index: Int, pairs: WaitPairs)]) -> String {
        known.map { index, pairs in
            guard pairs.never < pairs.waits.count else {
                return "The same request, twice: no reader waits with \(systems[index].name) or "
                    + "with \(base.name)."
            }
            var text =
                "The same request, twice: "
                + Figures.count(pairs.less, "reader waits", "readers wait")
                + " less with \(systems[index].name), \(pairs.more) more"
            if pairs.asLong > 0 { text += ", \(pairs.asLong) as long" }
            return text + ", \(pairs.never) never wait."
        }.joined(separator: " ")
    }

    /// Pairs that a picture has room for, evenly taken.
    static func thinned<Pair>(_ pairs: [Pair]) -> [Pair] {
        let step = max(1, (pairs.count + 2_999) / 3_000)
        return pairs.indices.filter { $0 % step == 0 }.map { pairs[$0] }
    }

    /// The shares of requests beyond the base's percentiles; nil where none is compared so.
    private func slower(_ index: Int, _ rows: [ComparisonReport.Row]) -> Markup? {
        let own = rows.filter(\.isShareBeyond)
        guard !own.isEmpty else { return nil }
        let cells = own.map { row -> [Markup] in
            let words: String =
                switch row.judgement {
                case .better: "fewer"
                case .worse: "more"
                case .notShown, .notCompared: "not shown"
                }
            guard case .success(let comparison) = row.outcome else { return [] }
            let share = comparison.base + comparison.difference
            return [
                Markup(PageFigures.words(row.figure)), Markup(PageFigures.span(row.base)),
                Markup(PageFigures.percent(comparison.base)), Markup(PageFigures.percent(share)),
                Markup(row.change ?? "-"), Markup(words),
            ]
        }
        return PageTable.figures(
            [
                "slower than \(base.name)’s", "bound", base.name, systems[index].name, "difference",
                "",
            ],
            cells)
    }

    // MARK: Latencies

    /// The latencies that are drawn, with their names.
    static let rows: [(row: LatencyRow, name: String)] = [
        (.ttft, "First token"), (.tbt, "Between tokens"), (.tpot, "Per token, mean of an answer"),
        (.e2e, "Whole answer"), (.idle, "Reader’s wait"),
    ]

    var latencies: PageSection? {
        let all = systems.map { system in Self.rows.map { system.requests.curve($0.row) } }
        guard all.contains(where: { curves in curves.contains { $0.count > 0 } }) else {
            return nil
        }
        return PageSection(
            id: "latencies", finding: latenciesFinding,
            reading: "Share at or below a time; 90, 99 and 99.9 % are equally far apart."
                + ofFirst,
            body: [.tag("div", ["class": "three", "id": "plot-latencies"])],
            csv: [["system", "latency", "ms", "share"]]
                + zip(systems, all).flatMap { system, curves in
                    zip(Self.rows, curves).flatMap { row, curve in
                        LatencySection.thinned(curve.steps, 0.02).map { step in
                            [
                                system.name, row.row.rawValue, Figures.fixed(step.value / 1e6, 4),
                                Figures.fixed(step.share, 6),
                            ]
                        }
                    }
                })
    }

    private var latenciesFinding: String {
        var most: (name: String, low: (String, Double), high: (String, Double), ratio: Double)?
        for (row, name) in Self.rows where row != .idle {
            let tails = systems.compactMap { system -> (String, Double)? in
                let totals = system.summary.run.totals
                guard system.summary.backing.isShown(.p99, of: row),
                    let value = row.figures(of: totals, lateness: nil)?[.p99], value > 0
                else { return nil }
                return (system.name, value)
            }
            guard tails.count == systems.count, let low = tails.min(by: { $0.1 < $1.1 }),
                let high = tails.max(by: { $0.1 < $1.1 })
            else { continue }
            let ratio = high.1 / low.1
            if ratio > most?.ratio ?? 0 { most = (name, low, high, ratio) }
        }
        guard let most else { return "Too few requests to tell the tails apart." }
        guard most.ratio >= 1.1 else { return "The tails lie within 10 % of each other." }
        return "The tails lie farthest apart in “\(most.name.lowercased())”: p99 is "
            + "\(PageFigures.span(most.low.1)) with \(most.low.0), "
            + "\(PageFigures.span(most.high.1)) with \(most.high.0)."
    }
}

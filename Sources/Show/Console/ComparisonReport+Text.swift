package import Compare
import Loss
import PlainText
import Results
import Sampling

extension ComparisonReport {
    /// The comparison for people, without line ends.
    ///
    /// - Parameter version: That of this program.
    package func lines(style: ConsoleStyle, version: String) -> [String] {
        var lines = [
            style.bold("legato \(version) · \(systems.count) systems, base \(base.name.harmless)"),
            "",
        ]
        for (system, rows) in zip(others, rows) {
            lines += block(system, rows, style) + [""]
        }
        if let ranking { lines += self.lines(of: ranking) + [""] }
        for warning in warnings { lines += warning.sentence.harmless.wrapped(consoleWidth) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    // MARK: A system

    private func block(
        _ system: ComparedSystem, _ rows: [Row], _ style: ConsoleStyle
    ) -> [String] {
        var table = TextTable(heading: [
            "", base.name.harmless.cut(Self.nameWidth), system.name.harmless.cut(Self.nameWidth),
            "difference", "95 % CI", "finding",
        ])
        for row in rows { table.add(cells(row)) }
        let marks = rows.contains(where: \.isShareBeyond)
        return headline(system, rows).wrapped(consoleWidth).map(style.bold) + table.lines
            + (marks ? [" *: requests beyond the base's percentile, less its own share"] : [])
            + remarks(rows)
    }

    private static let nameWidth = 16

    private func cells(_ row: Row) -> [String] {
        let name = row.figure.heading
        let values = [row.base, row.value].map(row.figure.text)
        guard case .success(let comparison) = row.outcome else {
            return [name] + values + ["-", "-", row.judgement.rawValue]
        }
        let scale = row.isShareBeyond ? 1 : comparison.base.magnitude
        guard scale > 0 else {
            return [name] + values + ["-", "-", row.judgement.rawValue]
        }
        let mark = row.isShareBeyond ? " *" : ""
        return [name] + values + [
            Self.share(comparison.difference / scale) + mark,
            Self.share(comparison.low / scale, isBare: true) + ".."
                + Self.share(comparison.high / scale),
            row.judgement.rawValue,
        ]
    }

    /// `+2.6 %`, to one digit below 10 %.
    private static func share(_ value: Double, isBare: Bool = false) -> String {
        let percent = value * 100
        let text = Figures.fixed(percent, percent.magnitude < 9.95 ? 1 : 0)
        return (text.hasPrefix("-") ? "" : "+") + text + (isBare ? "" : " %")
    }

    /// The finding: `With B readers get 2.6 % more than with A (+1.9..+3.3 %).`
    private func headline(_ system: ComparedSystem, _ rows: [Row]) -> String {
        let (own, its) = (system.name.harmless, base.name.harmless)
        guard let row = rows.first(where: { $0.figure == .smooth }) else {
            return "\(own) and \(its) have no smooth goodput to compare."
        }
        switch row.outcome {
        case .failure(let refusal):
            return "\(own) against \(its): \(refusal.sentence(of: row.figure.words))."
        case .success(let comparison):
            let interval =
                comparison.base == 0
                ? ""
                : " (\(Self.share(comparison.low / comparison.base.magnitude, isBare: true)).."
                    + "\(Self.share(comparison.high / comparison.base.magnitude)))"
            guard comparison.isShown else {
                return "\(own) against \(its): no difference shown in what readers get\(interval)."
            }
            guard comparison.base > 0, let relative = comparison.relative else {
                return "With \(own) readers get \(row.judgement == .better ? "more" : "less") than "
                    + "with \(its)\(interval)."
            }
            let percent = Figures.percent(relative.magnitude)
            return "With \(own) readers get \(percent) \(relative > 0 ? "more" : "less") than with "
                + "\(its)\(interval)."
        }
    }

    /// How the differences came about, and why some are missing.
    private func remarks(_ rows: [Row]) -> [String] {
        var way: String?
        var waiting: [String] = []
        var refusals: [String] = []
        for row in rows {
            switch row.outcome {
            case .success(let comparison): way = way ?? Self.way(comparison)
            case .failure(.runs): waiting.append(row.figure.heading)
            case .failure(let refusal):
                let sentence = refusal.sentence(of: row.figure.words)
                // A run without a steady state has one reason for all of its figures.
                if refusals.isEmpty { refusals.append(sentence) }
            }
        }
        if !waiting.isEmpty {
            let take = waiting.count == 1 ? "takes" : "take"
            refusals.append(
                "not compared: \(waiting.joined(separator: ", ")) \(take) 3 runs each (--repeat 3)")
        }
        return ((way.map { [$0] } ?? []) + refusals).flatMap { $0.wrapped(consoleWidth) }
    }

    private static func way(_ comparison: Comparison) -> String {
        let one = "; one run each: what differs between runs is not in the intervals (--repeat 3)"
        return switch comparison.pairing {
        case .paired: "paired request by request, both had the same plan" + one
        case .independent: "independent, the runs had other plans" + one
        case .seeds: "\(comparison.runs.a) runs each, paired by seed"
        case .welch: "\(comparison.runs.a) and \(comparison.runs.b) runs (Welch)"
        }
    }

    // MARK: The ranking

    /// The weights that are looked at, the greatest first.
    private static let alphas = [5, 2.5, 1, 0.5, 0.2]
    /// A mark of the map for so many speeds.
    private static let step = 5
    /// The share of a figure within which nobody leads.
    private static let floor = 0.01

    /// The leaders by reader, where they differ; else one sentence.
    private func lines(of ranking: RankingMap) -> [String] {
        let columns = Array(stride(from: 0, to: Surface.speeds.count, by: Self.step))
        let rows = Self.alphas.map { alpha in
            columns.map { leader($0, alpha, ranking) }
        }
        let leaders = Set(rows.joined().compactMap(\.self))
        guard let only = leaders.first else {
            return ["Nobody leads by over 1 % for any reader."]
        }
        guard leaders.count > 1 else {
            let name = systems[only].name.harmless
            return
                ("\(name) leads wherever somebody does by over 1 %, for readers of 1 to 1000 tok/s "
                + "and weights of waiting up to 5.").wrapped(consoleWidth)
        }
        let marks = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        func mark(_ system: Int?) -> Character {
            system.map { marks[$0 % marks.count] } ?? "·"
        }
        let names = systems.indices.map { "\(mark($0)) \(systems[$0].name.harmless)" }
        return [" Who leads for a reader of S tok/s whose waiting weighs alpha"]
            + zip(Self.alphas, rows).map { alpha, row in
                " \(Figures.short(alpha).right(5)) " + String(row.map(mark))
            }
            + ["     S " + ["1", "10", "100", "1000"].map { $0.left(100 / Self.step) }.joined()]
            + (names.joined(separator: ", ") + "; · nobody by over 1 %").wrapped(consoleWidth)
    }

    /// The system that leads by over ``floor``; nil where none does.
    private func leader(_ column: Int, _ alpha: Double, _ ranking: RankingMap) -> Int? {
        let values = ranking.surfaces.map { $0.smoothGoodput(column: column, alpha: alpha) }
        let order = values.indices.sorted { values[$0] > values[$1] }
        let (first, second) = (values[order[0]], values[order[1]])
        return first - second > Self.floor * max(first.magnitude, second.magnitude)
            ? order[0] : nil
    }
}

extension SummaryFigure {
    /// The figure at the begin of a table's row.
    fileprivate var heading: String {
        switch self {
        case .robust: "robust"
        case .classic: "classic goodput"
        case .answered: "answers"
        case .latency(let row, _):
            row.title + " " + name.split(separator: ".").dropFirst().joined(separator: ".")
        default: words
        }
    }
}

import Compare
import Goodput
import Loss
import PlainText
import Results
import RunRecord
import Sampling

/// The sentences of a comparison's page.
struct CompareFindings {
    let report: ComparisonReport
    let systems: [ComparePage.System]
    /// nil where some run has no surface.
    let bands: LeadBands?
    /// The requests of the base in each other system; nil where the two had other plans.
    let pairs: [WaitPairs?]

    init(report: ComparisonReport, systems: [ComparePage.System]) {
        self.report = report
        self.systems = systems
        bands = report.ranking.map { LeadBands(surfaces: $0.surfaces) }
        let plan = systems[0].summary.header.planText
        pairs = systems.dropFirst().map { system in
            system.summary.header.planText == plan
                ? WaitPairs(systems[0].requests, system.requests) : nil
        }
    }

    var base: ComparePage.System { systems[0] }
    /// Each other system's index with its rows.
    var others: [(index: Int, rows: [ComparisonReport.Row])] {
        report.rows.enumerated().map { ($0 + 1, $1) }
    }

    /// The page's one sentence.
    var headline: String {
        guard others.count > 1 else { return sentence(others[0].index, others[0].rows) }
        let all = others.compactMap { index, rows in
            rows.first { $0.figure == .smooth }.flatMap { row in
                row.judgement == .better ? (index, rows, row.relative ?? 0) : nil
            }
        }
        guard let best = all.max(by: { $0.2 < $1.2 }) else {
            return "No system is shown to give readers more than \(base.name)."
        }
        return sentence(best.0, best.1)
    }

    /// `With B readers get 2.6 % more than with A: 1762 smooth tokens a second against 1716.`
    func sentence(_ index: Int, _ rows: [ComparisonReport.Row]) -> String {
        let (own, its) = (systems[index].name, base.name)
        guard let row = rows.first(where: { $0.figure == .smooth }) else {
            return "\(own) and \(its) have no smooth goodput to compare."
        }
        let comparison: Comparison
        switch row.outcome {
        case .success(let told): comparison = told
        case .failure(let refusal):
            let sentence = refusal.sentence(of: row.figure.words)
                .replacing("not compared:", with: "not compared with \(its):")
            return
                "\(own) is \(sentence)."
        }
        let rates =
            "\(PageFigures.amount(comparison.base + comparison.difference)) smooth tokens a second "
            + "against \(PageFigures.amount(comparison.base))"
        guard comparison.isShown else {
            return "No difference is shown in what readers get with \(own) and with \(its): "
                + "\(rates)."
        }
        let more = comparison.difference > 0 ? "more" : "less"
        guard comparison.base > 0, let relative = comparison.relative else {
            return "With \(own) readers get \(more) than with \(its): \(rates)."
        }
        return "With \(own) readers get \(PageFigures.percent(relative.magnitude)) \(more) than "
            + "with \(its): \(rates)."
    }

    /// The interval behind the headline, and how it came about.
    func detail(_ rows: [ComparisonReport.Row]) -> String? {
        guard let row = rows.first(where: { $0.figure == .smooth }) else { return nil }
        switch row.outcome {
        case .failure: return nil
        case .success(let comparison):
            let interval = row.change.map { " \($0)" } ?? ""
            let floor =
                comparison.floor > 0
                ? ", \(comparison.isShown ? "beyond" : "against") the floor of "
                    + PageFigures.percent(comparison.floor)
                : ""
            return "The difference is \(comparison.isShown ? "shown" : "not shown"):\(interval) at "
                + "95 %\(floor). \(Self.way(comparison))"
        }
    }

    private static func way(_ comparison: Comparison) -> String {
        switch comparison.pairing {
        case .paired: "Same plan, paired request by request over the steady part."
        case .independent: "Other plans: each run by itself."
        case .seeds: "\(comparison.runs.a) runs each, paired by seed."
        case .welch: "\(comparison.runs.a) and \(comparison.runs.b) runs."
        }
    }

    /// Names of the figures with a judgement.
    static func names(
        _ rows: [ComparisonReport.Row], _ judgement: ComparisonReport.Judgement
    ) -> String {
        rows.filter { $0.judgement == judgement }.map { PageFigures.words($0.figure) }
            .joined(separator: ", ")
    }
}

extension ComparisonReport.Row {
    /// `+2.6 % (+1.5 to +3.8 %)`, in points for a share of requests; nil where nothing is told.
    var change: String? {
        guard case .success(let comparison) = outcome else { return nil }
        let scale = isShareBeyond ? 1 : comparison.base.magnitude
        guard scale > 0 else { return nil }
        let values = [comparison.difference, comparison.low, comparison.high].map {
            $0 / scale * 100
        }
        let texts = values.map(PageFigures.points)
        let unit = isShareBeyond ? "points" : "%"
        return "\(texts[0])\u{A0}\(unit) (\(texts[1]) to \(texts[2]))"
    }

    /// The difference as a share of the base, or for a percentile of one run each the share of
    /// requests beyond the base's less its own, and the ends of 95 %: turned so that more is
    /// better. nil where nothing is told.
    var turned: (value: Double, low: Double, high: Double)? {
        guard case .success(let comparison) = outcome else { return nil }
        let scale = isShareBeyond ? 1 : comparison.base.magnitude
        guard scale > 0 else { return nil }
        let sign = figure.isBetterLow ? -1.0 : 1.0
        let ends = [comparison.low, comparison.high].map { sign * $0 / scale }
        return (
            sign * comparison.difference / scale, ends.min() ?? 0, ends.max() ?? 0
        )
    }
}

extension PageFigures {
    /// A signed number of per cents or points, to one digit below 10.
    static func points(_ value: Double) -> String {
        let text = Figures.fixed(value, value.magnitude < 9.95 ? 1 : 0)
        return text.hasPrefix("-") ? "\u{2212}" + text.dropFirst() : "+" + text
    }

    /// A figure in plain words.
    static func words(_ figure: SummaryFigure) -> String {
        guard case .latency(let row, _) = figure else {
            switch figure {
            case .robust: return "robust"
            case .classic: return "classic goodput"
            case .answered: return "answers"
            default: return figure.words
            }
        }
        let name =
            HeadSection.rows.first { $0.0 == row }.map { $0.1.lowercased() } ?? row.title
        return name + " " + figure.name.split(separator: ".").dropFirst().joined(separator: ".")
    }
}

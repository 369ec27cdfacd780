import PlainText
import Results
import Sweep

/// The sentences of a sweep's page, made of its usable points alone.
struct SweepFindings {
    let sweep: StoredSweep
    let curves: [SweepCurve]

    init(_ sweep: StoredSweep) {
        self.sweep = sweep
        curves = sweep.curves.enumerated().map { SweepCurve($1, index: $0) }
    }

    /// Whether its axis is a load: a field's values have no knee.
    var isOfLoads: Bool { if case .field = sweep.axis { false } else { true } }

    func words(_ load: Double) -> String { sweep.axis.words(of: load) }

    static func percent(_ share: Double) -> String { PageFigures.percent(share) }

    /// The page's one sentence.
    var headline: String {
        guard curves.contains(where: { !$0.usable.isEmpty }) else {
            return "No point of this sweep may be used: it shows nothing."
        }
        guard isOfLoads else { return fieldHeadline }
        return curves.count == 1 ? loneHeadline(curves[0]) : severalHeadline
    }

    private var fieldHeadline: String {
        let figure = sweep.figure
        let all = curves.compactMap { curve in curve.best(figure).map { (curve, $0) } }
        guard
            let (curve, best) = all.max(by: {
                figure.goodness($0.1.value) < figure.goodness($1.1.value)
            })
        else { return "No point has \(figure.words)." }
        let others = curve.usable.filter { $0.load != best.point.load }
        let told = others.compactMap { $0.toBest?.figures[figure] }.filter(\.isTold)
        // A value that is not compared may well differ.
        if !told.isEmpty, told.count == others.count, !told.contains(where: \.isShown) {
            return "No value of \(sweep.axis.words) shows a difference in \(figure.words)."
        }
        let name = curve.name.isEmpty ? "" : " with \(curve.name)"
        return "\(figure.words.sentenceCase) is best at \(words(best.point.load))\(name): "
            + "\(PageFigures.text(figure, best.value))."
    }

    private func loneHeadline(_ curve: SweepCurve) -> String {
        let peak = curve.best(.smooth).map { best in
            "smooth goodput peaks at \(words(best.point.load)) with "
                + "\(PageFigures.amount(best.value))\u{A0}tok/s"
        }
        switch SweepKnee(curve) {
        case .upTo(let load):
            return "Readers keep 95 % of their tokens up to \(words(load))"
                + (peak.map { "; \($0)." } ?? ".")
        case .all(let load):
            return curve.usable.count == 1
                ? "Readers keep 95 % of their tokens at \(words(load)), the one load that was run."
                : "Readers keep 95 % of their tokens at every load up to \(words(load)), the "
                    + "highest that was run."
        case .none(let load):
            return "Readers keep 95 % of their tokens at no load that was run, not even at "
                + "\(words(load))."
        case .unknown: return "No usable point has a throughput."
        }
    }

    private var severalHeadline: String {
        let known = curves.map { ($0, SweepKnee($0)) }.filter { $0.1 != .unknown }
            .sorted { ($1.1.reach, $0.0.index) < ($0.1.reach, $1.0.index) }
        guard let first = known.first, let last = known.last else {
            return "No usable point has a throughput."
        }
        if first.1.reach == 0 {
            return "None keeps 95 % of its tokens smooth, not even at the least load."
        }
        if first.1.reach == last.1.reach {
            let all = known.count == 2 ? "Both" : "All \(known.count)"
            if !known.contains(where: { $0.1.load != nil }) {
                return "\(all) keep 95 % of their tokens smooth at every load up to "
                    + "\(words(first.1.reach)), the highest that was run."
            }
            return "\(all) keep 95 % of their tokens smooth up to \(words(first.1.reach))"
                + (beyond(first.1.reach).map { "; \($0)." } ?? ".")
        }
        func part(_ each: (SweepCurve, SweepKnee)) -> String {
            each.1.reach > 0
                ? "\(each.0.name) up to \(words(each.1.reach))" : "\(each.0.name) at no load"
        }
        guard known.count <= 3 else {
            return "\(first.0.name) keeps 95 % of its tokens smooth up to "
                + "\(words(first.1.reach)), the most of \(known.count); \(part(last))."
        }
        return "\(first.0.name) keeps 95 % of its tokens smooth up to \(words(first.1.reach)), "
            + known.dropFirst().map(part).joined(separator: ", ") + "."
    }

    /// The shares that are kept at the greatest load that all have, where these differ.
    private func beyond(_ load: Double) -> String? {
        let shared = curves.map { Set($0.usable.filter { $0.kept != nil }.map(\.load)) }
        let common = shared.dropFirst().reduce(shared[0]) { $0.intersection($1) }
        guard let far = common.max(), far > load else { return nil }
        let shares = curves.compactMap { curve in
            curve.points.first { $0.load == far }?.kept.map { (curve.name, $0.value) }
        }.sorted { $0.1 > $1.1 }
        guard let most = shares.first, let least = shares.last, most.1 - least.1 >= 0.01 else {
            return nil
        }
        return "at \(words(far)) \(most.0) keeps \(Self.percent(most.1)), "
            + "\(least.0) \(Self.percent(least.1))"
    }

    /// The curve as one sentence behind its name; nil without a usable point.
    func sentence(_ curve: SweepCurve) -> String? {
        guard let best = curve.best(.smooth) else { return nil }
        let interval = best.point.estimates[.smooth]?.interval.map {
            " (\(PageFigures.amount($0.lowerBound)) to \(PageFigures.amount($0.upperBound)))"
        }
        var text =
            "smooth goodput is greatest at \(words(best.point.load)): "
            + "\(PageFigures.amount(best.value))\u{A0}tok/s\(interval ?? "")"
        if let last = curve.usable.last, last.load != best.point.load, let kept = last.kept {
            text +=
                kept.value >= 0
                ? "; at \(words(last.load)) readers keep \(Self.percent(kept.value)) of what is "
                    + "delivered"
                : "; at \(words(last.load)) they wait for more than they get"
        }
        return text + "."
    }
}

extension StoredSweep.Difference {
    var isTold: Bool { if case .told = self { true } else { false } }
    var isShown: Bool { if case .told(let told) = self { told.isShown } else { false } }
}

extension String {
    /// With its first letter as at the begin of a sentence.
    var sentenceCase: String { prefix(1).uppercased() + dropFirst() }
}

extension PageFigures {
    /// A figure with its unit.
    static func text(_ figure: SummaryFigure, _ value: Double) -> String {
        switch figure {
        case .smooth, .robust, .throughput, .goodput: amount(value) + "\u{A0}tok/s"
        case .classic, .answered: amount(value) + "\u{A0}req/s"
        case .kept, .attainment, .failed: percent(value)
        case .qoe: amount(value)
        case .latency: span(value)
        }
    }
}

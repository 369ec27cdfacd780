import PlainText
import Results
import Sampling
import Sweep

extension SweepResult {
    /// The differences of the sought figure to the best point of a curve, a line a point, and what
    /// they are; nil where none was compared.
    func differencesToBest(_ curve: Curve) -> [String]? {
        guard let best = curve.points.lazy.compactMap(\.toBest).first else { return nil }
        return table(
            curve, \.toBest, name: "\(figure.name) less \(number(best.load))'s",
            base: words(of: best.load))
    }

    /// The differences of the sought figure to the first curve at the same load; nil where none was
    /// compared.
    func differencesToFirst(_ curve: Curve) -> [String]? {
        guard let first = curve.points.lazy.compactMap(\.toFirst).first else { return nil }
        let base = first.settings.map(\.value).joined(separator: ", ").harmless
        return table(
            curve, \.toFirst, name: "\(figure.name) less \(base.cut(24))'s", base: base)
    }

    private func table(
        _ curve: Curve, _ differences: KeyPath<SweepPoint, SweepDifferences?>, name: String,
        base: String
    ) -> [String] {
        var table = TextTable(heading: [axisHeading.harmless, name, "95 % CI", "share", ""])
        var refusals: [String] = []
        var pairing: Comparison?
        for point in curve.points {
            guard let outcome = point[keyPath: differences]?[figure] else { continue }
            switch outcome {
            case .success(let comparison):
                table.add([number(point.load)] + cells(comparison))
                pairing = pairing ?? comparison
            case .failure(let refusal):
                table.add([number(point.load), "-", "-", "-", "not compared"])
                let sentence = refusal.sentence(of: figure.words)
                if !refusals.contains(sentence) { refusals.append(sentence) }
            }
        }
        var remarks = refusals
        if let pairing { remarks.append(way(pairing, base)) }
        return table.lines + remarks.flatMap { $0.wrapped(consoleWidth) }
    }

    /// `-12.3 tok/s`, `-15.1..-9.5`, `-4.2 %`, and the words where no difference is shown.
    private func cells(_ comparison: Comparison) -> [String] {
        func text(_ value: Double) -> String {
            figure.text(ofDifference: value, runs: comparison.runs.a)
        }
        // A share of a share says nothing.
        let relative =
            isShareBeyond(comparison)
            ? nil
            : comparison.relative.map { ($0 < 0 ? "-" : "+") + Figures.percent($0.magnitude) }
        return [
            text(comparison.difference),
            text(comparison.low).numberAlone + ".." + text(comparison.high).numberAlone,
            relative ?? "-", comparison.isShown ? "" : "no difference shown",
        ]
    }

    /// How the differences came about.
    private func way(_ comparison: Comparison, _ base: String) -> String {
        switch comparison.pairing {
        case .paired:
            "Differences to \(base), request by request of one plan"
                + (isShareBeyond(comparison) ? ": the share of requests beyond its percentile" : "")
                + (comparison.floor > 0
                    ? "; what differs between runs is not in them: repeat 3 times." : ".")
        case .independent: "Differences to \(base), each run of a plan of its own."
        case .seeds: "Differences to \(base), mean over \(comparison.runs.a) seeds, seed by seed."
        case .welch: "Differences to \(base), means of \(comparison.runs.a) runs each."
        }
    }

    private func isShareBeyond(_ comparison: Comparison) -> Bool {
        guard comparison.pairing == .paired, case .latency = figure else { return false }
        return true
    }
}

extension String {
    /// Without a unit that stands in the column beside.
    fileprivate var numberAlone: String {
        hasSuffix(" tok/s") || hasSuffix(" req/s") ? String(dropLast(6)) : self
    }
}

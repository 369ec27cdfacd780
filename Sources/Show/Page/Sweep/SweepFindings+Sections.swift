import PlainText
import Results
import Sweep

extension SweepFindings {
    /// The finding above the curves.
    var curvesFinding: String {
        let all = curves.compactMap { curve in curve.best(.smooth).map { (curve, $0) } }
        guard let (curve, best) = all.max(by: { $0.1.value < $1.1.value }) else {
            return "No usable point has a smooth goodput."
        }
        let own = curve.name.isEmpty ? "" : " of \(curve.name)"
        let peak = words(best.point.load)
        guard isOfLoads else {
            return "Smooth goodput\(own) is greatest at \(peak)."
        }
        guard let most = curve.best(.throughput), let last = curve.usable.last else {
            return "Smooth goodput\(own) peaks at \(peak)."
        }
        if best.point.load == last.load {
            return "Smooth goodput\(own) rises up to \(peak), the highest load that may be used."
        }
        guard most.point.load > best.point.load, let kept = most.point.kept else {
            return "Smooth goodput\(own) peaks at \(peak), and so does throughput."
        }
        return "Smooth goodput\(own) peaks at \(peak); throughput goes on to "
            + "\(words(most.point.load)), where readers can use "
            + "\(Self.percent(max(0, kept.value))) of it."
    }

    /// The differences of smooth goodput to the first curve, in a sentence a curve.
    var differences: [String] {
        curves.compactMap { curve in
            let told = told(curve, \.toFirst)
            guard let base = curve.points.lazy.compactMap(\.toFirst).first, !told.isEmpty else {
                return nil
            }
            let other = SweepCurve.name(of: base.settings)
            return sentence(told, of: "\(curve.name) less \(other)") { words($0) }
        } + (isOfLoads ? [] : curves.compactMap(differencesToBest))
    }

    /// The differences of points that may be used to such points.
    private func told(
        _ curve: SweepCurve, _ differences: KeyPath<StoredSweep.Point, StoredSweep.Differences?>
    ) -> [(StoredSweep.Point, StoredSweep.Difference)] {
        curve.usable.compactMap { point in
            guard let told = point[keyPath: differences], let difference = told.figures[.smooth],
                let base = sweep.curves.first(where: { $0.settings == told.settings }),
                base.points.contains(where: { $0.load == told.load && $0.isUsable })
            else { return nil }
            return (point, difference)
        }
    }

    private func differencesToBest(_ curve: SweepCurve) -> String? {
        let told = told(curve, \.toBest)
        guard let base = curve.points.lazy.compactMap(\.toBest).first, !told.isEmpty else {
            return nil
        }
        let name = curve.name.isEmpty ? "" : "\(curve.name), "
        return sentence(told, of: "\(name)each value less \(words(base.load))") {
            SweepAxis.number($0)
        }
    }

    private func sentence(
        _ all: [(StoredSweep.Point, StoredSweep.Difference)], of what: String,
        _ place: (Double) -> String
    ) -> String {
        var shown: [String] = []
        var hidden: [String] = []
        var refusals: [(sentence: String, places: [String])] = []
        var isBySeed = false
        for (point, difference) in all {
            switch difference {
            case .refused(let sentence):
                if let known = refusals.firstIndex(where: { $0.sentence == sentence }) {
                    refusals[known].places.append(place(point.load))
                } else {
                    refusals.append((sentence, [place(point.load)]))
                }
            case .told(let told):
                isBySeed = told.isBySeed
                guard told.isShown else {
                    hidden.append(place(point.load))
                    continue
                }
                shown.append(
                    "\(PageFigures.signed(told.difference)) tok/s "
                        + "(\(PageFigures.signed(told.low)) to \(PageFigures.signed(told.high))) "
                        + "at \(place(point.load))")
            }
        }
        var parts: [String] = []
        if !shown.isEmpty {
            parts.append(
                "\(isBySeed ? "Seed by seed" : "Request by request"), \(what): "
                    + shown.joined(separator: ", ") + ".")
        }
        if !hidden.isEmpty {
            parts.append(
                "\(shown.isEmpty ? "\(what.sentenceCase): no" : "No") difference shown at "
                    + hidden.joined(separator: ", ") + ".")
        }
        parts += refusals.map { sentence, places in
            let name = shown.isEmpty && hidden.isEmpty ? "\(what), " : ""
            let reason = sentence.replacing("not compared: ", with: "")
            return "\(name)not compared at \(places.joined(separator: ", ")): \(reason)."
                .sentenceCase
        }
        return parts.joined(separator: " ")
    }

    /// The finding above the small plots: where first tokens break their bound, else how far they
    /// grow.
    ///
    /// - Parameter panel: The plot of first tokens; nil where there is none.
    func breaksFinding(_ panel: SweepPanel?) -> String {
        guard let panel else { return "No usable point has a first token." }
        let known = curves.map { curve in
            (
                curve: curve,
                points: curve.usable.compactMap { point in
                    point.estimates[panel.figure].map { (load: point.load, value: $0.value) }
                }
            )
        }.filter { !$0.points.isEmpty }
        let rank = panel.figure.name.split(separator: ".").last.map(String.init) ?? ""
        if let bound = panel.bound, !known.isEmpty {
            let edges = known.map { edge(of: $0.points, bound) }
            let parts =
                Set(edges).count == 1
                ? [edges[0]] : zip(known, edges).map { $1 + with($0.curve) }
            return "First tokens at \(rank) stay within \(PageFigures.bound(Int64(bound))) "
                + parts.joined(separator: ", ") + "."
        }
        let grown = known.filter { $0.points.count > 1 }.map { curve, points in
            (curve: curve, first: points[0], last: points[points.count - 1])
        }
        guard
            let most = grown.max(by: {
                $0.last.value / max(1, $0.first.value) < $1.last.value / max(1, $1.first.value)
            })
        else { return "One load alone does not tell where it breaks." }
        return "From \(words(most.first.load)) to \(words(most.last.load)) first tokens at \(rank) "
            + "go from \(PageFigures.span(most.first.value)) to "
            + "\(PageFigures.span(most.last.value))\(with(most.curve))."
    }

    private func with(_ curve: SweepCurve) -> String {
        curve.name.isEmpty ? "" : " with \(curve.name)"
    }

    /// The loads up to which a bound holds; the values of a field have no order of their own.
    private func edge(of points: [(load: Double, value: Double)], _ bound: Double) -> String {
        guard isOfLoads else {
            let met = points.count { $0.value <= bound }
            return "at \(met) of \(Figures.count(points.count, "value"))"
        }
        let met = points.prefix { $0.value <= bound }
        guard let last = met.last else { return "nowhere, not even at \(words(points[0].load))" }
        return (met.count == points.count ? "at every load up to " : "up to ") + words(last.load)
    }

    /// The finding above the frontier.
    var frontierFinding: String {
        let places = curves.flatMap { curve in
            curve.usable.compactMap { point in point.frontier.map { (curve, point, $0) } }
        }
        let front = places.filter { $0.2.isOnFront }
        guard let most = places.max(by: { $0.2.smoothPerGPU < $1.2.smoothPerGPU }) else {
            return "No usable point has a place on the frontier."
        }
        let at = "\(PageFigures.amount(most.2.smoothPerGPU))\u{A0}tok/s at \(words(most.1.load))"
        guard curves.count > 1 else {
            return "A GPU serves readers most at \(words(most.1.load)): "
                + "\(PageFigures.amount(most.2.smoothPerGPU))\u{A0}tok/s smooth."
        }
        let counts = curves.map { curve in
            (curve, front.count { $0.0.index == curve.index })
        }
        let leader = counts.max { ($0.1, $1.0.index) < ($1.1, $0.0.index) }
        let share = leader.map { curve, count in
            count == front.count
                ? "Every point on the frontier is \(curve.name)"
                : "\(count) of the \(front.count) points on the frontier are \(curve.name)"
        }
        return "\(share ?? "No point is on the frontier"); most smooth goodput a GPU: "
            + "\(most.0.name), \(at)."
    }

    /// The finding above the table.
    var tableFinding: String {
        let all = curves.flatMap(\.points)
        let out = all.count { !$0.isUsable }
        guard out > 0 else {
            return "\(all.count == 1 ? "The one point" : "All \(all.count) points") may be used."
        }
        return "\(out) of \(Figures.count(all.count, "point")) may not be used, and "
            + "\(out == 1 ? "is" : "are") in no finding."
    }

    /// The points that may not be used, each with its reason.
    var leftOut: [String] {
        curves.flatMap { curve in
            curve.points.filter { !$0.isUsable }.map { point in
                let name = (curve.name.isEmpty ? "" : "\(curve.name), ") + words(point.load)
                if point.isOverSaturated {
                    return "\(name): over-saturated, and ended early: its figures are of a "
                        + "shorter time."
                }
                let reason = point.runs.lazy.compactMap(\.finding).first
                return "\(name) is \(point.verdict.rawValue)\(reason.map { ": \($0)" } ?? ".")"
            }
        }
    }
}

extension PageFigures {
    /// An amount with its sign.
    static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + amount(value)
    }
}

import Goodput
import PlainText
import Results
import Sampling
package import Sweep

extension SweepResult {
    /// A table a combination of settings, with bars, and what was found: lines of at most
    /// ``consoleWidth`` columns, without line ends.
    ///
    /// - Parameter folder: Where the runs are, as the user may type it.
    package func lines(style: ConsoleStyle, folder: String) -> [String] {
        var lines = [style.bold(" legato \(version) · sweep of \(name.harmless)".cut(consoleWidth))]
        let greatest = curves.flatMap(\.points).compactMap { $0.estimate(.throughput)?.value }.max()
        for curve in curves {
            lines.append("")
            if !curve.settings.isEmpty {
                let words = curve.settings.map { "\($0.field) \($0.value)" }
                lines += words.joined(separator: ", ").harmless.wrapped(consoleWidth)
            }
            lines += table(curve, greatest ?? 0)
            for part in [
                differencesToBest(curve), differencesToFirst(curve), frontier(curve),
            ] {
                if let part { lines += [""] + part }
            }
            let sentences = findings(curve)
            if !sentences.isEmpty {
                lines += [""] + sentences.flatMap { $0.harmless.wrapped(consoleWidth) }
            }
        }
        if !bests.isEmpty { lines += [""] + speedTable }
        return lines + ["", style.dim(" \(folder.harmless)")]
    }

    // MARK: The table

    /// Columns of a bar, where there is room for them.
    private static let widestBar = 16

    private func table(_ curve: Curve, _ greatest: Double) -> [String] {
        let hasSettled = curve.points.contains { $0.estimate(.smooth)?.interval != nil }
        var table = TextTable(
            heading: [axisHeading.harmless, "smooth"]
                + (hasSettled ? ["95 % CI"] : [])
                + ["through", "goodput", "attain", "TTFT p99", "TBT p99", "load"])
        for point in curve.points {
            let smooth = point.estimate(.smooth)
            let interval = smooth?.interval.map {
                "\(Figures.short($0.lowerBound))..\(Figures.short($0.upperBound))"
            }
            let latencies = [LatencyRow.ttft, .tbt].map { row in
                Figures.span(point.estimate(.latency(row, .rank(.p99)))?.value)
            }
            table.add(
                [number(point.load), Figures.rate(smooth?.value)]
                    + (hasSettled ? [interval ?? "-"] : [])
                    + [
                        Figures.rate(point.estimate(.throughput)?.value),
                        Figures.rate(point.estimate(.goodput)?.value),
                        Figures.percent(point.estimate(.attainment)?.value),
                    ] + latencies + [Self.state(of: point)])
        }
        let rows = table.lines
        let width = min(Self.widestBar, consoleWidth - 1 - (rows.map(\.count).max() ?? 0))
        guard width >= 4 else { return rows }
        let bars =
            [" █ smooth ░ rest".cut(width + 1)]
            + curve.points.map { " " + Self.bar($0, greatest, width) }
        return zip(rows, bars).map(+)
    }

    /// `████░░` : what readers were served, within what was delivered.
    private static func bar(
        _ point: SweepPoint, _ greatest: Double, _ width: Int
    ) -> String {
        guard greatest > 0 else { return "" }
        func columns(_ figure: SummaryFigure) -> Int {
            let share = (point.estimate(figure)?.value ?? 0) / greatest
            return Int((max(0, min(1, share)) * Double(width)).rounded())
        }
        let (served, delivered) = (columns(.smooth), columns(.throughput))
        return String(repeating: "█", count: served)
            + String(repeating: "░", count: max(0, delivered - served))
    }

    private static func state(of point: SweepPoint) -> String {
        if point.isOverSaturated { return "over-saturated" }
        if !point.verdict.isUsable { return point.verdict.rawValue }
        if point.isOverloaded { return "overloaded" }
        let states = point.runs.compactMap { $0.steady?.verdict.word }
        guard states.count == point.runs.count, let first = states.first else { return "-" }
        return states.allSatisfy { $0 == first } ? first : "mixed"
    }

    // MARK: The frontier

    /// How fast a user is served against what a GPU serves, a line a point; nil without GPUs.
    private func frontier(_ curve: Curve) -> [String]? {
        guard let gpus = gpus(of: curve) else { return nil }
        let isPriced = hardware?.price != nil
        var table = TextTable(
            heading: [axisHeading.harmless, "tok/s/user", "tok/s/GPU", "smooth/GPU", "req/s/GPU"]
                + (isPriced ? ["$/M tokens", "$/M smooth"] : [])
                + ["front of \(number(gpus)) GPU\(gpus == 1 ? "" : "s")"])
        for point in curve.points {
            guard let place = frontier(point, of: curve) else { continue }
            func short(_ value: Double?) -> String { value.map { Figures.short($0) } ?? "-" }
            table.add(
                [
                    number(point.load), short(place.tokensPerUser), short(place.tokensPerGPU),
                    short(place.smoothPerGPU), short(place.answersPerGPU),
                ]
                    + (isPriced
                        ? [short(place.dollarsPerMillion), short(place.dollarsPerMillionSmooth)]
                        : [])
                    + [place.isOnFront ? "on it" : ""])
        }
        return table.lines
    }

    // MARK: Findings

    private func findings(_ curve: Curve) -> [String] {
        [
            curve.peak.map { peak($0, curve) }, curve.boundary.map { boundary($0, curve) },
            curve.boundary == nil ? met(curve) : nil, saturated(curve), overSaturated(curve),
            leftOut(curve), partial(curve),
        ].compactMap(\.self)
    }

    /// The loads that meet the bound, where none was sought; nil without one.
    private func met(_ curve: Curve) -> String? {
        guard let bound else { return nil }
        func loads(_ isMet: Bool?) -> String {
            let found = curve.points.filter { $0.reading(figure, bound).isMet == isMet }
            return found.isEmpty
                ? "no load" : found.map { words(of: $0.load) }.joined(separator: ", ")
        }
        return "`\(bound.text)` holds at: \(loads(true)); not at: \(loads(false)); unknown at: "
            + "\(loads(nil))."
    }

    /// The loads that were ended early; nil where none was.
    private func overSaturated(_ curve: Curve) -> String? {
        let loads = curve.points.filter(\.isOverSaturated).map { words(of: $0.load) }
        guard !loads.isEmpty else { return nil }
        return "Over-saturated and ended early: \(loads.joined(separator: ", ")). Their figures "
            + "are of a shorter time, and those of a whole run would be worse (--whole-points)."
    }

    /// The remark that every load is more than is served; nil unless it is, and for fields.
    private func saturated(_ curve: Curve) -> String? {
        if case .field = axis { return nil }
        guard curve.points.count > 1, let least = curve.points.first,
            curve.points.allSatisfy(\.isOverloaded)
        else { return nil }
        return "Every load is overloaded, \(words(of: least.load)) too: what is found among them "
            + "is of runs of this length alone; lower the range."
    }

    /// The points and the runs that are not valid, with the first one's reason; nil where all are.
    private func leftOut(_ curve: Curve) -> String? {
        let points = curve.points.filter { !$0.isOverSaturated && $0.verdict == .notValid }
        guard !points.isEmpty else { return nil }
        let names = points.map { point in
            let count = point.runs.count { !$0.isCounted }
            return words(of: point.load)
                + (count < point.runs.count ? " (\(count) of \(point.runs.count) runs)" : "")
        }
        let reason = points.lazy.flatMap(\.runs).filter { !$0.isCounted }.compactMap(\.reason)
            .first
        return "Left out, not valid: \(names.joined(separator: ", "))"
            + (reason.map { ": \($0)" } ?? "")
    }

    /// Why points may be used in part alone, the first reason of the first one; nil where none is.
    private func partial(_ curve: Curve) -> String? {
        for point in curve.points {
            guard !point.isOverSaturated, point.verdict == .partial,
                let reason = point.runs.compactMap(\.reason).first
            else { continue }
            return "\(words(of: point.load)) is partial: \(reason)"
        }
        return nil
    }

    private func peak(_ outcome: PeakSearch.Outcome, _ curve: Curve) -> String {
        let name = figure.words
        let best = figure.isBetterLow ? "least" : "peak"
        switch outcome {
        case .found(let load, let value, let bracket):
            let most = figure.isBetterLow ? "least" : "greatest"
            return "\(name) is \(most) at \(words(of: load)), "
                + "\(figure.text(figure.goodness(value))): its \(best) lies from "
                + "\(words(of: bracket.lowerBound)) to \(words(of: bracket.upperBound))"
                + caveats(load, curve) + "."
        case .flat(let load, let value):
            return "no value of \(axisWords) in the range shows a difference: \(name) is "
                + "\(figure.text(figure.goodness(value))) at \(words(of: load))"
                + caveats(load, curve) + "."
        case .belowRange:
            return
                "The \(best) of \(name) was not found: the low end of the range has it; lower the "
                + "range."
        case .aboveRange:
            return "The \(best) of \(name) was not found: the high end of the range has it; raise "
                + "the range."
        case .unknown:
            return "The \(best) of \(name) was not found: no point has that figure"
                + (figure.needed.map { ", which takes about \($0) requests" } ?? "") + "."
        }
    }

    /// Reasons why another sweep may find another peak.
    private func caveats(_ load: Double, _ curve: Curve) -> String {
        guard let point = curve.points.first(where: { $0.load == load }) else { return "" }
        var words: [String] = []
        // Paired differences speak of other plans, too.
        let isPaired = curve.points.contains { rival in
            if case .success? = rival.toBest?[figure] { true } else { false }
        }
        if point.runs.count < 3, !isPaired {
            words.append("for this plan alone: repeat it 3 times")
        }
        if point.isOverloaded {
            words.append("and for runs of this length: it is overloaded there")
        }
        return words.isEmpty ? "" : ", " + words.joined(separator: ", ")
    }

    private func boundary(_ outcome: BoundarySearch.Outcome, _ curve: Curve) -> String {
        let text = bound?.text ?? ""
        switch outcome {
        case .found(let load, let above):
            let again = curve.points.first {
                $0.load > above && $0.reading(figure, bound).isMet == true
            }
            return "`\(text)` holds up to \(words(of: load)), and not at \(words(of: above))"
                + (again.map { ", though at \(words(of: $0.load)) again" } ?? "") + "."
        case .aboveOnly(let load):
            let low = curve.points.first.map { words(of: $0.load) } ?? "the lowest load"
            return "`\(text)` holds at high loads alone: not at \(low), and at "
                + "\(words(of: load)). The greatest load is sought up to which a bound holds; "
                + "begin the range where it does, or write a bound that low loads meet."
        case .belowRange:
            return "`\(text)` was met nowhere: not even the lowest load meets it; lower the range."
        case .aboveRange:
            return "The greatest load that meets `\(text)` was not found: the whole range does; "
                + "raise it."
        case .unknown(let load):
            let point = curve.points.first { $0.load == load }
            let reasons = bound.map { point?.unknown(of: $0) ?? [] } ?? []
            let missing = reasons.map { figure, needed in
                figure.name + (needed.map { " takes about \($0) requests" } ?? " has no value")
            }
            return "Whether `\(text)` holds at \(words(of: load)) is not known: "
                + missing.joined(separator: ", ") + "; give each point more requests."
        }
    }
}

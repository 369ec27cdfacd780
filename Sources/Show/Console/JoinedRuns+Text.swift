import PlainText
import Results
package import Sampling

extension JoinedRuns {
    /// The figures of repeated runs: lines of at most ``consoleWidth`` columns, without line ends.
    ///
    /// - Parameters:
    ///   - folder: Where the runs are, as the user may type it.
    ///   - isOfOnePlan: Whether all runs had the same plan.
    ///   - isBounded: Whether there are classic bounds to meet; without any, every answered request
    ///     counts.
    ///   - aim: The rule that might have ended the repeats; nil for none.
    package func lines(
        style: ConsoleStyle, folder: String, isOfOnePlan: Bool, isBounded: Bool,
        aim: RepeatUntil? = nil
    ) -> [String] {
        var title = " " + Figures.count(runs, "run") + " joined"
        if let stopped {
            title += ", stopped when half the interval was \(Figures.share(stopped.share)) or less"
        }
        var table = TextTable(heading: ["", "mean", "95 % CI", "between runs", "beyond sampling"])
        for each in figures {
            guard let row = Row(name: each.name, isBounded: isBounded) else { continue }
            let figure = each.figure
            let ends = figure.low.flatMap { low in
                figure.high.map { "\(row.words(low))..\(row.words($0))" }
            }
            table.add([
                row.title, row.words(figure.value), ends ?? "-",
                figure.deviation.map(row.words) ?? "-",
                figure.beyondSampling.map(row.words) ?? "-",
            ])
        }
        var lines = [style.bold(title)]
        if runs > 0 { lines += table.lines }
        let sentences = remarks(isOfOnePlan: isOfOnePlan, aim)
        if !sentences.isEmpty { lines += [""] + sentences.flatMap { $0.wrapped(consoleWidth) } }
        return lines + ["", style.dim(" \(folder.harmless)")]
    }

    private func remarks(isOfOnePlan: Bool, _ aim: RepeatUntil?) -> [String] {
        var sentences: [String] = []
        if let aim, stopped == nil,
            let smooth = figures.first(where: { $0.name == RateFigure.smoothGoodput.name }),
            let half = smooth.figure.relativeHalf
        {
            sentences.append(
                "Half the interval of smooth goodput is \(Figures.share(half)), and "
                    + "\(Figures.share(aim.share)) was wanted (--until): longer runs, or more of "
                    + "them (--repeat).")
        }
        if runs < 3 {
            sentences.append("No interval: 3 runs that count are the least.")
        } else if isOfOnePlan {
            sentences.append(
                "All runs had one plan: the intervals are of this plan alone, and not of the "
                    + "scenario.")
        }
        sentences += leftOut.map { left in
            "\(left.run) is left out, \(left.reason.rawValue)"
                + (left.sentence.map { ": " + $0.harmless } ?? ".")
        }
        return sentences
    }

    /// A figure that the table shows.
    private struct Row {
        var title: String
        var words: (Double) -> String

        /// - Returns: nil for a figure that stands in the file alone.
        init?(name: String, isBounded: Bool) {
            func rate(_ unit: String) -> (Double) -> String {
                { Figures.rate($0) + " " + unit }
            }
            switch name {
            case RateFigure.smoothGoodput.name: self.init("smooth goodput", rate("tok/s"))
            case RateFigure.robust.name: self.init("robust", rate("tok/s"))
            case RateFigure.throughput.name: self.init("throughput", rate("tok/s"))
            case RateFigure.goodput.name: self.init("goodput", rate("tok/s"))
            case RateFigure.classicRequestGoodput.name:
                self.init(isBounded ? "classic" : "answered", rate("req/s"))
            case ShareFigure.sloAttainment.name: self.init("attainment") { Figures.percent($0) }
            default:
                let parts = name.split(separator: "_")
                guard parts.count == 2, ["p50", "p99"].contains(parts[1]) else { return nil }
                let title = parts[0] == "idle" ? "idle" : parts[0].uppercased()
                self.init("\(title) \(parts[1])") { Figures.span($0) }
            }
        }

        private init(_ title: String, _ words: @escaping (Double) -> String) {
            self.title = title
            self.words = words
        }
    }
}

import ClockSync
import PlainText
package import Results
import TimeBase
import Timeline

extension ClockReport {
    /// The figures as lines of at most ``consoleWidth`` columns, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        // All that is wrong with what was read has a reason.
        let verdict: Verdict = isValid ? .valid : reasons.isEmpty ? .partial : .notValid
        let shown = isValid ? style.green(verdict.rawValue) : style.red(verdict.rawValue)
        let span = Figures.span(window.lowerBound.ns.distanceClamped(to: window.upperBound.ns))
        let skew = record.skewPPM.map { "\(Figures.fixed($0, 3)) ppm" } ?? "-"
        var lines = [
            style.bold(" \(path.harmless)".cut(consoleWidth)),
            " \(Figures.count(record.exchanges, "exchange")) in "
                + "\(Figures.count(trains, "train")) over \(span)   min RTT "
                + "\(Figures.span(record.minRTT))   skew \(skew)   \(shown)",
            "",
        ]
        lines += widths
        lines += breaks
        if let errors { lines += [""] + Self.lines(errors) }
        let sentences =
            reasons.map { "\($0)." }
            + (damage.map { ["The journal \($0.clause): the probes beyond it are lost."] } ?? [])
        if !sentences.isEmpty { lines.append("") }
        lines += sentences.flatMap { $0.harmless.wrapped(consoleWidth) }
        return lines
    }

    private var widths: [String] {
        var table = TextTable(heading: ["half-width", "median", "max"])
        for (name, width) in [
            ("hard, guaranteed", record.hard),
            ("budget, if paths are nearly symmetric", record.budget),
            ("est, advisory", record.est),
        ] {
            table.add([name, Figures.span(width?.median), Figures.span(width?.maximum)])
        }
        return table.lines
    }

    /// Breaks and suspected ones, in seconds of the agent since the first probe.
    private var breaks: [String] {
        guard !record.events.isEmpty || !record.suspected.isEmpty else {
            return ["", " no event, nothing suspected"]
        }
        var table = TextTable(heading: ["event", "from", "to", "at", "size"])
        for event in record.events {
            table.add([
                event.kind.rawValue, seconds(event.fromAgentNs), seconds(event.toAgentNs),
                seconds(event.atAgentNs), "",
            ])
        }
        for each in record.suspected {
            table.add([
                "suspected", seconds(each.from), seconds(each.to), "",
                "\(Figures.fixed(each.sigmas, 1)) sigma",
            ])
        }
        return [""] + table.lines
    }

    private func seconds(_ ns: Int64) -> String {
        let (span, overflow) = ns.subtractingReportingOverflow(window.lowerBound.ns)
        return overflow ? "-" : "\(Figures.fixed(Double(span) / 1e9, 3)) s"
    }

    private static func lines(_ errors: ClockErrors) -> [String] {
        var table = TextTable(heading: ["against the truth", "p50", "p99", "max"])
        table.add(
            ["|est - truth|"] + [errors.p50, errors.p99, errors.maximum].map { Figures.span($0) })
        let zones =
            errors.inZones == 0
            ? ""
            : "; \(errors.inZones) lie where a clock broke, and count in these shares alone"
        return table.lines
            + (" of \(errors.count) instants the hard interval holds "
            + "\(Figures.percent(errors.hardCoverage)), the budget's "
            + "\(Figures.percent(errors.budgetCoverage))\(zones)").wrapped(consoleWidth)
    }
}

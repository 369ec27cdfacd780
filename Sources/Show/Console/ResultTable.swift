package import Goodput
import Loss
import PlainText
package import Results
import RunRecord
import Sampling
import Timeline
import TokenLog

/// The table at the end of a run: lines of at most ``consoleWidth`` columns.
package struct ResultTable: Sendable {
    private let summary: RunSummary
    private let style: ConsoleStyle
    private let directory: String?
    private let rows: [LatencyRow]
    private let isVerbose: Bool

    /// - Parameters:
    ///   - directory: The run's folder as the user may type it; nil where there is none.
    ///   - rows: Which latencies it shows.
    ///   - isVerbose: Whether clocks and clients are shown in all detail.
    package init(
        _ summary: RunSummary, style: ConsoleStyle, directory: String? = nil,
        rows: [LatencyRow] = LatencyRow.allCases, isVerbose: Bool = false
    ) {
        self.rows = rows
        self.isVerbose = isVerbose
        self.summary = summary
        self.style = style
        self.directory = directory
    }

    /// All lines, without line ends.
    package var lines: [String] {
        var lines = RunHead(summary).lines
        lines[0] = style.bold(lines[0])
        lines += headline + [""]
        let holding = summary.holdingSentences.flatMap { $0.wrapped(consoleWidth) }
        if !holding.isEmpty { lines += holding.map(style.red) + [""] }
        lines += Self.latencies(
            summary.run.totals, lateness: summary.run.lateness, summary.percentiles, rows: rows,
            moved: summary.movedFigures, samples: summary.analyses?.samples)
        if rows.contains(.tbt) { lines += summary.ruleLines(isVerbose: isVerbose) }
        lines +=
            summary.analyses?.lossLines(
                over: summary.run.totals.interval, agents: summary.header.agents.map(\.name),
                readers: summary.classParameters.map(\.parameters)) ?? []
        lines += [""] + agentRows
        let clocks = clockRows
        if !clocks.isEmpty { lines += [""] + clocks }
        let audits = auditRows
        if !audits.isEmpty { lines += [""] + audits }
        if summary.classes.count > 1 { lines += [""] + classRows }
        let sentences =
            summary.wholeAnswerSentences + summary.analysisSentences(isVerbose: isVerbose)
            + summary.warnings
        if !sentences.isEmpty {
            lines.append("")
            lines += sentences.flatMap { $0.harmless.wrapped(consoleWidth) }
        }
        lines += summary.analyses?.surfaceLines(style: style) ?? []
        if let directory { lines += ["", style.dim(" \(directory.harmless)")] }
        return lines
    }

    private var headline: [String] {
        let totals = summary.run.totals
        let verdict = summary.header.validity.verdict
        var smooth = Self.rate(
            "smooth goodput", totals.smoothGoodput, summary.clock?.smoothGoodput)
        if let sample = summary.analyses?.samples?.run?[.smoothGoodput],
            let interval = SamplingText.interval(sample)
        {
            smooth += "   " + interval
        }
        let gap = String(repeating: " ", count: max(2, 91 - smooth.count))
        let lines = [
            smooth + gap
                + (verdict.isUsable
                    ? style.green(verdict.rawValue) : style.red(verdict.rawValue)),
            Self.rate("goodput", totals.goodput, summary.clock?.goodput)
                + "   attainment \(Figures.percent(totals.sloAttainment))",
            " robust".left(17) + Figures.rate(summary.robust.smoothGoodput).right(10)
                + "        throughput \(Figures.rate(totals.throughput))",
            Self.classic(totals, summary.classParameters.map(\.parameters.objectives)),
        ]
        return lines
            + (summary.analyses?.steadyLines(
                over: totals.interval, stages: summary.header.load?.stages.map(\.beginNs) ?? [])
                ?? [])
    }

    /// The requests that meet the classic bounds; where there are none, those that were answered.
    static func classic(_ totals: RunTotals, _ bounds: [Objectives]) -> String {
        let rate = Figures.rate(totals.classicRequestGoodput).right(10) + " req/s"
        let share = Figures.percent(totals.classicAttainment)
        let experience = "   QoE \(totals.qoe.map { Figures.fixed($0, 3) } ?? "-")"
        guard bounds.contains(where: { $0 != Objectives() }) else {
            return " answered".left(17) + rate + "  \(share) of all requests" + experience
        }
        let words = bounds.allSatisfy { $0 == bounds[0] } ? bounds[0].words : "its class's bounds"
        return " classic".left(17) + rate + "  \(share) within \(words)" + experience
    }

    /// ` goodput   1127.9 tok/s  [1127.8, 1128.0] clock`.
    private static func rate(
        _ name: String, _ value: Double?, _ ends: ClockInterval.Ends?
    ) -> String {
        let title = " \(name)".left(17)
        // In virtual time the figure is all that the clocks leave open.
        guard let value, let ends, ends.low < ends.high else {
            return title + Figures.rate(value).right(10) + " tok/s"
        }
        let figure = Figures.interval(value, ends.low, ends.high)
        return title + figure.value.right(10) + " tok/s  \(figure.interval) clock"
    }

    /// TTFT, TBT, TPOT, idle and the rest, a row each, with a dash for a percentile that too few
    /// requests stand behind, and behind it which percentiles do not hold.
    static func latencies(
        _ totals: RunTotals, lateness: Percentiles?, _ percentiles: PercentileRanks,
        rows: [LatencyRow] = LatencyRow.allCases, moved: [MovedFigure] = [],
        samples: RunSamples? = nil
    ) -> [String] {
        let backing = PercentileBacking(totals, lateness: lateness, samples)
        var table = TextTable(heading: [""] + percentiles.ranks.map(\.title) + ["max"])
        var marks = [""]
        var hidden: Set<PercentileRank> = []
        for row in rows {
            guard let figures = row.figures(of: totals, lateness: lateness) else { continue }
            let shown = percentiles.ranks.filter { backing.isShown($0, of: row) }
            hidden.formUnion(Set(percentiles.ranks).subtracting(shown))
            let values = percentiles.ranks.map { shown.contains($0) ? figures[$0] : nil }
            table.add([row.title] + (values + [figures.max]).map(Figures.span))
            let own = moved.first { $0.row == row }
            marks.append(own.map { "   \($0.words) not valid" } ?? "")
        }
        let needs = hidden.sorted().map { "\($0.title) \(PercentileSample.needed($0))" }
        return zip(table.lines, marks).map(+)
            + (needs.isEmpty
                ? []
                : ("-: too few requests; about so many are needed: "
                    + needs.joined(separator: ", ")).wrapped(consoleWidth))
    }

    /// Latencies that the rows of agents and classes show.
    private static let partRows: [LatencyRow] = [.ttft, .idle, .lateness]

    /// The greatest percentile of them that enough requests of every part stand behind.
    private static func rank(of parts: [PartSummary]) -> PercentileRank {
        let ranks: [PercentileRank] = [.p99, .p90]
        return ranks.first { rank in
            parts.allSatisfy { part in
                partRows.allSatisfy {
                    $0.figures(of: part.totals, lateness: part.lateness) == nil
                        || part.backing.isShown(rank, of: $0)
                }
            }
        } ?? .p50
    }

    private static func partTitles(_ rank: PercentileRank) -> [String] {
        ["TTFT", "idle", "late"].map { "\($0) \(rank.title)" }
    }

    private var agentRows: [String] {
        let rank = Self.rank(of: summary.agents)
        var table = TextTable(
            heading: ["agent", "requests", "failed", "tok/s", "smooth"] + Self.partTitles(rank)
                + ["stamps", "start error"])
        for (part, agent) in zip(summary.agents, summary.header.agents) {
            table.add(Self.cells(part, rank) + [Self.stamps(part), Figures.span(agent.startError)])
        }
        return table.lines
    }

    /// How well each agent's clock is known; none where no fit is.
    private var clockRows: [String] {
        let further = isVerbose ? ["budget +-", "est +-"] : []
        var table = TextTable(
            heading: ["clock", "probes", "min RTT", "skew ppm", "clock +-", "max"] + further
                + ["events"])
        let known = summary.header.agents.compactMap { agent in
            agent.clock.map { (agent.name, $0) }
        }
        for (name, clock) in known {
            let further = [clock.budget, clock.est].map { Figures.span($0?.maximum) }
            table.add(
                [
                    name.harmless, String(clock.exchanges), Figures.span(clock.minRTT),
                    clock.skewPPM.map { Figures.fixed($0, 2) } ?? "-",
                    Figures.span(clock.hard?.median), Figures.span(clock.hard?.maximum),
                ] + (isVerbose ? further : []) + [clock.breaks])
        }
        return known.isEmpty ? [] : table.lines
    }

    /// How the clients themselves did; none where no agent said.
    private var auditRows: [String] {
        let further = isVerbose ? ["queue p99", "joined", "odd"] : []
        // With all columns there is no room for the longer word.
        let delay = isVerbose ? "delay p50" : "read delay p50"
        var table = TextTable(
            heading: ["client", "busy", "busiest s", "cores", delay, "p99"] + further
                + ["time-outs", "priority"])
        let audited = summary.header.agents.compactMap { agent in
            agent.audit.map { (agent.name, $0) }
        }
        for (name, audit) in audited {
            let further = [
                audit.readWaiting.upperBound(ofRank: 0.99).map(Self.bytes) ?? "-",
                audit.joinedShare.map { Figures.percent($0) } ?? "-",
                String(audit.outOfOrder &+ audit.unstamped),
            ]
            table.add(
                [
                    name.harmless, Self.share(audit.busyPermille, of: audit),
                    Self.share(audit.busiestPermille, of: audit),
                    audit.coresBusy.map { Figures.fixed($0, 2) } ?? "-",
                    Figures.span(audit.readDelay.upperBound(ofRank: 0.5)),
                    Figures.span(audit.readDelay.upperBound(ofRank: 0.99)),
                ] + (isVerbose ? further : [])
                    + [String(audit.timeouts), PriorityRemarks.cell(audit.priority)])
        }
        return audited.isEmpty ? [] : table.lines
    }

    /// A share of a loop's time; a dash for a loop that had nothing to send.
    private static func share(_ permille: UInt16, of audit: ClientAudit) -> String {
        audit.sends == 0 ? "-" : Figures.percent(Double(permille) / 1_000)
    }

    /// `512 B`, `63 KiB`.
    private static func bytes(_ count: Int64) -> String {
        count < 10_240 ? "\(count) B" : "\(count >> 10) KiB"
    }

    private var classRows: [String] {
        let rank = Self.rank(of: summary.classes)
        var table = TextTable(
            heading: ["class", "requests", "failed", "tok/s", "smooth"] + Self.partTitles(rank)
                + ["reader"])
        for (part, each) in zip(summary.classes, summary.classParameters) {
            table.add(Self.cells(part, rank) + [each.parameters.shortName])
        }
        return table.lines
    }

    private static func cells(_ part: PartSummary, _ rank: PercentileRank) -> [String] {
        [
            part.name.harmless, String(part.totals.requests), String(part.totals.outcomes.failed),
            Figures.rate(part.totals.throughput), Figures.rate(part.totals.smoothGoodput),
        ] + partRows.map { Figures.span(part.backing.shown(rank, of: $0)) }
    }

    private static func stamps(_ part: PartSummary) -> String {
        let all = part.stamps.values.reduce(0, +)
        guard all > 0 else { return "-" }
        let kernel = (part.stamps[.kernel] ?? 0) + (part.stamps[.kernelJoined] ?? 0)
        switch kernel {
        case all: return "kernel"
        case 0: return "loop"
        default: return "mixed"
        }
    }
}

extension PartSummary {
    fileprivate var backing: PercentileBacking { PercentileBacking(totals, lateness: lateness) }
}

extension Objectives {
    /// `TTFT 500 ms, TPOT 50.0 ms`.
    fileprivate var words: String {
        [("TTFT", ttft), ("TPOT", tpot), ("TBT", tbt), ("E2E", e2e)].compactMap { name, bound in
            bound.map { "\(name) \(Figures.span($0))" }
        }.joined(separator: ", ")
    }
}

extension RunSummary {
    /// Percentiles that the client may have moved.
    var movedFigures: [MovedFigure] {
        header.findings.compactMap { finding in
            if case .movedFigure(let figure) = finding { figure } else { nil }
        }
    }
}

extension ScoringParameters {
    /// The parameters in a few words: a preset's name, or penalty and speed, or that the answer is
    /// taken whole.
    package var shortName: String {
        var plain = self
        plain.objectives = Objectives()
        if let preset = Preset.allCases.first(where: { $0.parameters == plain }) {
            return preset.rawValue
        }
        let kind = reads == .all ? penalty.kind : "answer, \(penalty.kind)"
        guard !takesAllAtOnce else { return "\(kind), whole" }
        return "\(kind) S=\(Figures.short(readingSpeed).trimmedZeros)"
    }
}

extension String {
    /// `5.00` as `5`.
    fileprivate var trimmedZeros: String {
        guard contains(".") else { return self }
        var text = self[...]
        while text.last == "0" { text = text.dropLast() }
        if text.last == "." { text = text.dropLast() }
        return String(text)
    }
}

import Goodput
import PlainText
package import Results
import TokenLog

extension RunSummary {
    /// The warnings to a reader of the figures, a sentence each, with a remedy.
    package var warnings: [String] { verdictWarnings + remarks }

    /// The warnings that the verdict rests on.
    package var verdictWarnings: [String] { journalWarnings + validityWarnings }

    /// The warnings beside the verdict.
    package var remarks: [String] {
        (cap.map { [$0.sentence] } ?? []) + header.notes + errorSentences + figureWarnings
            + answerRemarks
    }

    private var journalWarnings: [String] { journalDamage.map { [$0.sentence] } ?? [] }

    private var validityWarnings: [String] {
        var sentences: [String] = []
        let intervals = header.validity.intervals
        sentences += header.findings.sorted { $0.weight > $1.weight }.map(\.sentence)
        for interval in intervals.prefix(4) {
            sentences.append(
                "\(interval.node) is not valid from \(Figures.span(interval.from)) to "
                    + "\(Figures.span(interval.to)): \(interval.reason).")
        }
        if intervals.count > 4 {
            sentences.append("\(intervals.count - 4) more such stretches are in manifest.json.")
        }
        if !header.complete, header.load == nil {
            sentences.append(
                "Not every planned request has a record: figures cover what was recorded; see "
                    + "`gaps` in manifest.json.")
        }
        for gap in header.gaps.prefix(4) {
            sentences.append(
                "\(gap.agent) was lost, its last records are from \(Figures.span(gap.from)): "
                    + "\(gap.reason). The others' requests are untouched; the run's figures are "
                    + "partial.")
        }
        if header.gaps.count > 4 {
            sentences.append("\(header.gaps.count - 4) more agents were lost: see manifest.json.")
        }
        if !header.lossless, header.gaps.isEmpty {
            sentences.append(
                "Records may be missing: counts or hashes of an agent disagree, or one never ended."
            )
        }
        return sentences
    }

    private var figureWarnings: [String] {
        var sentences: [String] = []
        if run.totals.benefit < 0 {
            sentences.append(
                "The benefits add up to \(Figures.rate(run.totals.benefit)) tokens, below 0: a "
                    + "longer run makes that rate look better, so compare the sums.")
        }
        let gain = run.totals.interval?.rate(of: -run.totals.negativeBenefit) ?? 0
        if rewardsDropping, gain > 0 {
            let dropped = run.totals.negativeBenefits
            sentences.append(
                "This penalty rewards dropping: without its "
                    + Figures.count(dropped, "request") + " of negative benefit smooth goodput "
                    + "would be \(Figures.rate(gain)) tok/s higher; compare systems with "
                    + "--preset robust.")
        }
        sentences += lengths.remarks
        if !lateSendsAreJudged, let late = run.lateness,
            late.p99 > Double(ClientAudit.largestLatenessNs)
        {
            sentences.append(
                "Requests left late, \(Figures.span(late.p99)) at p99: all latencies include it; "
                    + "use more agents, a lower rate or idle nodes.")
        }
        for agent in header.agents {
            sentences += agent.audit?.remarks(name: agent.name) ?? []
        }
        sentences += PriorityRemarks.sentences(
            header.agents.compactMap { agent in
                agent.audit?.priority.map { (agent.name, $0) }
            })
        if clock == nil, run.totals.requests > 0 {
            sentences.append(
                "An agent's clock has no bound, so smooth goodput has no clock interval: is its "
                    + "clock connection blocked?")
        }
        return sentences
    }

    /// Whether the verdict speaks of late sends already.
    private var lateSendsAreJudged: Bool {
        header.agents.contains { $0.audit?.limits.isEmpty == false }
            || header.findings.contains { finding in
                switch finding {
                case .lateSends, .lateAtP99: true
                default: false
                }
            }
    }
}

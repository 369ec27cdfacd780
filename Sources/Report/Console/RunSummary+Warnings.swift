import Goodput
import TokenLog

extension RunSummary {
    /// What a reader of the figures must know, a sentence each, with a remedy.
    package var warnings: [String] {
        validityWarnings + figureWarnings + errorWarnings + header.notes
    }

    private var validityWarnings: [String] {
        var sentences: [String] = []
        let intervals = header.validity.intervals
        if header.validity.verdict == .notValid {
            sentences.append(
                "These figures are not valid: use none of them before the causes below are gone.")
        }
        for interval in intervals.prefix(4) {
            sentences.append(
                "\(interval.node) is not valid from \(Figures.span(interval.from)) to "
                    + "\(Figures.span(interval.to)): \(interval.reason).")
        }
        if intervals.count > 4 {
            sentences.append("\(intervals.count - 4) more such stretches are in manifest.json.")
        }
        if !header.complete {
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
            let dropped = scores.count { $0.benefit < 0 }
            sentences.append(
                "This penalty rewards dropping: without its "
                    + Figures.count(dropped, "request") + " of negative benefit smooth goodput "
                    + "would be \(Figures.rate(gain)) tok/s higher; compare systems with "
                    + "--preset robust.")
        }
        sentences += lengths.remarks
        let isJudged = header.agents.contains { !($0.audit?.limits.isEmpty ?? true) }
        if !isJudged, let late = run.lateness,
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

    private var errorWarnings: [String] {
        let kinds = run.errors.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return kinds.map { kind, count in
            let nodes = agents.filter { $0.errors[kind] != nil }
                .map { "\($0.name) \($0.errors[kind] ?? 0)" }
            let named = nodes.prefix(3).joined(separator: ", ") + (nodes.count > 3 ? ", ..." : "")
            let words = kind.name.split(separator: "_").joined(separator: " ")
            return "\(Figures.count(count, "request")) did not complete: \(words) (\(named)); see "
                + "`error` in requests.jsonl."
        }
    }
}

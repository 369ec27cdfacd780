import Advice
import Goodput
import PlainText
import Results
import RunRecord
import Timeline
import TokenLog

extension ResultTable {
    /// Agents that have a row of their own where nobody asks for all: of more, the worst ones.
    static let mostAgents = 8

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

    var agentRows: [String] {
        let parts = summary.agents
        let rank = Self.rank(of: parts)
        let isPlain = parts.allSatisfy { ["kernel", "-"].contains(Self.stamps($0)) }
        let stamps = isVerbose || !isPlain ? ["stamps"] : []
        var table = TextTable(
            heading: ["agent", "requests", "failed", "tok/s", "smooth"] + Self.partTitles(rank)
                + stamps + [isVerbose ? "start error" : "clock +-"])
        let shown = shownAgents
        for index in shown {
            let (part, agent) = (parts[index], summary.header.agents[index])
            table.add(
                Self.cells(part, rank) + (stamps.isEmpty ? [] : [Self.stamps(part)])
                    + [
                        Figures.span(
                            isVerbose
                                ? agent.startError
                                : agent.clock?.hard?.median ?? agent.clockHalfWidth)
                    ])
        }
        let rows = table.lines(
            width: width,
            sparing: [
                "stamps", "start error", "clock +-", "late \(rank.title)", "idle \(rank.title)",
            ])
        return rows + rest(Set(parts.indices).subtracting(shown).map { parts[$0] }, rank)
    }

    /// Indices of the agents that have a row: all, or of many the worst ones first.
    private var shownAgents: [Int] {
        let all = Array(summary.agents.indices)
        guard !isVerbose, all.count > Self.mostAgents else { return all }
        let shares = summary.agents.map { $0.lostShare ?? 0 }
        return Array(
            all.sorted { (shares[$1], $0) < (shares[$0], $1) }.prefix(Self.mostAgents))
    }

    /// ` and 24 more agents: 41.2..44.8 tok/s, at most 1.2 % of it lost, 0 failed`.
    private func rest(_ parts: [PartSummary], _ rank: PercentileRank) -> [String] {
        let rates = parts.compactMap(\.totals.throughput)
        guard let least = rates.min(), let most = rates.max() else { return [] }
        let lost = parts.compactMap(\.lostShare).max() ?? 0
        let failed = parts.reduce(0) { $0 + $1.totals.outcomes.failed }
        return
            ("and \(parts.count) more agents: \(Figures.rate(least))..\(Figures.rate(most)) tok/s, "
            + "at most \(Figures.roughPercent(max(0, lost))) of it lost, \(failed) failed")
            .wrapped(width)
    }

    /// The classes, where they differ or one of them failed; all where everything is shown.
    var classRows: [String] {
        let classes = summary.classes
        guard classes.count > 1, isVerbose || classes.differ else { return [] }
        let rank = Self.rank(of: classes)
        var table = TextTable(
            heading: ["class", "requests", "failed", "tok/s", "smooth"] + Self.partTitles(rank)
                + ["reader"])
        for (part, each) in zip(classes, summary.classParameters) {
            table.add(Self.cells(part, rank) + [each.parameters.shortName])
        }
        return table.lines(width: width, sparing: ["late \(rank.title)", "reader"])
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

extension [PartSummary] {
    /// Whether parts lose, fail or wait for first tokens to degrees that differ.
    fileprivate var differ: Bool {
        let lost = compactMap(\.lostShare)
        if let least = lost.min(), let most = lost.max(), most - least > 0.01 { return true }
        if contains(where: { $0.totals.outcomes.failed > 0 }) { return true }
        let waits = compactMap { $0.totals.ttft?.p50 }
        guard let least = waits.min(), let most = waits.max() else { return false }
        return most > 1.5 * least
    }
}

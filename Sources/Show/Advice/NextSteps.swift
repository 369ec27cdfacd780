import Goodput
import Holding
import PlainText
package import Results
import TokenLog

/// The things worth doing after a run, the most urgent first, each backed by a figure of it.
package struct NextSteps: Sendable {
    let summary: RunSummary

    /// Steps that are shown: more are a list that nobody works off.
    package static let most = 3

    package init(_ summary: RunSummary) { self.summary = summary }

    /// At most ``most`` steps; none where nothing was measured.
    ///
    /// - Complexity: O(agents + classes + causes).
    package var steps: [NextStep] {
        guard summary.run.totals.requests > 0 else { return [] }
        var found = [
            failures, client, overload, heldTokens, loss, node, length, penalty, room,
        ].compactMap(\.self)
        let isExplained = found.contains { $0.cause <= .client }
        if summary.header.validity.verdict == .notValid, !isExplained { found.append(notValid) }
        return Array(found.sorted { $0.cause < $1.cause }.prefix(Self.most))
    }

    private var notValid: NextStep {
        let reasons = summary.header.findings.count + summary.header.validity.intervals.count
        let words = Figures.count(max(1, reasons), "reason")
        return NextStep(
            .notValid,
            "This run is not valid, for \(figure: words): remove that before anything else.")
    }

    /// Agents that the client was too slow on, by its own audit.
    private var client: NextStep? {
        let limited = summary.header.agents.compactMap { agent in
            agent.audit.flatMap { audit in
                let isLate = audit.latenessP99Ns > ClientAudit.largestLatenessNs
                return audit.limits.isEmpty && audit.overload.totalNs == 0
                    ? nil : (name: agent.name, audit: audit, isLate: isLate)
            }
        }
        guard let worst = limited.max(by: { $0.audit.latenessP99Ns < $1.audit.latenessP99Ns })
        else { return nil }
        let busiest = Figures.roughPercent(Double(worst.audit.busiestPermille) / 1_000)
        let late = Figures.span(worst.audit.latenessP99Ns)
        let fact: StepText =
            worst.isLate
            ? "requests left \(figure: late) late at p99"
            : "its loop was up to \(figure: busiest) busy"
        let others = limited.count > 1 ? " (and \(limited.count - 1) more)" : ""
        return NextStep(
            .client,
            """
            The client was the limit on \(worst.name)\(others), where \(fact): more agents, a \
            lower rate, or an idle node.
            """, .headroom)
    }

    private var heldTokens: NextStep? {
        let held = summary.analyses.map { zip($0.servers, $0.holding).filter { $1.isHeld == true } }
        guard let held, let first = held.first else { return nil }
        let servers = Figures.count(held.count, "server")
        let name = held.count == 1 ? first.0 : "\(first.0) and \(held.count - 1) more"
        return NextStep(
            .heldTokens,
            """
            \(figure: servers) of \(figure: "\(summary.analyses?.servers.count ?? 0)") \
            \(held.count == 1 ? "holds" : "hold") tokens back (\(name)), which readers wait for: \
            turn that off (nginx: proxy_buffering off), or measure behind it.
            """)
    }

    /// The node that stands out.
    private var node: NextStep? {
        guard let outlier = OutlyingAgent(of: summary) else { return nil }
        let part = summary.agents[outlier.index].totals
        let all = summary.run.totals
        let lost = Double(all.tokens) - all.benefit
        guard lost > 0, all.requests > 0 else { return nil }
        let requests = Figures.roughPercent(Double(part.requests) / Double(all.requests))
        let share = Figures.roughPercent((Double(part.tokens) - part.benefit) / lost)
        return NextStep(
            .node,
            """
            \(summary.agents[outlier.index].name) takes \(figure: requests) of the requests and \
            \(figure: share) of the loss: balance, or look at that node.
            """)
    }

    private var penalty: NextStep? {
        let totals = summary.run.totals
        guard summary.rewardsDropping,
            let gain = totals.interval?.rate(of: -totals.negativeBenefit), gain > 0
        else { return nil }
        return NextStep(
            .penalty,
            """
            This penalty rewards dropping, by \(figure: "\(Figures.short(gain)) tok/s"): compare \
            systems with --preset robust.
            """, .robust)
    }

    /// Nearly nothing was lost: the peak lies higher.
    private var room: NextStep? {
        let totals = summary.run.totals
        guard let share = summary.run.lostShare, share < 0.01, totals.benefit > 0,
            summary.header.validity.verdict.isUsable, totals.outcomes.failed == 0,
            let smooth = totals.smoothGoodput
        else { return nil }
        return NextStep(
            .room,
            """
            Readers lost \(figure: Figures.roughPercent(max(0, share))) of \
            \(figure: "\(Figures.short(smooth)) tok/s"): these servers may carry more; find the \
            load at which readers get most.
            """, .peak)
    }
}

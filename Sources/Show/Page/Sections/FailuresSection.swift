import Console
import Goodput
import PlainText
import Results
import TokenLog

/// The requests that did not complete, by reason.
struct FailuresSection {
    let run: PageRun

    private static let mostListed = 12
    private static let mostNamed = 3
    /// Characters of a reason that are shown: a server may answer with a whole page.
    private static let mostShown = 240

    /// nil where every request completed.
    var section: PageSection? {
        let groups = run.summary.errorGroups
        guard !groups.isEmpty else { return nil }
        let left = groups.dropFirst(Self.mostListed).reduce(0) { $0 + $1.requests }
        return PageSection(
            id: "failures", finding: finding,
            reading: "Requests that ended for one reason, the most frequent first; numbers within "
                + "a reason may vary. Warm-up is among them.",
            body: [PageTable.words(Self.heading, groups.prefix(Self.mostListed).map(Self.row))]
                + PageTable.sentences(
                    left > 0 ? ["\(Figures.count(left, "more request")); the CSV has all."] : []),
            csv: [Self.heading] + groups.map(Self.row))
    }

    private var finding: String {
        let outcomes = run.totals.outcomes
        let groups = run.summary.errorGroups
        let all = outcomes.failed + outcomes.abandoned + outcomes.unfinished
        let first = groups[0]
        let many =
            all == 0
            ? "\(Figures.count(groups.reduce(0) { $0 + $1.requests }, "request")) of the warm-up "
                + "did not complete"
            : "\(all) of \(Figures.count(run.totals.requests, "request")) did not complete"
        let nodes = Set(groups.flatMap { $0.agents.map(\.agent) })
        let place =
            nodes.count == 1 && run.summary.agents.count > 1
            ? ", all on \(nodes.first.map(PageRun.name) ?? "")" : ""
        return many + place
            + (groups.count == 1 ? ": \(first.label)." : ": mostly \(first.label).")
    }

    private static let heading = ["how it ended", "requests", "nodes", "reason"]

    private static func row(_ group: ErrorGroup) -> [String] {
        let named = group.agents.prefix(mostNamed).map {
            "\(PageRun.name($0.agent)) \($0.requests)"
        }
        let others = group.agents.count - named.count
        return [
            group.label, "\(group.requests)",
            named.joined(separator: ", ") + (others > 0 ? ", \(others) more" : ""),
            group.error.reason.cut(mostShown),
        ]
    }
}

import CoordinatorCore
import Journal
import PlainText
package import Report
import TimeBase
import TokenLog
import Workload

extension JournalReader {
    /// Maps every stamp that the journal holds by fits made anew from its probes, and judges the clocks
    /// again. What the coordinator itself wrote for an agent that was lost has no stamp, and stays.
    package func remap(_ result: inout RunResult) throws(FileProblem) {
        guard header.runID.description == result.header.runID else {
            throw FileProblem(
                .content, file,
                "is the journal of run \(header.runID), and the manifest is of run "
                    + "\(result.header.runID.harmless); keep a run's files together")
        }
        // Two boots of the coordinator are two axes, and nothing here joins them.
        guard header.clock.bootID == result.header.epoch.bootID else {
            throw FileProblem(
                .content, file,
                "counts from another boot of the coordinator than the manifest: the global timeline is "
                    + "broken, and only latencies within one agent hold")
        }
        var bounds = names.map { _ in ClockBounds(low: 0, high: 0) }
        var scored: Set<UInt32> = []
        for index in result.requests.indices {
            let request = result.requests[index]
            if request.phase == .scored { scored.insert(request.id) }
            guard Int(request.id) < merge.requests.count else { throw foreign(request.id) }
            let merged = merge.requests[Int(request.id)]
            guard names.indices.contains(merged.agent), names[merged.agent] == request.agent else {
                throw foreign(request.id)
            }
            guard let sent = merged.sent else { continue }
            let times = timeline.times(
                of: merged, sent, finish: merged.finish?.at, bounds: &bounds[merged.agent])
            result.requests[index].scheduled = times.scheduled
            result.requests[index].sent = times.sent
            result.requests[index].tokens = times.events
            result.requests[index].reads = times.reads
            result.requests[index].firstAnswer = times.firstAnswer
            result.requests[index].finish =
                merged.finish == nil ? max(times.finish, request.finish) : times.finish
        }
        let end = ClusterInstant(ns: result.requests.map(\.finish.ns).max() ?? 0)
        judge(&result.header, scored: scored, bounds: bounds, until: end)
    }

    private func foreign(_ id: UInt32) -> FileProblem {
        FileProblem(
            .content, file,
            "does not know request \(id) of requests.jsonl as its agent's: the two are of "
                + "different runs")
    }

    /// The clocks' part of the verdict anew, all else as it was.
    private func judge(
        _ header: inout RunHeader, scored: Set<UInt32>, bounds: [ClockBounds],
        until end: ClusterInstant
    ) {
        var intervals: [InvalidInterval] = []
        for (agent, name) in names.enumerated() {
            guard let place = header.agents.firstIndex(where: { $0.name == name }) else { continue }
            let old = Set(header.agents[place].clock?.problems ?? [])
            let others = header.validity.intervals.filter {
                $0.node == name && !old.contains($0.reason)
            }
            let lost = header.gaps.first { $0.agent == name }.map { ClusterInstant(ns: $0.from) }
            let findings = timeline.findings(
                of: agent,
                over: timeline.window(
                    of: agent, requests: merge.requests,
                    isScored: { scored.contains(UInt32($0)) }, until: lost),
                requests: merge.requests)
            header.agents[place].set(findings, bounds: bounds[agent])
            intervals +=
                findings.record.problems.map {
                    InvalidInterval(node: name, from: 0, to: end.ns, reason: $0)
                } + others
        }
        header.validity = Validity(
            intervals: intervals, nodes: header.agents.map(\.name), run: 0...max(1, end.ns),
            isPartial: header.isPartial)
    }
}

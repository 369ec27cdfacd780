import ClockSync
import CoordinatorCore
import Journal
import PlainText
package import Results
import TimeBase
import TokenLog
import Workload

extension JournalReader {
    /// Maps every stamp that the journal holds by fits made anew from its probes, and judges the
    /// clocks again. A record that the coordinator itself wrote for an agent that was lost has no
    /// stamp, and stays. So does, in a damaged journal, a request whose records are not whole, and
    /// an agent without a fit.
    package func remap(_ result: inout RunResult) throws(FileProblem) {
        // Two boots of the coordinator are two axes, and nothing here joins them.
        if let header = contents.header, header.clock.bootID != result.header.epoch.bootID {
            throw FileProblem(
                .content, file,
                "counts from another boot of the coordinator than the manifest: the global "
                    + "timeline is broken, and only latencies within one agent hold")
        }
        var bounds = names.map { _ in ClockBounds(low: 0, high: 0) }
        var scored: Set<UInt32> = []
        for index in result.requests.indices {
            let request = result.requests[index]
            if request.phase == .scored { scored.insert(request.id) }
            if damage != nil, !isWhole(request.id) { continue }
            guard let agent = merge.request(request.id)?.agent else { throw foreign(request.id) }
            guard names.indices.contains(agent), names[agent] == request.agent else {
                throw foreign(request.id)
            }
            if isKept(agent) { continue }
            place(&result.requests[index], bounds: &bounds[agent])
        }
        let end = ClusterInstant(ns: result.requests.map(\.finish.ns).max() ?? 0)
        judge(&result.header, scored: scored, bounds: bounds, until: end)
    }

    /// Whether the agent's times and its clock stay as they were: the probes were lost.
    private func isKept(_ agent: Int) -> Bool { damage != nil && timeline.fits[agent] == nil }

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
        // The verdict on a node that is not looked at again stands.
        let judged = Set(names.indices.filter { !isKept($0) }.map { names[$0] })
        let kept = header.validity.intervals.filter { !judged.contains($0.node) }
        var intervals: [InvalidInterval] = []
        for (agent, name) in names.enumerated() where judged.contains(name) {
            guard let place = header.agents.firstIndex(where: { $0.name == name }) else { continue }
            let others = header.validity.intervals.filter {
                $0.node == name && $0.cause != .clock
            }
            let findings = findings(of: agent, in: header, scored: scored)
            header.agents[place].set(
                findings, bounds: allBounds(bounds[agent], of: header.agents[place]))
            intervals +=
                findings.record.problems.map {
                    InvalidInterval(node: name, cause: .clock, from: 0, to: end.ns, reason: $0)
                } + others
        }
        header.validity = Validity(
            intervals: intervals + kept, nodes: header.agents.map(\.name), run: 0...max(1, end.ns),
            isPartial: header.isPartial || damage != nil)
    }

    /// The findings on an agent's clock, as far as its records go.
    private func findings(
        of agent: Int, in header: RunHeader, scored: Set<UInt32>
    ) -> ClockFindings {
        let lost = header.gaps.first { $0.agent == names[agent] }.map {
            ClusterInstant(ns: $0.from)
        }
        // A damaged journal has batches for which the probes around them are cut off.
        let probed =
            damage == nil
            ? nil
            : timeline.clocks[agent].exchanges.map(\.t3).max().map {
                timeline.instant(LocalInstant(ns: $0), of: agent)
            }
        return timeline.findings(
            of: agent,
            over: timeline.window(
                of: agent, requests: merge.requests,
                isScored: { scored.contains(merge.requests[$0].id) },
                until: [lost, probed].compactMap(\.self).min()),
            requests: merge.requests)
    }

    /// The new mapping's bounds, and in a damaged journal those of the times that were kept.
    private func allBounds(_ new: ClockBounds, of agent: RunAgent) -> ClockBounds {
        guard damage != nil, let old = agent.clockBounds else { return new }
        return ClockBounds(low: min(old.low, new.low), high: max(old.high, new.high))
    }
}

package import AgentCore
import TokenLog
import Wire

/// The metrics of an agent: its part of a run.
package enum AgentMetrics {
    private typealias Label = MetricFamily.Label

    /// Families in the order in which they are told. O(targets).
    package static func families(_ figures: AgentFigures) -> [MetricFamily] {
        let own = [Label("agent", figures.name)]
        func single(
            _ name: String, _ kind: MetricFamily.Kind, _ unit: MetricFamily.Unit?, _ help: String,
            _ value: Double?
        ) -> MetricFamily {
            RunMetrics.single("legato_agent_\(name)", kind, unit, help, value, own)
        }
        let status = figures.status
        return [
            single(
                "connected", .gauge, nil, "1 while the link to the coordinator is up.",
                figures.isConnected ? 1 : 0)
        ] + counts(figures, own) + [
            single(
                "requests_running", .gauge, nil, "Requests that are open.",
                status.map { Double($0.running) }),
            single(
                "requests_remaining", .gauge, nil, "Requests of its part that are not sent yet.",
                status.map { Double($0.waiting) }),
            single(
                "send_lateness_p99_seconds", .gauge, .seconds,
                "How late it sent in the last second, p99.",
                status.map { Double($0.latenessP99Ns) / 1e9 }),
            single(
                "loop_busy_ratio", .gauge, .ratio,
                "Share of the last second that the load loop spent in callbacks.",
                status.map { Double($0.loopBusyPermille) / 1000 }),
            single(
                "cpu_seconds", .counter, .seconds, "CPU time of the process.",
                status.map { Double($0.cpuNs) / 1e9 }),
            single(
                "batches_made", .counter, nil, "Batches of records that were put into the spool.",
                Double(figures.batchesMade)),
            single(
                "batches_safe", .counter, nil, "Batches that the coordinator has on its disk.",
                Double(figures.batchesSafe)),
        ]
    }

    private static func counts(_ figures: AgentFigures, _ own: [Label]) -> [MetricFamily] {
        let tally = figures.tally
        var sent = MetricFamily(
            "legato_agent_requests_sent", .counter, help: "Requests that were sent, by target.")
        for (target, count) in tally.sent.enumerated() {
            let name =
                figures.targets.indices.contains(target) ? figures.targets[target] : "\(target)"
            sent.add(Double(count), own + [Label("target", name)])
        }
        var finished = MetricFamily(
            "legato_agent_requests_finished", .counter, help: "Requests that have ended, by how.")
        for (outcome, count) in AgentTally.outcomes.map({ ($0, tally.finished($0)) }) {
            finished.add(Double(count), own + [Label("outcome", "\(outcome)")])
        }
        var tokens = MetricFamily(
            "legato_agent_delivered_tokens", .counter, .tokens, help: "Tokens that arrived.")
        tokens.add(Double(tally.tokens), own)
        return [sent, finished, tokens]
    }
}

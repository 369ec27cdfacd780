package import Results
import TokenLog

/// The metrics of a coordinator: a run as it stands.
package enum RunMetrics {
    private typealias Label = MetricFamily.Label

    /// Families in the order in which they are told.
    ///
    /// - Complexity: O(agents + servers), and a walk through each histogram.
    package static func families(_ state: LiveState) -> [MetricFamily] {
        whole(state) + spans(state) + agents(state.snapshot) + servers(state)
    }

    private static func whole(_ state: LiveState) -> [MetricFamily] {
        let (about, snapshot) = (state.about, state.snapshot)
        var run = MetricFamily("legato_run", .info, help: "The run that is led.")
        run.add(
            1,
            [
                Label("version", about.version), Label("scenario", about.scenario),
                Label("seed", "\(about.seed)"),
            ])
        var phase = MetricFamily(
            "legato_run_phase", .gauge, help: "1 for where the run is on its way, 0 for the rest.")
        for name in LiveState.Phase.names {
            phase.add(name == state.phase.name ? 1 : 0, [Label("phase", name)])
        }
        var finished = MetricFamily(
            "legato_requests_finished", .counter,
            help: "Scored requests that have ended, by how.")
        finished.add(Double(snapshot.done), [Label("outcome", "completed")])
        finished.add(Double(snapshot.failed), [Label("outcome", "failed")])
        return [
            run, phase,
            single(
                "legato_run_elapsed_seconds", .gauge, .seconds, "Time since the common start.",
                state.detail == nil ? nil : Double(snapshot.elapsed) / 1e9),
            single(
                "legato_run_planned_seconds", .gauge, .seconds, "Length of the plan.",
                snapshot.duration.map { Double($0) / 1e9 }),
            single(
                "legato_run_planned_requests", .gauge, nil, "Requests of the plan.",
                snapshot.planned.map(Double.init)),
            single(
                "legato_requests_sent", .counter, nil, "Scored requests that were sent.",
                Double(snapshot.sent)),
            finished,
            single(
                "legato_requests_running", .gauge, nil, "Requests that are open, warm-up included.",
                Double(snapshot.running)),
            single(
                "legato_delivered_tokens", .counter, .tokens, "Tokens of scored requests.",
                Double(snapshot.tokens)),
            single(
                "legato_earned_tokens", .gauge, .tokens,
                "Benefit of scored requests so far; falls while readers wait.", snapshot.earned),
            single(
                "legato_throughput_tokens_per_second", .gauge, nil,
                "Delivered tokens a second since the first scored request was due.",
                snapshot.throughput),
            single(
                "legato_smooth_goodput_tokens_per_second", .gauge, nil,
                "Earned tokens a second since the first scored request was due; provisional.",
                snapshot.smoothGoodput),
        ]
    }

    private static func spans(_ state: LiveState) -> [MetricFamily] {
        guard let detail = state.detail else { return [] }
        let words: [(LiveDetail.Span, String, String)] = [
            (.ttft, "first_token", "From when a request was due to its first token."),
            (.tbt, "token_gap", "Between two tokens of a request, 0 within an event."),
            (.tpot, "time_per_token", "Mean time of a token after the first, by request."),
            (.e2e, "answer", "From when a request was due to its last token."),
            (.idle, "reader_idle", "A reader's waiting within a request that has ended."),
        ]
        return words.map { span, name, help in
            var family = MetricFamily("legato_\(name)_seconds", .summary, .seconds, help: help)
            let spread = detail[span]
            family.add(
                [("0.5", spread.p50), ("0.9", spread.p90), ("0.99", spread.p99)]
                    .map { (rank: $0.0, value: $0.1.map { $0 / 1e9 }) },
                sum: spread.sum / 1e9, count: spread.count)
            return family
        }
    }

    private static func agents(_ snapshot: LiveSnapshot) -> [MetricFamily] {
        typealias Agent = LiveSnapshot.Agent
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ unit: MetricFamily.Unit?, _ help: String,
            _ value: (Agent) -> Double?
        ) -> MetricFamily {
            var family = MetricFamily("legato_agent_\(name)", kind, unit, help: help)
            for agent in snapshot.agents { family.add(value(agent), [Label("agent", agent.name)]) }
            return family
        }
        return [
            family("up", .gauge, nil, "1 while the agent's link is there, 0 while it is away.") {
                $0.health.isWell ? 1 : 0
            },
            family("requests_running", .gauge, nil, "Requests of the agent that are open.") {
                Double($0.running)
            },
            family("delivered_tokens", .counter, .tokens, "Tokens of its scored requests.") {
                Double($0.tokens)
            },
            family("first_token_p99_seconds", .gauge, .seconds, "Its requests' TTFT, p99.") {
                $0.ttftP99.map { $0 / 1e9 }
            },
            family("reader_idle_p99_seconds", .gauge, .seconds, "Its readers' waiting, p99.") {
                $0.idleP99.map { $0 / 1e9 }
            },
            family(
                "send_lateness_p99_seconds", .gauge, .seconds,
                "How late it sent what could be sent, p99."
            ) { $0.latenessP99.map { $0 / 1e9 } },
            family(
                "clock_uncertainty_seconds", .gauge, .seconds,
                "Half the width of what its clock is bound to."
            ) { $0.clockHalfWidth.map { Double($0) / 1e9 } },
            family(
                "loop_busy_ratio", .gauge, .ratio,
                "Share of the last second that its load loop spent in callbacks."
            ) { $0.busy },
            family("cpu_seconds", .counter, .seconds, "CPU time of its process.") {
                $0.cpuNs.map { Double($0) / 1e9 }
            },
        ]
    }

    private static func servers(_ state: LiveState) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ unit: MetricFamily.Unit?, _ help: String,
            _ value: (LiveServer) -> Double?
        ) -> MetricFamily {
            var family = MetricFamily("legato_target_\(name)", kind, unit, help: help)
            for server in state.servers {
                let agent =
                    state.snapshot.agents.indices.contains(server.agent)
                    ? state.snapshot.agents[server.agent].name : "\(server.agent)"
                family.add(
                    value(server), [Label("agent", agent), Label("target", server.name)])
            }
            return family
        }
        return [
            family("requests_running", .gauge, nil, "The server's batch, in its own words.") {
                $0.last?.running.map(Double.init)
            },
            family("requests_waiting", .gauge, nil, "The server's queue, in its own words.") {
                $0.last?.waiting.map(Double.init)
            },
            family("kv_cache_ratio", .gauge, .ratio, "Share of its key-value cache held.") {
                $0.last?.keyValueUsePPM.map { Double($0) / 1e6 }
            },
            family("preemptions", .counter, nil, "Requests that it put back into its queue.") {
                $0.last?.preemptions.map(Double.init)
            },
            family("scrape_faults", .counter, nil, "Questions for metrics without an answer.") {
                Double($0.faults)
            },
        ]
    }

    static func single(
        _ name: String, _ kind: MetricFamily.Kind, _ unit: MetricFamily.Unit?, _ help: String,
        _ value: Double?, _ labels: [MetricFamily.Label] = []
    ) -> MetricFamily {
        var family = MetricFamily(name, kind, unit, help: help)
        family.add(value, labels)
        return family
    }
}

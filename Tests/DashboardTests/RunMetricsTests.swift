import AgentCore
import ChildPrograms
import Goodput
import Results
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import Dashboard

/// The metrics of a run and of an agent: their values, and that Prometheus' own tool finds no
/// fault.
@Suite struct RunMetricsTests {
    /// Two agents, one away, whose names are as bad as names can be; a request that is done.
    private static func state() throws -> LiveState {
        let reader = try Reader(ScoringParameters())
        var score = LiveScore(
            agents: ["node\"1\\", "node\n2"], readers: [reader], start: ClusterInstant(ns: 0),
            planned: 4, duration: 60_000_000_000, isDetailed: true)
        score.becameDue(
            0, agent: 0, classIndex: 0, phase: .scored, scheduled: ClusterInstant(ns: 0),
            sent: ClusterInstant(ns: 50_000))
        for token in 1...4 {
            score.received(2, of: 0, at: ClusterInstant(ns: Int64(token) * 250_000_000))
        }
        score.finished(0, at: ClusterInstant(ns: 1_000_000_000), outcome: .completed)
        var about = LiveState.About()
        about.scenario = "a \"quoted\" one"
        about.version = "1.2.3"
        var state = LiveState(about: about, phase: .running)
        state.snapshot = score.snapshot(at: ClusterInstant(ns: 2_000_000_000))
        state.snapshot.agents[1].health = .away
        state.detail = score.detail
        var servers = LiveServers()
        var figures = ServerFigures()
        figures.running = 3
        figures.waiting = 14
        figures.keyValueUsePPM = 970_000
        servers.add(
            ScrapeRecord(
                target: 0, asked: LocalInstant(ns: 0), at: LocalInstant(ns: 1),
                answer: .figures(figures)), agent: 1, name: { "http://\($0)" }, second: 1)
        state.servers = servers.servers
        return state
    }

    private static func agent() -> AgentFigures {
        var figures = AgentFigures(name: "node\"1", targets: ["http://127.0.0.1:8000"])
        var batch = LogBatch()
        let at = LocalInstant(ns: 1)
        batch.sent = [SentRecord(request: 0, scheduled: at, sent: at, target: 0)]
        batch.finishes = [FinishRecord(request: 0, at: at, outcome: .completed)]
        figures.tally.add(batch)
        figures.status = AgentStatus(
            at: at, running: 1, waiting: 2, loopBusyPermille: 25, latenessP99Ns: 80_000,
            spoolBytes: 0, cpuNs: 2_500_000_000, audit: ClientAudit())
        figures.isConnected = true
        return figures
    }

    @Test("A run's figures stand under their names")
    func values() throws {
        let text = Exposition.prometheus.text(RunMetrics.families(try Self.state()))
        for line in [
            #"legato_run_info{version="1.2.3",scenario="a \"quoted\" one",seed="0"} 1"#,
            #"legato_run_phase{phase="running"} 1"#, #"legato_run_phase{phase="ended"} 0"#,
            "legato_run_elapsed_seconds 2", "legato_run_planned_seconds 60",
            "legato_requests_sent_total 1", "legato_delivered_tokens_total 8",
            #"legato_requests_finished_total{outcome="completed"} 1"#,
            "legato_throughput_tokens_per_second 4", "legato_first_token_seconds_sum 0.25",
            "legato_token_gap_seconds_count 7", "legato_answer_seconds_sum 1",
            #"legato_agent_up{agent="node\"1\\"} 1"#, #"legato_agent_up{agent="node?2"} 0"#,
            #"legato_target_requests_waiting{agent="node?2",target="http://0"} 14"#,
            #"legato_target_kv_cache_ratio{agent="node?2",target="http://0"} 0.97"#,
        ] {
            #expect(text.split(separator: "\n").contains(line[...]), "no line \(line) in\n\(text)")
        }
    }

    @Test("Before the start there is the run and its phase, and nothing made up")
    func early() {
        let state = LiveState(about: LiveState.About(), phase: .gathering(here: []))
        let text = Exposition.prometheus.text(RunMetrics.families(state))
        #expect(text.contains(#"legato_run_phase{phase="gathering"} 1"#))
        #expect(!text.contains("elapsed") && !text.contains("throughput"))
    }

    @Test("An agent counts by target and by outcome")
    func agentValues() {
        let text = Exposition.prometheus.text(AgentMetrics.families(Self.agent()))
        for line in [
            #"legato_agent_connected{agent="node\"1"} 1"#,
            #"legato_agent_requests_sent_total{agent="node\"1",target="http://127.0.0.1:8000"} 1"#,
            #"legato_agent_requests_finished_total{agent="node\"1",outcome="completed"} 1"#,
            #"legato_agent_cpu_seconds_total{agent="node\"1"} 2.5"#,
            #"legato_agent_loop_busy_ratio{agent="node\"1"} 0.025"#,
        ] {
            #expect(text.split(separator: "\n").contains(line[...]), "no line \(line) in\n\(text)")
        }
    }

    @Test("No name, and no series, stands twice")
    func unique() throws {
        for families in [
            RunMetrics.families(try Self.state()), AgentMetrics.families(Self.agent()),
        ] {
            #expect(Set(families.map(\.name)).count == families.count)
            let lines = Exposition.prometheus.text(families).split(separator: "\n")
            let series = lines.filter { !$0.hasPrefix("#") }.map {
                $0.split(separator: " ").dropLast()
            }
            #expect(Set(series).count == series.count)
        }
    }

    @Test("promtool finds no fault in either")
    func promtool() throws {
        guard let promtool = Promtool() else { return }
        for families in [
            RunMetrics.families(try Self.state()), AgentMetrics.families(Self.agent()),
        ] {
            let (status, words) = try promtool.check(Exposition.prometheus.text(families))
            #expect(status == 0 && words == "", "\(words)")
        }
        let (status, _) = try promtool.check("# TYPE x_total gauge\nx_total 1\n")
        #expect(status != 0, "promtool lets everything through")
    }
}

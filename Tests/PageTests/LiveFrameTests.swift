import Goodput
import JSON
import Results
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Page

/// A run's states as the live page shows them.
@Suite struct LiveFrameTests {
    /// One request of 20 tokens a second for four seconds, two of them without any.
    private static func state(
        at seconds: Double, duration: Int64? = 60_000_000_000
    ) throws -> LiveState {
        var score = LiveScore(
            agents: ["node-1", "node-2"],
            readers: [try Reader(ScoringParameters())],
            start: ClusterInstant(ns: 0), planned: 40, duration: duration, isDetailed: true)
        score.becameDue(
            0, agent: 0, classIndex: 0, phase: .scored, scheduled: ClusterInstant(ns: 0),
            sent: ClusterInstant(ns: 80_000))
        for token in 0..<80 where !(20..<60).contains(token) && Double(token) * 0.05 <= seconds {
            score.received(1, of: 0, at: ClusterInstant(ns: Int64(token) * 50_000_000))
        }
        var about = LiveState.About()
        about.scenario = "<b>x</b>"
        about.agents = 2
        about.objectives = Objectives(tbt: 200_000_000)
        var state = LiveState(about: about, phase: .running)
        state.snapshot = score.snapshot(at: ClusterInstant(ns: Int64(seconds * 1e9)))
        state.snapshot.agents[0].clockHalfWidth = 8_510
        state.detail = score.detail
        return state
    }

    private static func text(_ state: LiveState, _ name: String) -> String {
        LiveFrame(state).json[name]?.string ?? ""
    }

    @Test("A running run says so far, where it is, and that nothing is final")
    func running() throws {
        let state = try Self.state(at: 4)
        #expect(Self.text(state, "headline").hasPrefix("So far "))
        #expect(Self.text(state, "headline").hasSuffix("of 10.0 delivered."))
        #expect(Self.text(state, "word") == "Running")
        #expect(
            Self.text(state, "rest")
                == ", 0:04 of 1:00: 1 open, 0 done, 0 failed. Nothing here is final.")
        let json = LiveFrame(state).json
        #expect(json["length"]?.double == 60 && json["now"]?.double == 4)
        #expect(json["timeline"]?["width"]?.int64 == 1)
        #expect(
            json["timeline"]?["delivered"]?.array?.compactMap(\.double) == [20, 0, 0, 20])
        #expect(
            json["timeline"]?["finding"]?.string?.hasPrefix(
                "The worst second so far, from 0:03, cost ") == true)
        #expect(
            json["brackets"]?.array?.first?.array?[1].string?.hasPrefix("known to ±8.51") == true)
    }

    @Test("A gap over its bound is red, the rest is not")
    func bounds() throws {
        let rows = LiveFrame(try Self.state(at: 4)).json["latencies"]?.array ?? []
        let gaps = try #require(rows.first { $0.array?[1].string == "TBT" }?.array?[2].array)
        #expect(gaps.map { $0.array?[1].bool } == [false, false, true, true, false])
        #expect(gaps.last?.array?[0].string == "200\u{A0}ms")
    }

    @Test("Phases have their words")
    func phases() throws {
        var state = LiveState(about: LiveState.About(), phase: .gathering(here: ["node-1"]))
        state.about.agents = 4
        #expect(Self.text(state, "headline") == "Waiting for agents: 1 of 4 are here.")
        #expect(LiveFrame(state).json["timeline"]?.isNull == true)
        state = try Self.state(at: -1.5)
        #expect(Self.text(state, "word") == "Ready")
        #expect(Self.text(state, "rest") == ": the run starts in 2\u{A0}s.")
        state = try Self.state(at: 70)
        #expect(Self.text(state, "rest").hasPrefix(", 1:10, past its plan of 1:00: "))
        #expect(LiveFrame(state).json["length"]?.double == 70)
        state.phase = .concluding
        #expect(Self.text(state, "rest").hasSuffix("The results are being made."))
        state.phase = .ended(
            LiveState.Ending(folder: "runs/x", verdict: "valid", hasReport: true))
        #expect(Self.text(state, "rest") == ", valid. The results are in runs/x.")
        #expect(LiveFrame(state).json["report"]?.bool == true)
        #expect(!Self.text(state, "headline").contains("So far"))
    }

    @Test("A plan without an end has an axis that grows seldom")
    func openEnd() throws {
        for (seconds, length) in [
            (4.0, 30.0), (29.9, 60), (61, 120), (1_799, 3_600), (9_001, 10_800),
        ] {
            let json = LiveFrame(try Self.state(at: seconds, duration: nil)).json
            #expect(json["length"]?.double == length)
        }
    }

    @Test("An agent that is away, or given up, is named first and in the finding")
    func health() throws {
        var state = try Self.state(at: 4)
        state.snapshot.agents[1].health = .away
        var agents = LiveFrame(state).json["agents"]
        #expect(agents?["finding"]?.string?.hasPrefix("node-2 is away") == true)
        #expect(agents?["rows"]?.array?.first?.array?.first?.string == "node-2")
        state.snapshot.agents[1].health = .lost
        agents = LiveFrame(state).json["agents"]
        #expect(agents?["finding"]?.string == "1 of 2 agents was given up: node-2.")
    }

    @Test("Hundreds of agents and servers stay a bounded frame")
    func bounded() throws {
        var state = try Self.state(at: 4)
        state.snapshot.agents = (0..<500).reversed().map { LiveSnapshot.Agent(name: "node-\($0)") }
        var servers = LiveServers()
        for agent in 0..<12 {
            var figures = ServerFigures()
            figures.waiting = UInt32(agent)
            for second in stride(from: 0, to: 3_600, by: 30) as StrideTo<Int64> {
                servers.add(
                    ScrapeRecord(
                        target: 0, asked: LocalInstant(ns: 0), at: LocalInstant(ns: 1),
                        answer: .figures(figures)), agent: agent, name: { "\($0)" },
                    second: second)
            }
        }
        state.servers = servers.servers
        let json = LiveFrame(state).json
        #expect(json["agents"]?["more"]?.string == "And 436 more agents.")
        let rows = json["agents"]?["rows"]?.array ?? []
        #expect(rows.prefix(3).map { $0.array?[0].string } == ["node-0", "node-1", "node-2"])
        #expect(json["servers"]?["list"]?.array?.first?["name"]?.string == "node-488")
        #expect(json["servers"]?["list"]?.array?.count == 8)
        #expect(json.serialized.count < 64_000)
    }

    @Test("The page itself holds nothing of a run, and asks nobody but its own server")
    func page() {
        let html = String(decoding: LivePage.html, as: UTF8.self)
        #expect(
            html.contains("default-src &#39;none&#39;; ")
                && html.contains("connect-src &#39;self&#39;; "))
        // The name of SVG alone looks like an address.
        #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
        #expect(!html.contains("innerHTML"))
    }
}

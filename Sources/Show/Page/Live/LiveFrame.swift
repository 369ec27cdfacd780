import Goodput
package import JSON
import PlainText
package import Results

/// A state of a run as the live page takes it: words and figures made here, drawn there.
package struct LiveFrame {
    private let state: LiveState
    private let words: LiveWords
    private var snapshot: LiveSnapshot { state.snapshot }

    /// Agents with a row of their own, and servers with a strip.
    static let mostAgents = 64
    static let mostServers = 8
    /// Steps of a plot of time: 9 px each where the page is widest.
    private static let mostSteps = 96.0

    package init(_ state: LiveState) {
        self.state = state
        words = LiveWords(state)
    }

    /// - Complexity: O(bins + agents + servers).
    package var json: JSONValue {
        let standing = words.standing
        return [
            "phase": .string(state.phase.name), "facts": .array(facts.map(JSONValue.string)),
            "headline": .string(words.headline), "word": .string(standing.word),
            "rest": .string(standing.rest), "bar": bar,
            "brackets": .array(words.brackets.map { [.string($0.0), .string($0.1)] }),
            "latencies": latencies, "now": .real(now), "length": .real(length),
            "timeline": timeline, "agents": agents, "servers": servers, "report": .bool(hasReport),
        ]
    }

    private var facts: [String] {
        let about = state.about
        return [
            "legato \(about.version)", about.scenario, "seed \(about.seed)",
            Figures.count(about.agents, "agent"),
        ] + about.facts
    }

    private var hasReport: Bool {
        guard case .ended(let ending) = state.phase else { return false }
        return ending.hasReport
    }

    private var bar: JSONValue {
        guard let smooth = snapshot.smoothGoodput, let all = snapshot.throughput, all > 0 else {
            return .null
        }
        let lost = all - smooth
        return [
            "smooth": .string("smooth goodput \(PageFigures.exact(smooth)) tok/s"),
            "lost": .string(lost < 0.0005 * all ? "" : "lost \(PageFigures.amount(lost))"),
            "throughput": .string("throughput \(PageFigures.exact(all))"),
            "kept": .real(min(1, max(0, smooth / all))),
        ]
    }

    // MARK: Latencies

    private static let rows: [(LiveDetail.Span, String, String)] = [
        (.ttft, "First token", "TTFT"), (.tbt, "Between tokens", "TBT"),
        (.tpot, "Per token", "TPOT"), (.e2e, "Whole answer", "E2E"),
        (.idle, "Reader’s wait", "idle"),
    ]

    /// A row a span: words, name, then cells of a text and whether it breaks the bound.
    private var latencies: JSONValue {
        guard let detail = state.detail, detail[.ttft].count > 0 else { return [] }
        return .array(
            Self.rows.map { span, words, name in
                let spread = detail[span]
                let bound = bound(span)
                let cells = [spread.p50, spread.p90, spread.p99, spread.max].map { value in
                    let isBroken = bound.map { Double($0) < value ?? 0 } ?? false
                    return JSONValue.array([.string(PageFigures.span(value)), .bool(isBroken)])
                }
                let last = JSONValue.array(
                    [.string(bound.map { PageFigures.bound($0) } ?? ""), .bool(false)])
                return [.string(words), .string(name), .array(cells + [last])]
            })
    }

    private func bound(_ span: LiveDetail.Span) -> Int64? {
        let objectives = state.about.objectives
        return switch span {
        case .ttft: objectives.ttft
        case .tbt: objectives.tbt
        case .tpot: objectives.tpot
        case .e2e: objectives.e2e
        case .idle: nil
        }
    }

    // MARK: Time

    /// s since the start, 0 before it.
    private var now: Double { max(0, Double(snapshot.elapsed) / 1e9) }

    /// The length of the axes, s: the plan's, or what has passed where that is more.
    private var length: Double {
        if let duration = snapshot.duration { return max(Double(duration) / 1e9, now) }
        // A plan without an end: an axis that grows seldom.
        return [30, 60, 120, 300, 600, 1_200, 1_800].first { $0 >= now * 1.02 }
            ?? (now * 1.02 / 1_800).rounded(.up) * 1_800
    }

    /// Steps as wide as there is room for; what lies beyond the axis is not told.
    private func steps<Amount>(_ bins: RunBins<Amount>) -> (width: Int64, amounts: [Amount]) {
        let (width, amounts) = bins.steps(atLeast: length / Self.mostSteps)
        return (width, Array(amounts.prefix(Int((length / Double(width)).rounded(.up)))))
    }

    private var timeline: JSONValue {
        guard let detail = state.detail else { return .null }
        let (width, steps) = steps(detail.timeline)
        func list(_ value: (LiveTokens) -> Double) -> JSONValue {
            .array(steps.map { .real((value($0) * 100).rounded() / 100) })
        }
        return [
            "finding": .string(words.timelineFinding(width: width, steps)),
            "width": .integer(width), "delivered": list(\.delivered), "earned": list(\.earned),
        ]
    }

    // MARK: Agents and servers

    /// Agents that do not work go first, and each kind by name, so that rows keep their places.
    private var agents: JSONValue {
        guard snapshot.elapsed >= 0, !snapshot.agents.isEmpty else { return .null }
        let named = snapshot.agents.sorted { $0.name.precedesByNumber($1.name) }
        let sorted =
            named.filter { !$0.health.isWell } + named.filter(\.health.isWell)
        let rows = sorted.prefix(Self.mostAgents).map { agent -> JSONValue in
            [
                .string(agent.name), .string("\(agent.running)"),
                .string(PageFigures.amount(agent.tokensPerSecond)),
                .string(PageFigures.span(agent.ttftP99)), .string(PageFigures.span(agent.idleP99)),
                .string(PageFigures.span(agent.latenessP99)),
                .string(PageFigures.span(agent.clockHalfWidth)),
                .string(PageFigures.percent(agent.busy)), .string(agent.health.rawValue),
            ]
        }
        let more = sorted.count - rows.count
        return [
            "finding": .string(words.agentsFinding), "rows": .array(rows),
            "more": .string(more > 0 ? "And \(Figures.count(more, "more agent"))." : ""),
        ]
    }

    private var servers: JSONValue {
        let named = state.servers.map { server in (name: name(of: server), server: server) }
        guard !named.isEmpty else { return .null }
        func most(_ server: LiveServer) -> UInt32 {
            server.queue.amounts.compactMap(\.waiting).max() ?? 0
        }
        // Strips change places only where a queue outgrows another.
        let worst = named.sorted { one, other in
            let (first, second) = (most(one.server), most(other.server))
            return first == second ? one.name.precedesByNumber(other.name) : first > second
        }.prefix(Self.mostServers)
        let more = named.count - worst.count
        return [
            "finding": .string(words.serversFinding(named)),
            "list": .array(worst.map { strip($0.name, $0.server) }),
            "more": .string(more > 0 ? "And \(Figures.count(more, "more server"))." : ""),
        ]
    }

    private func name(of server: LiveServer) -> String {
        let agent =
            snapshot.agents.indices.contains(server.agent)
            ? snapshot.agents[server.agent].name : "agent \(server.agent + 1)"
        let isAlone = state.servers.filter { $0.agent == server.agent }.count == 1
        return isAlone ? agent : "\(agent), \(server.target + 1)"
    }

    private func strip(_ name: String, _ server: LiveServer) -> JSONValue {
        let (width, steps) = steps(server.queue)
        func list(_ value: (LiveQueue) -> JSONValue?) -> JSONValue {
            .array(steps.map { value($0) ?? .null })
        }
        return [
            "name": .string(name), "width": .integer(width),
            "running": list { $0.running.map { .integer(Int64($0)) } },
            "waiting": list { $0.waiting.map { .integer(Int64($0)) } },
            "cache": list { $0.cache.map { .real((Double($0) * 1e3).rounded() / 1e3) } },
        ]
    }
}

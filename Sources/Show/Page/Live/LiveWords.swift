import PlainText
import Results

/// The live page's sentences: findings so far, computed anew with every state.
struct LiveWords {
    let state: LiveState
    private let snapshot: LiveSnapshot

    init(_ state: LiveState) {
        self.state = state
        snapshot = state.snapshot
    }

    private var isOver: Bool {
        switch state.phase {
        case .gathering, .running: false
        case .concluding, .ended: true
        }
    }

    /// The page's one sentence.
    var headline: String {
        if case .gathering(let here) = state.phase {
            return here.count < state.about.agents
                ? "Waiting for agents: \(here.count) of \(state.about.agents) are here."
                : "All \(Figures.count(state.about.agents, "agent")) are here, and get ready."
        }
        guard snapshot.elapsed >= 0 else { return "Everybody is ready." }
        guard snapshot.tokens > 0, let all = snapshot.throughput,
            let smooth = snapshot.smoothGoodput
        else { return isOver ? "No token came." : "No token yet." }
        let amount = PageFigures.amount(all)
        let begin = isOver ? "" : "So far "
        let sentence: String
        if all - smooth < 0.0005 * all {
            sentence =
                "all \(amount) tokens a second reached readers smoothly."
                + (hasWaited ? "" : " Nobody waited.")
        } else if smooth < 0 {
            sentence =
                "readers waited for more than they got: smooth goodput is "
                + "\(PageFigures.amount(smooth)) tokens a second, of \(amount) delivered."
        } else {
            sentence =
                "\(PageFigures.amount(smooth)) tokens a second reached readers smoothly, of "
                + "\(amount) delivered."
        }
        return begin.isEmpty
            ? sentence.prefix(1).uppercased() + sentence.dropFirst() : begin + sentence
    }

    /// Whether any reader of a request that has ended has waited at all.
    private var hasWaited: Bool { (state.detail?[.idle].max ?? 0) > 0 }

    /// Where the run is, in a word, and what follows that.
    var standing: (word: String, rest: String) {
        switch state.phase {
        case .gathering(let here):
            return (
                "Waiting",
                here.isEmpty
                    ? ": no agent is here yet."
                    : ": here \(here.count == 1 ? "is" : "are") "
                        + Self.listed(here) + "."
            )
        case .running where snapshot.elapsed < 0:
            let left = Int64((Double(-snapshot.elapsed) / 1e9).rounded(.up)) * 1_000_000_000
            return ("Ready", ": the run starts in \(PageFigures.bound(left)).")
        case .running:
            return ("Running", ", \(time): \(counts). Nothing here is final.")
        case .concluding: return ("Over", ": \(counts). The results are being made.")
        case .ended(let ending):
            return ("Ended", ", \(ending.verdict). The results are in \(ending.folder).")
        }
    }

    private static let mostListed = 8

    private static func listed(_ names: [String]) -> String {
        let more = names.count - mostListed
        return names.prefix(mostListed).joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }

    private var counts: String {
        "\(snapshot.running) open, \(snapshot.done) done, \(snapshot.failed) failed"
    }

    private var time: String {
        let elapsed = Double(snapshot.elapsed) / 1e9
        guard let duration = snapshot.duration else { return PageFigures.clock(elapsed) }
        let plan = PageFigures.clock(Double(duration) / 1e9)
        return snapshot.elapsed > duration
            ? "\(PageFigures.clock(elapsed)), past its plan of \(plan)"
            : "\(PageFigures.clock(elapsed)) of \(plan)"
    }

    /// How far the figures may be trusted, with what each row is about.
    var brackets: [(String, String)] {
        guard snapshot.elapsed >= 0, !snapshot.agents.isEmpty else { return [] }
        var rows: [(String, String)] = []
        if let widest = snapshot.agents.compactMap(\.clockHalfWidth).max() {
            rows.append(
                ("Clocks", "known to ±\(PageFigures.span(widest)) now; fitted anew at the end."))
        }
        rows.append(("Chance", chance))
        return rows
    }

    /// Requests' stays that an interval needs (Sampling, SteadyState): one is made at the end.
    private static let leastStays = 12.0

    private var chance: String {
        guard let spread = state.detail?[.e2e], spread.count > 0 else {
            return "no interval while it runs."
        }
        let stay = spread.sum / Double(spread.count)
        let least = Self.leastStays * stay
        let left = least - Double(snapshot.elapsed)
        let words =
            "no interval while it runs: 12 times a request’s stay are the least, some "
            + PageFigures.span(least)
        return left > 0
            ? "\(words), \(PageFigures.span(left)) to go." : "\(words), which have passed."
    }

    /// - Parameters:
    ///   - width: Seconds of a step.
    ///   - steps: From the start on; the last one may still grow.
    func timelineFinding(width: Int64, _ steps: [LiveTokens]) -> String {
        let lost = steps.map { ($0.delivered - $0.earned) / Double(width) }
        guard steps.contains(where: { $0.delivered > 0 }), let worst = lost.max(),
            let at = lost.firstIndex(of: worst)
        else { return "No token yet." }
        let all = steps.reduce(0) { $0 + $1.delivered } / Double(width) / Double(steps.count)
        guard worst > 0.0005 * all else {
            return hasWaited
                ? "Waiting has cost next to nothing so far." : "No reader has waited so far."
        }
        let from = PageFigures.clock(Double(Int64(at) * width))
        let span = width == 1 ? "The worst second" : "The worst \(width) seconds"
        return "\(span) so far, from \(from), cost \(PageFigures.amount(worst)) tok/s."
    }

    var agentsFinding: String {
        let agents = snapshot.agents
        let lost = agents.filter { $0.health == .lost }.map(\.name)
        if !lost.isEmpty {
            return "\(lost.count) of \(Figures.count(agents.count, "agent")) "
                + "\(lost.count == 1 ? "was" : "were") given up: \(Self.listed(lost))."
        }
        let away = agents.filter { $0.health == .away }.map(\.name)
        if !away.isEmpty {
            return "\(Self.listed(away)) \(away.count == 1 ? "is" : "are") away: the load goes on "
                + "there, and what it makes comes later."
        }
        guard let late = agents.compactMap(\.latenessP99).max() else {
            return "\(Figures.count(agents.count, "agent")) at work."
        }
        let latest = agents.max { ($0.latenessP99 ?? 0) < ($1.latenessP99 ?? 0) }?.name ?? ""
        return agents.count == 1
            ? "\(latest) sends 99 % of its requests within \(PageFigures.span(late)) of their time."
            : "All \(agents.count) agents work; \(latest) sends latest, 99 % within "
                + "\(PageFigures.span(late)) of their time."
    }

    func serversFinding(_ servers: [(name: String, server: LiveServer)]) -> String {
        let queues = servers.map { name, server in
            (name, server.queue.amounts.compactMap(\.waiting).max())
        }
        let known = queues.compactMap { name, most in most.map { (name, $0) } }
        guard let longest = known.max(by: { $0.1 < $1.1 }) else {
            return "The servers do not tell their queues."
        }
        return longest.1 == 0
            ? "No server has had a queue so far."
            : "The longest queue so far: \(Figures.count(Int(longest.1), "request")) at "
                + "\(longest.0)."
    }
}

import Gaming
package import Goodput
import Holding
package import Loss
import PlainText
package import Results
import RunRecord
import Sampling
import TimeBase
import ToolRules

extension RunAnalyses {
    /// The interval of smooth goodput over runs like this one, or why there is none, with the
    /// steady state that was found; of several stages, each in a row.
    ///
    /// - Parameters:
    ///   - interval: T; nil without requests.
    ///   - begins: When each stage begins, ns; empty where that is not known.
    ///   - width: The widest line, in columns.
    ///   - mostStages: Stages that have a row.
    func steadyLines(
        over interval: ServingInterval?, stages begins: [Int64] = [], width: Int = consoleWidth,
        mostStages: Int = .max
    ) -> [String] {
        guard let samples else { return [] }
        guard stages.isEmpty else { return stageRows(begins, width, mostStages) }
        let steady = samples.steady
        guard let window = samples.window,
            let line = SamplingText.steadyLine(
                of: "smooth goodput", window[.smoothGoodput], steady, from: interval?.begin ?? 0)
        else {
            return SamplingText.sentence(steady.verdict, steady).wrapped(width)
        }
        var lines = line.count < width ? [" " + line] : line.wrapped(width)
        // The whole run may be long enough for what its window is not.
        if let sample = samples.run?[.smoothGoodput], let reason = sample.noInterval {
            lines +=
                ("the whole run: "
                + SamplingText.reason(reason, of: "smooth goodput", steady))
                .wrapped(width)
        }
        return lines
    }

    private func stageRows(_ begins: [Int64], _ width: Int, _ most: Int) -> [String] {
        var table = TextTable(heading: ["stage", "from", "smooth", "throughput", "95 % CI", "load"])
        for (index, stage) in stages.prefix(most).enumerated() {
            let smooth = stage.window?[.smoothGoodput]
            table.add([
                "\(index + 1)", begins.indices.contains(index) ? Figures.span(begins[index]) : "-",
                Figures.rate(smooth?.value), Figures.rate(stage.window?[.throughput].value),
                smooth.flatMap { SamplingText.ends($0) } ?? "-", stage.steady.words,
            ])
        }
        let rest = stages.count - most
        return [""] + table.lines(width: width)
            + (rest > 0 ? [" and \(Figures.count(rest, "more stage")): --verbose shows all"] : [])
    }

    /// Where the rest of the throughput went, the greatest part first: a heading, and a line a
    /// cause; none where nothing was lost.
    ///
    /// - Parameters:
    ///   - interval: T; nil without requests.
    ///   - agents: Their names; fewer than two where nobody asks who lost it.
    ///   - readers: One a class.
    func lossLines(
        over interval: ServingInterval?, agents: [String] = [], readers: [ScoringParameters],
        width: Int = consoleWidth
    ) -> [String] {
        guard let rate = interval?.rate(of: loss.whole.tokensLost), rate >= 0.05
        else { return [] }
        let parts = LossCause.allCases.map { ($0, loss.whole[$0]) }
            .filter { $0.1 >= 0.005 * loss.whole.tokensLost }
            .sorted { $0.1 > $1.1 }
            .map { cause, tokens in
                let most = agents.count > 1 ? loss.mostLosing(to: cause) : nil
                let name = most.map { ", " + agents[$0].harmless.cut(Self.nameWidth) } ?? ""
                let share = Figures.fixed(tokens / loss.whole.tokensLost * 100, 0)
                return "\(share.right(4)) %  \(cause.words(readers))\(name)"
            }
        return (["where the rest went (\(Figures.rate(rate)) tok/s)"] + parts)
            .map { (" " + $0).cut(width) }
    }

    /// Columns of an agent's name beside a cause.
    private static let nameWidth = 16

    /// The surface, where it was asked for, with an empty line ahead.
    func surfaceLines(style: ConsoleStyle) -> [String] {
        surface.map { [""] + $0.whole.lines(style: style) } ?? []
    }
}

extension RunSummary {
    /// Which percentiles of the whole run enough requests stand behind.
    package var backing: PercentileBacking {
        PercentileBacking(run.totals, lateness: run.lateness, analyses?.samples)
    }

    /// Stalls that requests of one server had together, and the worst of all waits with what its
    /// server said then; all of them where `isVerbose`.
    func waitSentences(isVerbose: Bool) -> [String] {
        guard let analyses else { return [] }
        var sentences: [String] = []
        let stalls = analyses.loss.stalls ?? []
        let all = stalls.reduce(0) { $0 + $1.stalls }
        if all > 0 {
            let shared = stalls.reduce(0) { $0 + $1.shared }
            sentences.append(
                "\(shared) of \(Figures.count(all, "stall")) ended within 20 ms of another one of "
                    + "the same server: a cause in the server, of which a client sees no more.")
        }
        for worst in worstWaits.prefix(isVerbose ? .max : 1) { sentences.append(worst.sentence) }
        return sentences
    }

    /// The rules by which others make latencies between tokens of the same stream, where they come
    /// to other figures; all of them where `isVerbose`.
    func ruleLines(isVerbose: Bool, width: Int = consoleWidth) -> [String] {
        guard let rules = analyses?.interToken, let own = rules[.tokenGaps] else { return [] }
        guard !isVerbose else { return [""] + rules.lines }
        let backing = backing
        let listed: [(PercentileRank, KeyPath<InterTokenFigures.Figures, Double>)] = [
            (.p99, \.p99), (.p90, \.p90), (.p50, \.p50),
        ]
        guard let (rank, figure) = listed.first(where: { backing.isShown($0.0, of: .tbt) })
        else { return [] }
        let value = own[keyPath: figure]
        var words: [String] = []
        var isOther = false
        for rule in InterTokenRule.allCases {
            guard let name = rule.briefly, let its = rules[rule]?[keyPath: figure],
                backing.isShown(rank, of: rule.takesMeans ? .tpot : .tbt)
            else { continue }
            words.append("\(Figures.span(its)) \(name)")
            // Means are another figure, which has a row of its own.
            if !rule.takesMeans, (its - value).magnitude > Self.notableRule * value {
                isOther = true
            }
        }
        guard isOther else { return [] }
        return
            ("TBT is every gap between tokens, 0 within an event. Its \(rank.title) by other "
            + "rules: \(words.joined(separator: ", ")).").wrapped(width)
    }

    /// The share by which a rule's figure differs where it is worth a sentence.
    private static let notableRule = 0.1

    /// Findings about servers and tokens, for the first screen: those that held some, and those of
    /// which something is suspected.
    package var holdingSentences: [String] {
        guard let analyses else { return [] }
        let isNamed = analyses.servers.count > 1
        return analyses.remarkableServers.flatMap { server in
            server.figures.sentences.map { sentence in
                (isNamed ? server.url.harmless + ": " : "") + sentence
            }
        }
    }

    /// Gains that delays and drops would have had, and what was seen of servers that did nothing
    /// remarkable.
    package func analysisSentences(isVerbose: Bool) -> [String] {
        guard let analyses, run.totals.requests > 0 else { return [] }
        var sentences =
            waitSentences(isVerbose: isVerbose) + [
                analyses.gameability.headline(showsGaps: backing.isShown(.p99, of: .tbt))
            ]
        if isVerbose {
            sentences += analyses.gameability.dropSentences
            for (url, figures) in zip(analyses.servers, analyses.holding)
            where figures.isHeld != true && figures.suspicions.isEmpty {
                let name = analyses.servers.count > 1 ? url.harmless + ": " : ""
                sentences += figures.sentences.map { name + $0 }
            }
        }
        return sentences
    }
}

extension InterTokenRule {
    /// Whether it has one value a request.
    fileprivate var takesMeans: Bool { self == .requestMeans || self == .requestEventMeans }

    /// The rule in two or three words; nil for TBT's own.
    fileprivate var briefly: String? {
        switch self {
        case .tokenGaps: nil
        case .eventGaps: "by event"
        case .spread: "spread over its tokens"
        case .requestMeans: "of request means"
        case .requestEventMeans: "of request means by event"
        }
    }
}

extension WorstWait {
    /// The wait in a sentence, with what its server said at its end.
    package var sentence: String {
        let time = Figures.span(wait.to - wait.from)
        let token = wait.token == 0 ? "the first token" : "token \(wait.token)"
        var said = ""
        // The last word within the wait, else the first one after it.
        let within = samples?.before.flatMap { $0.at.ns >= wait.from ? $0 : nil }
        if let sample = within ?? samples?.after {
            var parts: [String] = []
            if let running = sample.running { parts.append("\(running) running") }
            if let waiting = sample.waiting { parts.append("\(waiting) waiting") }
            if let use = sample.keyValueUse {
                parts.append("KV cache \(Figures.fixed(use * 100, 0)) %")
            }
            if let preemptions = samples?.preemptions, preemptions > 0 {
                parts.append(Figures.count(Int(clamping: preemptions), "preemption"))
            }
            if !parts.isEmpty { said = "; the server said then: " + parts.joined(separator: ", ") }
        }
        return "Request \(wait.id) of \(agent.harmless) waited \(time) for \(token) and lost "
            + "\(Figures.short(wait.tokensLost)) tokens\(said)."
    }
}

extension LossCause {
    /// The cause in a few words, for readers of these kinds.
    package func words(_ readers: [ScoringParameters]) -> String {
        switch self {
        case .clientLate: "requests that left late"
        case .firstToken: "first token late"
        case .stall: "stalls"
        case .slowDecode:
            switch readers.count(where: \.takesAllAtOnce) {
            case 0: "decode slower than the reader"
            case readers.count: "decode, of answers that are taken whole"
            default: "decode slower than the reader, or of answers that are taken whole"
            }
        case .unfinished: "tokens that never came"
        case .void: "answers that did not complete"
        case .thought: "thoughts that nobody reads"
        }
    }
}

extension SteadyState {
    /// The verdict in a word or two.
    fileprivate var words: String {
        verdict == .stages
            ? "changes by plan"
            : [verdict.word, verdict.reason].compactMap { $0 }.joined(separator: ", ")
    }
}

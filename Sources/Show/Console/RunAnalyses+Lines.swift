import Gaming
import Goodput
import Holding
import Loss
import PlainText
import Results
import RunRecord
import Sampling

extension RunSummary {
    /// The interval of smooth goodput over runs like this one, or why there is none, with the steady
    /// state that was found; of several stages, each in a row.
    var steadyLines: [String] {
        guard let analyses, let samples = analyses.samples else { return [] }
        guard analyses.stages.isEmpty else { return stageRows(analyses.stages) }
        let steady = samples.steady
        let start = run.totals.interval?.begin ?? 0
        guard let window = samples.window,
            let line = SamplingText.steadyLine(
                of: "smooth goodput", window[.smoothGoodput], steady, from: start)
        else {
            return SamplingText.sentence(steady.verdict, steady).wrapped(consoleWidth)
        }
        var lines = line.count < consoleWidth ? [" " + line] : line.wrapped(consoleWidth)
        // The whole run may be long enough for what its window is not.
        if let sample = samples.run?[.smoothGoodput], let reason = sample.noInterval {
            lines +=
                ("the whole run: "
                + SamplingText.reason(reason, of: "smooth goodput", steady))
                .wrapped(consoleWidth)
        }
        return lines
    }

    private func stageRows(_ stages: [RunSamples]) -> [String] {
        var table = TextTable(heading: ["stage", "from", "smooth", "throughput", "95 % CI", "load"])
        let begins = header.load?.stages.map(\.beginNs) ?? []
        for (index, stage) in stages.enumerated() {
            let smooth = stage.window?[.smoothGoodput]
            table.add([
                "\(index + 1)", begins.indices.contains(index) ? Figures.span(begins[index]) : "-",
                Figures.rate(smooth?.value), Figures.rate(stage.window?[.throughput].value),
                smooth.flatMap { SamplingText.ends($0) } ?? "-", stage.steady.words,
            ])
        }
        return [""] + table.lines
    }

    /// Where the rest of the throughput went, the greatest part first.
    var lossLines: [String] {
        guard let loss = analyses?.loss, let interval = run.totals.interval,
            let rate = interval.rate(of: loss.whole.tokensLost), rate >= 0.05
        else { return [] }
        let parts = LossCause.allCases.map { ($0, loss.whole[$0]) }.filter { $0.1 > 0 }
            .sorted { $0.1 > $1.1 }
            .map { cause, tokens in
                Figures.fixed(tokens / loss.whole.tokensLost * 100, 0) + " % "
                    + cause.words + (mostly(at: cause).map { ", " + $0 } ?? "")
            }
        return ("lost \(Figures.rate(rate)) tok/s: " + parts.joined(separator: "; ") + ".")
            .wrapped(consoleWidth)
    }

    /// The agent that has most of what was lost to a cause, of several; nil where none has over
    /// half.
    private func mostly(at cause: LossCause) -> String? {
        guard let loss = analyses?.loss, loss.agents.count > 1 else { return nil }
        let most = zip(header.agents, loss.agents).max { $0.1[cause] < $1.1[cause] }
        guard let (agent, part) = most, part[cause] > 0.5 * loss.whole[cause] else { return nil }
        return agent.name.harmless
    }

    /// What servers did with tokens, for the first screen: those that held some, and those of which
    /// something is suspected.
    var holdingLines: [String] {
        guard let analyses else { return [] }
        let isNamed = analyses.servers.count > 1
        return analyses.remarkableServers.flatMap { server in
            server.figures.sentences.flatMap { sentence in
                ((isNamed ? server.url.harmless + ": " : "") + sentence)
                    .wrapped(consoleWidth)
            }
        }
    }

    /// What delays and drops would have gained, and what was seen of servers that did nothing
    /// remarkable.
    func analysisSentences(isVerbose: Bool) -> [String] {
        guard let analyses, run.totals.requests > 0 else { return [] }
        var sentences = [analyses.gameability.headline]
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

extension LossCause {
    /// The cause in a few words.
    fileprivate var words: String {
        switch self {
        case .clientLate: "requests that left late"
        case .firstToken: "first token late"
        case .stall: "stalls"
        case .slowDecode: "decode slower than the reader"
        case .unfinished: "tokens that never came"
        case .void: "answers that did not complete"
        }
    }
}

extension SteadyState {
    /// The verdict in a word or two.
    fileprivate var words: String {
        [verdict.word, verdict.reason].compactMap { $0 }.joined(separator: ", ")
    }
}

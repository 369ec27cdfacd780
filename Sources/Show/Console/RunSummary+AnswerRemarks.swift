import Goodput
import JSON
import PlainText
import Results
import TokenLog

extension RunSummary {
    /// Remarks on how the servers answered, a sentence each.
    package var answerRemarks: [String] {
        answers.streamRemarks + answers.deliveryRemarks + answers.endingRemarks
            + answers.framingRemarks + connectionRemarks
    }

    /// Waits that the scenario's own rule of connections made.
    private var connectionRemarks: [String] {
        guard let rule = header.scenario["connections"], let late = run.lateness,
            let words = rule.string ?? rule.int64.map(String.init), words != "kept",
            late.p99 > Double(ClientAudit.largestLatenessNs)
        else { return [] }
        return [
            "Requests waited for a connection, as the scenario has it (`connections: \(words)`): "
                + "they left \(Figures.span(late.p99)) late at p99, which counts in every latency."
        ]
    }
}

extension AnswerSummary {
    /// Share of the tokens from which hidden ones are worth a sentence: below, a server counts the
    /// end of a sequence and the like.
    private static let worthASentence = 0.01

    /// `a`, `b and c`, `b, c and 2 more`, in order.
    private static func names(_ all: some Sequence<String>) -> String {
        let sorted = all.sorted()
        let shown = sorted.prefix(3)
        guard let last = shown.last, shown.count > 1 else { return sorted.first ?? "" }
        if sorted.count > shown.count {
            return shown.joined(separator: ", ") + " and \(sorted.count - shown.count) more"
        }
        return shown.dropLast().joined(separator: ", ") + " and \(last)"
    }

    fileprivate var streamRemarks: [String] {
        var sentences: [String] = []
        if !wholeTargets.isEmpty {
            let whole = count(.notStreamed)
            sentences.append(
                "\(Self.names(wholeTargets)) \(wholeTargets.count == 1 ? "does" : "do") not "
                    + "stream: \(whole) of \(Figures.count(completed, "answer")) came as one "
                    + "document. TTFT, TBT and TPOT of those do not exist, the bounds on them are "
                    + "not met, and the tokens count when they came, all at the end.")
        }
        if collected > 0 {
            sentences.append(
                "\(collected) of \(Figures.count(completed, "answer")) came with all their events "
                    + "at once: \(Self.names(collectedTargets)), or a proxy in front of it, "
                    + "collects the stream. TTFT, TBT and TPOT of those do not exist, the bounds "
                    + "on them are not met, and the tokens count when they came, all at the end; "
                    + "turn the buffering off (nginx: proxy_buffering off) or measure behind it.")
        }
        return sentences
    }

    fileprivate var deliveryRemarks: [String] {
        var sentences: [String] = []
        if undelivered > 0 {
            sentences.append(
                "NOTHING WAS DELIVERED in \(Figures.count(undelivered, "answer")) whose usage "
                    + "counts tokens: no event brought text. Does the server stream it in another "
                    + "form, or spend all of it on reasoning that it does not show?")
        }
        let hidden = hiddenTokens - doubtedTokens
        let all = Double(hidden) + Double(deliveredTokens)
        if hidden > 0, Double(hidden) >= Self.worthASentence * all {
            sentences.append(
                "The servers count \(hidden) tokens that no event brought "
                    + "(\(Figures.percent(Double(hidden) / all)) of all: reasoning that is not "
                    + "shown, as a rule). They were not delivered and are in no figure; see "
                    + "`hidden_tokens` in requests.jsonl.")
        }
        if count(.usageNotBelieved) > 0 {
            sentences.append(
                "The usage of \(Figures.count(count(.usageNotBelieved), "answer")) counts more "
                    + "tokens than the text has room for, and was not believed: each event with "
                    + "text counts as one token.")
        }
        for (field, answers) in unknownFields.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }
        )
        .prefix(3) {
            sentences.append(
                "\(Figures.count(answers, "answer")) had text in `\(field)`, a member of the delta "
                    + "that is not known here: it was delivered, and counts.")
        }
        return sentences
    }

    fileprivate var endingRemarks: [String] {
        var sentences: [String] = []
        let done = endings[.done] ?? 0
        let usage = endings[.usage] ?? 0
        if done + usage > 0 {
            var ways: [String] = []
            if done > 0 { ways.append("\(done) with [DONE]") }
            if usage > 0 { ways.append("\(usage) with a usage that agrees") }
            sentences.append(
                "\(Figures.count(done + usage, "answer")) ended without a finish reason: "
                    + ways.joined(separator: ", ") + "; \(endings[.finishReason] ?? 0) had one.")
        }
        let known = Set(FinishReason.allCases.map { "\($0.word)" }).subtracting(["abort", "other"])
        let odd = finishReasons.filter { !known.contains($0.key) }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !odd.isEmpty {
            let counts = odd.prefix(5).map { "`\($0.key)` \($0.value)" }.joined(separator: ", ")
            let more = odd.count > 5 ? " and \(odd.count - 5) more" : ""
            sentences.append(
                "Finish reasons that are not the usual ones: \(counts)\(more). With `abort` the "
                    + "server gave the request up; of the others only the server knows.")
        }
        if count(.bodyLeftOpen) > 0 {
            sentences.append(
                "\(Figures.count(count(.bodyLeftOpen), "answer")) had a finish reason and then no "
                    + "end: the server left the body open, or cut it. They are complete; a usage "
                    + "may be missing.")
        }
        return sentences
    }

    fileprivate var framingRemarks: [String] {
        var sentences: [String] = []
        if count(.framingGuessed) > 0 {
            sentences.append(
                "\(Figures.count(count(.framingGuessed), "answer")) had no Content-Type, or one of "
                    + "another kind: what they are was told by their first bytes.")
        }
        if strayLines > 0 {
            sentences.append(
                "\(Figures.count(Int(clamping: strayLines), "data line")) of "
                    + "\(Figures.count(answersWithStrayLines, "answer")) "
                    + "\(strayLines == 1 ? "was" : "were") no JSON (keep-alives, as a rule) and "
                    + "\(strayLines == 1 ? "was" : "were") skipped.")
        }
        if count(.reusedConnection) > 0 {
            sentences.append(
                "\(Figures.count(count(.reusedConnection), "request")) failed before the first "
                    + "byte of an answer on a connection that had served before: the server drops "
                    + "idle connections sooner than they are used again. `connections: fresh` in "
                    + "the scenario opens one a request.")
        }
        return sentences
    }
}

import PlainText

extension HoldingFigures {
    /// The verdicts, a sentence each, then what is suspected, and what was looked at where that is
    /// not all.
    package var sentences: [String] {
        verdicts.map(sentence) + suspicions.map(sentence) + (sample.map { [sentence($0)] } ?? [])
    }

    private func sentence(_ verdict: HoldingVerdict) -> String {
        switch verdict {
        case .interval: intervalSentence
        case .paced:
            "The server paced tokens to \(Figures.span(theta)): \(percent(spike)) of the gaps are "
                + "within 2 % of it, and streams that share the engine are out of step "
                + "(\(percent(outOfStep)) of pairs; an engine's streams move together). TBT "
                + "measures the pacer."
        case .holdFirst:
            "Answers begin with a burst (\(Figures.fixed(burstTokens ?? 0, 0)) tokens, "
                + "\(percent(firstBurst)) of streams): the first token was held for about "
                + "\(about(heldFirst))."
        case .finishBurst:
            "Answers end with a burst (\(percent(lastBurst)) of streams): their last tokens were "
                + "held until the end."
        case .ttftWall:
            "Half of the first tokens come \(Figures.span(ttftWall)) after the send, whatever the "
                + "prompt: they were held to a bound."
        case .flush:
            "Tokens are flushed by time, about every \(milliseconds(period)) (a proxy's timer or "
                + "Nagle)\(equally): the transport holds them, not the engine."
        case .tick:
            "Tokens are flushed by time, every \(milliseconds(period)) (one clock for all "
                + "streams)\(equally): the transport holds them, not the engine."
        case .bytes:
            "Tokens are flushed in full buffers of about \(Figures.fixed(bufferEvents ?? 0, 0)) "
                + "events: the transport holds them, not the engine."
        case .notStreamed:
            "Answers come whole: half of the streams or more had at most two deliveries, so that "
                + "their tokens waited for the end."
        case .clocked:
            "Gaps are \(Figures.span(theta)) whatever the load: a pacer that every stream waited "
                + "for together, or a machine of fixed step. TBT says nothing of the load here."
        case .none: noneSentence
        case .cannotTell: cannotTellSentence
        case .tooLittle:
            "Too little to tell whether tokens were held: it takes \(Self.fewestStreams) answers "
                + "of \(StreamSample.fewestTokens) tokens or more and \(Self.fewestTokens) tokens, "
                + "and there were \(streams) and \(tokens)."
        }
    }

    private var intervalSentence: String {
        let size = interval ?? 1
        let share: String
        if let intervalShare {
            share =
                "\(Figures.count(size, "token")) (\(percent(intervalShare)) of them"
                + "\(firstTokens ?? 0 <= 1 ? ", the first alone" : ""))"
        } else {
            share = "\(Figures.count(size, "token")) or more"
        }
        let steps = outOfStep == nil ? "" : " and streams are out of step"
        return "The server held tokens: events carry \(share)\(steps), so \(size - 1) of \(size) "
            + "tokens waited for the last (--stream-interval \(size))."
    }

    private var equally: String {
        (covariation ?? 0) >= 0.5 ? ", equally many to all streams" : ""
    }

    private var noneSentence: String {
        let pairs = Int(((inStep ?? 0) * Double(windows)).rounded())
        return "No token was seen to be held (\(Figures.count(streams, "stream")), "
            + "\(Figures.count(pairs, "pair")) in step)."
    }

    private var cannotTellSentence: String {
        let reason: String
        if inStep != nil {
            reason = "gaps vary too much from stream to stream to show an engine's steps"
        } else if windows > 0 {
            reason = "too few streams ran at a time"
        } else {
            reason = "only one stream ran at a time"
        }
        let groups = grouped ?? 0 < 0.3 ? " No groups, no bursts." : " No bursts."
        return "Cannot tell whether tokens were paced: \(reason).\(groups) Run 12 or more at "
            + "once, or a load that rises from 1 to 32."
    }

    private func sentence(_ suspicion: HoldingSuspicion) -> String {
        switch suspicion {
        case .outOfStep:
            "Streams keep out of step and their gaps have little in common (\(percent(independent))"
                + " of pairs): as many replicas would look so, and so would a pacer."
        case .serialFrontEnd:
            "Gaps are \(Figures.span(theta)) and streams are out of step: a pacer, or a front end "
                + "that serves \(Figures.fixed(crowd ?? 0, 0)) streams one after the other."
        case .evenGaps:
            "Gaps are even (\(percent(spike)) within 2 %), and prefills of other requests do not "
                + "move them: a pacer, or prefills on another machine."
        case .constantGroups:
            "Events carry \(commonestSize ?? 0) tokens, and too few streams ran at a time to tell "
                + "whether a step makes so many or the server waits for them."
        }
    }

    private func sentence(_ sample: Sample) -> String {
        "Looked at \(streams) of \(sample.streams) answers with \(tokens) of \(sample.tokens) "
            + "tokens: those of \(sample.liveStretches) of \(sample.stretches) stretches of the "
            + "run."
    }

    private func percent(_ share: Double?) -> String {
        Figures.fixed((share ?? 0) * 100, 0) + " %"
    }

    private func milliseconds(_ ns: Double?) -> String {
        Figures.fixed((ns ?? 0) / 1e6, 0) + " ms"
    }

    private func about(_ ns: Double?) -> String {
        guard let ns, ns >= 5e7 else { return milliseconds(ns) }
        return Figures.fixed(ns / 1e9, 1) + " s"
    }
}

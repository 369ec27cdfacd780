import PlainText

extension ToolRemark {
    /// The remark in a sentence.
    package var sentence: String {
        switch self {
        case .fromSend(let mean, let longest, let sent, let scheduled):
            "latencies count from the send: \(Figures.span(mean)) on average and up to "
                + "\(Figures.span(longest)) between schedule and send are in none of them (TTFT "
                + "p99 \(Figures.span(sent)) so, \(Figures.span(scheduled)) from the schedule)"
        case .onlyCompleted(let lost, let requests, let tokens):
            "only completed requests count: \(lost) of \(Figures.count(requests, "request")) "
                + "\(lost == 1 ? "is" : "are") in no latency, and "
                + "\(Figures.count(tokens, "token")) that came before the end in no throughput"
        case .failedThere(let answers):
            "\(Figures.count(answers, "completed answer")) without a stream of tokens "
                + "\(answers == 1 ? "counts" : "count") as failed"
        case .zeroThere(let answers):
            "\(Figures.count(answers, "completed answer")) without a stream of tokens "
                + "\(answers == 1 ? "counts" : "count") with a TTFT of 0"
        case .eventsForTokens(let events, let tokens):
            "ITL is the gap between stream events: \(Figures.count(tokens, "token")) came in "
                + "\(Figures.count(events, "event")), and the tokens of one event have no gap"
        case .meansHideGaps(let longest, let mean):
            "ITL is one mean a request: the longest gap, \(Figures.span(longest)), is averaged "
                + "away (largest ITL \(Figures.span(mean)))"
        case .attainedPercentiles:
            "percentiles are values of requests, not between them; those of ITL and TPOT weigh a "
                + "request by its tokens"
        case .tailCounts(let longest):
            "latencies end with the stream, behind usage and [DONE]: up to "
                + "\(Figures.span(longest)) after the last token"
        case .peakBySeconds:
            "peaks are by whole seconds: a request counts in each second that it touches, and "
                + "an event for one token"
        case .roleChunks:
            "there a first chunk without a token, such as one with a role, stops the TTFT; here "
                + "events without tokens do not count"
        case .spreadByNative:
            "so with an OpenAI backend; its own (--backend sglang) spreads a gap evenly over the "
                + "tokens of its event"
        }
    }
}

extension MissingReason {
    /// The reason in a sentence.
    package var sentence: String {
        switch self {
        case .noSend(let requests):
            "`sent` is not known of \(Figures.count(requests, "request")), and there latencies "
                + "count from the send"
        case .noStarts: "nothing tells when requests were sent"
        case .noPrompt(let requests):
            "the prompt's length is not known of \(Figures.count(requests, "request"))"
        case .noRequest: "no request counts"
        case .noValue: "no request has it"
        case .noBound: "no bound is set; set some with --goodput ttft:500 tpot:50"
        case .noTime: "the requests took no time"
        case .notRecorded(let why): why
        }
    }
}

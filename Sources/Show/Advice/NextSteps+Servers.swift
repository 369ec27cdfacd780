import Loss
import PlainText
import Results
import Sampling
import TokenLog

extension NextSteps {
    /// Requests that the servers did not serve, with the most frequent reason and where it is.
    var failures: NextStep? {
        let balance = summary.balance
        guard balance.due > 0, balance.notServed > 0 else { return nil }
        let share = Double(balance.notServed) / Double(balance.due)
        let cause: StepCause = share >= 0.01 ? .failures : .fewFailures
        let counts: StepText =
            "\(figure: String(balance.notServed)) of \(figure: String(balance.due)) requests"
        guard let group = summary.errorGroups.first(where: { $0.error.kind.isServers }) else {
            return NextStep(
                cause, "\(counts) were not served: see how the answers ended.", .compare)
        }
        let most = group.agents.first
        let place = summary.header.agents.count > 1 ? most.map { " on \($0.agent)" } ?? "" : ""
        let number = String(group.requests)
        return NextStep(
            cause,
            """
            \(counts) were not served, most (\(figure: number)) by \(group.label)\(place): \
            \(group.error.advice).
            """)
    }

    /// More was asked for than is served, by the backlog that grew or by the run's own early end.
    var overload: NextStep? {
        if let end = summary.header.overSaturated {
            return NextStep(
                .overload,
                """
                Over-saturated: \(figure: String(end.waiting)) requests waited for a first token \
                when the run was ended: find the rate that is served.
                """, .peak)
        }
        guard let steady = overloaded, let growth = steady.backlogGrowth,
            let rate = steady.arrivalRate, rate > growth
        else { return nil }
        let asked = "\(Figures.fixed(rate, 1)) requests/s"
        return NextStep(
            .overload,
            """
            \(figure: Figures.fixed(growth, 1)) of \(figure: asked) are not served, and their \
            queue grows all the time: ask for \(figure: "\(Figures.fixed(rate - growth, 1))/s") \
            at most.
            """, .peak)
    }

    /// The run's steady state, or that of its first stage that was overloaded.
    private var overloaded: SteadyState? {
        guard let analyses = summary.analyses else { return nil }
        let all = analyses.stages.isEmpty ? [analyses.samples].compactMap(\.self) : analyses.stages
        return all.map(\.steady).first { $0.verdict == .overloaded }
    }

    /// The greatest cause of the loss, the node that has most of it, and what its servers said.
    var loss: NextStep? {
        guard let loss = summary.analyses?.loss, (summary.run.lostShare ?? 0) >= 0.01,
            loss.whole.tokensLost > 0
        else { return nil }
        let causes = LossCause.allCases.map { ($0, loss.whole[$0]) }
        guard let (cause, tokens) = causes.max(by: { $0.1 < $1.1 }), tokens > 0 else { return nil }
        let agents = summary.header.agents
        let most = agents.count > 1 ? loss.mostLosing(to: cause) : nil
        let pressure = ServerPressure(most.map { [agents[$0]] } ?? agents)
        // An overload says it better.
        if cause == .firstToken, overload != nil { return nil }
        guard let remedy = remedy(cause, pressure) else { return nil }
        let place = most.map { " on \(agents[$0].name)" } ?? ""
        let share = Figures.roughPercent(tokens / loss.whole.tokensLost)
        let said = cause.isServers ? pressure.clause(isOfNamed: most != nil) : ""
        return NextStep(
            .loss, "\(figure: share) of the loss is \(cause.noun)\(place)\(said): \(remedy.words).",
            remedy.command)
    }

    private func remedy(
        _ cause: LossCause, _ pressure: ServerPressure
    ) -> (words: String, command: StepCommand?)? {
        switch cause {
        case .firstToken, .stall, .slowDecode:
            if pressure.isShortOfCache {
                return (
                    "compare fewer sequences at once, or more room for the cache (vLLM: "
                        + "--max-num-seqs, --gpu-memory-utilization)", .compare
                )
            }
        case .clientLate, .unfinished, .void, .thought: break
        }
        switch cause {
        case .stall:
            return (
                "the engine stops decoding for something else, mostly prompts; compare a chunked "
                    + "scheduler or smaller chunks (vLLM: --max-num-batched-tokens)", .compare
            )
        case .firstToken:
            return (
                "requests queue before their first token; compare a lower rate, or more room for "
                    + "sequences (vLLM: --max-num-seqs)", .peak
            )
        case .slowDecode:
            return (
                "tokens come more slowly than they are read; compare fewer sequences at once "
                    + "(vLLM: --max-num-seqs)", .compare
            )
        case .clientLate where summary.cap != nil:
            return (
                "they waited for a place, by the bound on requests in flight; raise it, or ask for "
                    + "less", .peak
            )
        case .clientLate: return ("use more agents, a lower rate or idle nodes", .headroom)
        case .unfinished, .void: return ("see why answers did not complete", nil)
        case .thought: return nil
        }
    }

    /// A figure without an interval, and the run that would have one.
    var length: NextStep? {
        guard let analyses = summary.analyses, analyses.stages.isEmpty,
            let steady = analyses.samples?.steady,
            analyses.samples?.run?[.smoothGoodput].low == nil
        else { return nil }
        let sample = analyses.samples?.window?[.smoothGoodput]
        let needed: Double?
        switch (steady.verdict, sample?.noInterval) {
        case (.tooShort, _): needed = steady.needs
        case (.steady, .wanders?): needed = steady.relaxation.map { 20 * $0 }
        default: return nil
        }
        let length = steady.length ?? 0
        guard let needed, needed > length, needed < 86_400 else {
            let seen = Figures.count(steady.requests ?? steady.seen, "request")
            return NextStep(
                .length,
                """
                \(figure: seen) are too few for an interval of smooth goodput: run longer, or \
                several times.
                """, .repeats)
        }
        let seconds = Int(needed.rounded(.up))
        return NextStep(
            .length,
            """
            An interval of smooth goodput takes \(figure: "\(seconds) s") of this load, and it \
            had \(figure: "\(Figures.fixed(length, 0)) s"): run longer, or several times.
            """, .longer(seconds: seconds))
    }
}

extension LossCause {
    /// The cause as a noun.
    fileprivate var noun: String {
        switch self {
        case .clientLate: "requests that left late"
        case .firstToken: "waiting for first tokens"
        case .stall: "stalls between tokens"
        case .slowDecode: "slow decoding"
        case .unfinished: "tokens that never came"
        case .void: "answers that did not complete"
        case .thought: "thoughts that nobody reads"
        }
    }

    /// Whether a server's queue or cache may explain it.
    fileprivate var isServers: Bool {
        switch self {
        case .firstToken, .stall, .slowDecode: true
        case .clientLate, .unfinished, .void, .thought: false
        }
    }
}

extension ErrorClass {
    /// Whether a server, or the way to it, has a part in it.
    fileprivate var isServers: Bool {
        switch self {
        case .agentDown, .runEnded, .drained, .recordsLost, .coordinatorDown: false
        default: true
        }
    }
}

extension RequestError {
    /// The next thing to look at, a clause.
    fileprivate var advice: String {
        switch kind {
        case .connect, .connectTimeout: "see that the server is up and takes so many connections"
        case .firstTokenTimeout, .betweenTokensTimeout, .totalTimeout:
            "lower the rate, or raise `timeouts` of the scenario"
        case .httpStatus where status == 401 || status == 403: "give the servers' key"
        case .httpStatus where status == 429:
            "a gateway limits the rate; ask for less, or raise its limit"
        case .httpStatus where (400..<500).contains(status):
            "the server refuses such requests, in its own words below"
        case .httpStatus, .streamError, .reset, .closedEarly: "read the server's log of then"
        case .malformed, .empty: "see the errors below"
        case .local: "raise the node's limits (ulimit -n), or use more agents"
        default: "see the errors below"
        }
    }
}

import PlainText

/// Sentences about how far figures may lie.
package enum SamplingText {
    /// `95 % CI 1243..1299`, with a unit behind it where there is one; nil without an interval.
    package static func interval(_ sample: FigureSample) -> String? {
        guard let low = sample.low, let high = sample.high else { return nil }
        return "95 % CI \(range(low, high))"
    }

    /// `1243..1299`; nil without an interval.
    package static func ends(_ sample: FigureSample) -> String? {
        guard let low = sample.low, let high = sample.high else { return nil }
        return range(low, high)
    }

    /// `1243..1299`.
    private static func range(_ low: Double, _ high: Double) -> String {
        "\(Figures.short(low))..\(Figures.short(high))"
    }

    /// The interval of a figure, or why there is none.
    ///
    /// - Parameter name: The figure's, as in a sentence: `smooth goodput`.
    package static func interval(
        of name: String, _ sample: FigureSample, _ steady: SteadyState
    ) -> String {
        interval(sample) ?? reason(sample.noInterval ?? .empty, of: name, steady)
    }

    /// `steady 0:40..6:50   1312.0   95 % CI 1290..1334   queue forgets in 24 s`; nil unless
    /// steady.
    ///
    /// - Parameter start: The first `scheduled`, from which the window is told, ns.
    package static func steadyLine(
        of name: String, _ sample: FigureSample, _ steady: SteadyState, from start: Int64
    ) -> String? {
        guard steady.isSteady, let window = steady.window else { return nil }
        let begin = clock(window.lowerBound - start)
        let end = clock(window.upperBound - start)
        var parts = ["steady \(begin)..\(end)", Figures.rate(sample.value)]
        parts.append(interval(of: name, sample, steady))
        if sample.noInterval != .wanders, let memory = steady.relaxation {
            parts.append("queue forgets in \(span(memory))")
        }
        return parts.joined(separator: "   ")
    }

    /// Why a figure has no interval.
    package static func reason(
        _ reason: NoInterval, of name: String, _ steady: SteadyState
    ) -> String {
        switch reason {
        case .verdict(let verdict): sentence(verdict, steady)
        case .constant: "no interval: no request differs from another in \(name)"
        case .wanders:
            "no interval: \(name) follows the queue, which forgets in "
                + "\(span(steady.relaxation ?? 0)): run "
                + "\(atLeast(20 * (steady.relaxation ?? 0))), or --repeat 5"
        case .count: "no interval: too few requests for \(name)"
        case .empty: "no interval: no request has a value of \(name)"
        case .runs: "no interval: 3 runs are the least"
        case .tooLarge: "no interval: \(name) is too large a number"
        }
    }

    /// The words in place of an interval where a run was not steady.
    package static func sentence(
        _ verdict: SteadyState.Verdict, _ steady: SteadyState
    ) -> String {
        switch verdict {
        case .steady: "steady"
        case .tooShort(let shortage): "no interval: " + sentence(shortage, steady)
        case .overloaded:
            "overloaded: \(Figures.fixed(steady.backlogGrowth ?? 0, 1)) of "
                + "\(Figures.fixed(steady.arrivalRate ?? 0, 1)) requests/s are not served, "
                + "\(Figures.fixed(steady.backlog.last ?? 0, 0)) wait for a first token: figures "
                + "depend on the run's length; lower the rate"
        case .drifting(.late):
            "not steady: in flight still rising after a third of the run: add warm-up"
        case .drifting(.arrivals):
            "not steady: arrivals \(steady.arrivalsGrew ? "grew" : "fell")"
        case .drifting(.pace): "not steady: " + pace(steady)
        case .stages: "no interval: the load changes by plan: see its stages"
        }
    }

    /// The steady state as such, where nobody asks for an interval: `too short: 18 requests, 30
    /// are the least`.
    package static func sentence(of steady: SteadyState) -> String {
        switch steady.verdict {
        case .tooShort(let shortage): "too short: " + sentence(shortage, steady)
        case .stages: "the load changes by plan"
        default: sentence(steady.verdict, steady)
        }
    }

    private static func sentence(
        _ shortage: SteadyState.Shortage, _ steady: SteadyState
    ) -> String {
        let length = steady.length ?? 0
        func times(_ memory: Double?) -> String {
            guard let memory, memory > 0 else { return "-" }
            return Figures.fixed(length / memory, 1)
        }
        let needs = steady.needs ?? 0
        // A long run may still be too noisy: nobody knows then how much longer it would have to be.
        let run = (needs > length ? "run \(atLeast(needs))" : "run longer") + ", or --repeat 5"
        switch shortage {
        case .count:
            if steady.requests == nil, steady.seen >= 30 {
                return "all requests arrived at one instant"
            }
            guard let requests = steady.requests, requests >= 30 else {
                return "\(Figures.count(steady.requests ?? steady.seen, "request")), "
                    + "30 are the least"
            }
            return "too few answers stream over the run to see how its time per token moves"
        case .unfinished:
            return "\(Figures.count(steady.seen, "request")) before the first one that the run's "
                + "end cut off, 30 are the least: let requests finish, or run longer"
        case .residence:
            return "\(span(length)) of arrivals are \(times(steady.residence)) times a request's "
                + "stay (\(span(steady.residence ?? 0))), 12 are the least: \(run)"
        case .relaxation:
            return "\(span(length)) of arrivals are \(times(steady.relaxation)) times as long as "
                + "the queue remembers (\(span(steady.relaxation ?? 0))), 5 are the least: \(run)"
        case .pace:
            return pace(steady, from: "may have ") + ": too short a run to tell; " + run
        }
    }

    /// `time per token rose by 18 % at equal load: see clocks, temperature, cache`.
    private static func pace(_ steady: SteadyState) -> String {
        pace(steady, from: "") + ": see clocks, temperature, cache"
    }

    private static func pace(_ steady: SteadyState, from doubt: String) -> String {
        let change = steady.paceChange ?? 0
        let range = steady.paceRange ?? 0
        // A hump ends where it began.
        guard change.magnitude >= range / 3 else {
            return "time per token \(doubt)varied by \(percent(range)) at equal load"
        }
        let verbs = doubt.isEmpty ? ("rose", "fell") : ("risen", "fallen")
        let verb = change > 0 ? verbs.0 : verbs.1
        return "time per token \(doubt)\(verb) by \(percent(change.magnitude)) at equal load"
    }

    private static func percent(_ share: Double) -> String { Figures.fixed(share * 100, 0) + " %" }

    /// `TTFT p99 310 ms   95 % CI 296 ms..331 ms`; a dash where too few requests lie beyond it.
    ///
    /// - Parameters:
    ///   - name: The latency's and the percentile's: `TTFT p99`.
    ///   - requests: How many there are.
    package static func percentile(
        _ name: String, _ sample: PercentileSample, requests: Int
    ) -> String {
        guard sample.isShown, let value = sample.value else {
            return "\(name) -  (\(Figures.count(requests, "request")), "
                + "\(sample.needed) are the least)"
        }
        switch (sample.low, sample.high) {
        case (let low?, let high?):
            return "\(name) \(Figures.span(value))   95 % CI "
                + "\(Figures.span(low))..\(Figures.span(high))"
        case (let low?, nil): return "\(name) \(Figures.span(low)) at least"
        case (nil, let high?): return "\(name) \(Figures.span(high)) at most"
        case (nil, nil): return "\(name) \(Figures.span(value))"
        }
    }

    /// A span of seconds in a sentence: `7.7 s`, `87 s`, `29 min`.
    static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<9.95: Figures.fixed(seconds, 1) + " s"
        case ..<119.5: Figures.fixed(seconds, 0) + " s"
        default: Figures.fixed(seconds / 60, 0) + " min"
        }
    }

    /// The span rounded up, so that whoever runs as long has run long enough.
    static func atLeast(_ seconds: Double) -> String {
        switch seconds {
        case ...9.9: span((seconds * 10).rounded(.up) / 10)
        case ...119: span(seconds.rounded(.up))
        default: span((seconds / 60).rounded(.up) * 60)
        }
    }

    /// `6:50` after the start.
    private static func clock(_ ns: Int64) -> String {
        let seconds = Int64((Double(ns) / 1e9).rounded())
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}

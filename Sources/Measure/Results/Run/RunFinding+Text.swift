import Goodput
package import PlainText
import Sampling

extension RunFinding {
    /// The finding in one sentence, with what to do.
    package var sentence: String {
        switch self {
        case .nothingDue:
            "No request was due, so nothing was measured: give the run a longer duration, a higher "
                + "rate or more requests."
        case .noToken(let requests):
            "No token came: \(Figures.count(requests, "request")) brought none, so there is "
                + "nothing to judge the server by."
        case .notServed(let balance, let allowed): Self.notServed(balance, allowed)
        case .silent(let requests, let first):
            "\(Figures.count(requests, "answer")) ended well without one token, though tokens were "
                + "asked for (first: request \(first.id) of \(first.agent)): "
                + "they count as not served."
        case .unaccounted(let planned, let accounted, _):
            "\(Figures.count(planned, "request")) were planned and \(accounted) are accounted for: "
                + (accounted < planned
                    ? "records of \(planned - accounted) are missing."
                    : "\(accounted - planned) stand in the files that were in no plan.")
        case .cutByEnd(let requests, let due, let allowed):
            "\(requests) of \(due) requests were cut off by the run's end, and "
                + "\(Figures.share(allowed)) may be: their times end there; give a longer drain."
        case .lengths(let kind, let fit, let arePinned): Self.lengths(kind, fit, arePinned)
        case .warmUp(let notServed, let due):
            "\(notServed) of \(due) warm-up requests were not served: the figures begin with a "
                + "server that was not warmed up as planned."
        case .lateSends(let stalls, let agent): Self.lateSends(stalls, agent)
        case .lateAtP99(let late):
            "The clients, not the servers, were the limit: requests of all agents left "
                + "\(Figures.span(late)) late at p99, and 1 ms is allowed; use more agents, a "
                + "lower rate or idle nodes."
        case .notSteady(let steady):
            "The run was to be in a steady state (--require-steady): "
                + (steady.map(SamplingText.sentence(of:)) ?? "its stages are not known") + "."
        case .movedFigure(let figure):
            "\(figure.row.title) is not valid at \(figure.words): the client was late to take "
                + "\(Figures.count(figure.reads, "read")) with several events, whose own times are "
                + "not known, and that could move it by over a twentieth; use an idle node or a "
                + "higher priority of the agent."
        }
    }

    private static func notServed(_ balance: LoadBalance, _ allowed: Double) -> String {
        let parts = [
            (balance.failed, "failed"), (balance.abandoned, "were given up by the server"),
            (balance.silent, "brought no token"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let share = Double(balance.notServed) / Double(balance.due)
        return "\(balance.notServed) of \(balance.due) requests were not served "
            + "(\(Figures.percent(share))), and \(Figures.share(allowed)) may be (--max-failed): "
            + parts.joined(separator: ", ") + "."
    }

    private static func lengths(_ kind: LengthKind, _ fit: LengthFit, _ arePinned: Bool) -> String {
        let error = fit.meanError ?? 0
        let name = kind == .prompts ? "Prompts" : "Answers"
        let size = Figures.percent(error.magnitude)
        let remedy =
            arePinned
            ? "answers were to have the planned length; where they may end by themselves, say so "
                + "with `ignore eos: false`"
            : "compare runs by what was sent, see `lengths` in summary.json"
        return "\(name) are \(size) \(error > 0 ? "longer" : "shorter") than planned "
            + "(\(fit.exact) of \(fit.requests) are exact, the worst is off by "
            + "\(fit.worst.magnitude) tokens): \(remedy)."
    }

    private static func lateSends(_ stalls: SendStalls, _ agent: String?) -> String {
        let noticed =
            stalls.noticeableNs.map {
                ", \(stalls.noticeable.requests) over a twentieth of the median "
                    + "\(stalls.latency.title) (\(Figures.span($0)))"
            } ?? ""
        return "\(agent ?? "The agents together"): the client, not the server, was late: "
            + "\(stalls.late.requests) of \(stalls.sends) requests left over 1 ms late in "
            + "\(Figures.count(stalls.late.stalls, "stall"))\(noticed), the worst "
            + "\(Figures.span(stalls.worstNs)); use an idle node, more agents or a lower rate."
    }
}

extension MovedFigure {
    /// `p90 and p99`.
    package var words: String {
        let names = ranks.map(\.title)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension Figures {
    /// A share as a percentage without needless digits: `5 %`, `0.5 %`.
    package static func share(_ share: Double) -> String {
        let percent = share * 100
        let digits = percent == percent.rounded() ? 0 : 1
        return fixed(percent, digits) + " %"
    }
}

import JSON
package import Sampling

/// Something that a run's requests say of the run itself: why its figures do not hold, or what a
/// reader must know of them.
package enum RunFinding: Hashable, Sendable {
    /// No scored request was ever due.
    case nothingDue
    /// Requests were due, and not one token came.
    case noToken(requests: Int)
    /// More requests than may were not served: failed, abandoned, or without a token.
    case notServed(LoadBalance, allowed: Double)
    /// Some answers ended well without a token where tokens were asked for.
    case silent(requests: Int, first: Example)
    /// The sum of what became of the requests is not what was planned.
    case unaccounted(planned: Int, accounted: Int, isKnown: Bool)
    /// The run's end cut off more requests than may fail.
    case cutByEnd(requests: Int, due: Int, allowed: Double)
    /// Lengths are off by over a tenth in the mean; those of answers may have been pinned.
    case lengths(LengthKind, LengthFit, arePinned: Bool)
    /// Warm-up requests were not served.
    case warmUp(notServed: Int, due: Int)
    /// Requests left late, of an agent or (nil) of all together, in a run or a part of few
    /// requests.
    case lateSends(SendStalls, agent: String?)
    /// Requests of all agents together left late at the 99th percentile, ns.
    case lateAtP99(Double)
    /// The run was to be in a steady state and was not, or nobody can say.
    case notSteady(SteadyState?)
    /// The client may have moved percentiles of a figure.
    case movedFigure(MovedFigure)

    /// A request, named by its id and its agent.
    package struct Example: Hashable, Sendable {
        package var id: UInt32
        package var agent: String
    }

    package enum LengthKind: Hashable, Sendable {
        case prompts
        case answers
    }

    /// The best verdict of a run with such a finding; `valid` for what only has to be said.
    ///
    /// A late agent's part is a stretch that is not valid, and weighs by its share of node-seconds.
    package var weight: Verdict {
        switch self {
        case .nothingDue, .noToken, .notServed, .lateAtP99, .notSteady: .notValid
        case .unaccounted(let planned, let accounted, let isKnown):
            isKnown && accounted < planned ? .partial : .notValid
        case .cutByEnd, .movedFigure: .partial
        case .silent, .warmUp: .valid
        case .lengths(_, let fit, let arePinned):
            arePinned && (fit.meanError ?? 0).magnitude > LengthSummary.largestPinnedError
                ? .notValid : .valid
        case .lateSends(_, let agent): agent == nil ? .notValid : .partial
        }
    }

    /// Its name in the files.
    package var name: String {
        switch self {
        case .nothingDue: "nothing_due"
        case .noToken: "no_token"
        case .notServed: "not_served"
        case .silent: "answers_without_token"
        case .unaccounted: "requests_unaccounted"
        case .cutByEnd: "cut_by_end"
        case .lengths(.prompts, _, _): "prompt_lengths"
        case .lengths(.answers, _, _): "answer_lengths"
        case .warmUp: "warmup_not_served"
        case .lateSends, .lateAtP99: "late_sends"
        case .notSteady: "not_steady"
        case .movedFigure: "moved_figure"
        }
    }

    /// `reasons[]` of `manifest.json` and `summary.json`: always made anew from the requests.
    var json: JSONValue {
        var members = [
            JSONMember("type", .string(name)), JSONMember("verdict", .string(weight.rawValue)),
            JSONMember("sentence", .string(sentence)),
        ]
        if case .movedFigure(let figure) = self {
            members.append(JSONMember("figure", .string(figure.row.rawValue)))
            members.append(
                JSONMember("percentiles", .array(figure.ranks.map(\.json))))
        }
        if case .lateSends(_, let agent?) = self {
            members.append(JSONMember("node", .string(agent)))
        }
        return .object(members)
    }
}

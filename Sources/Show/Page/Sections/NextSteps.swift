import Goodput
import Loss
import Results

/// The next steps, at most three: a figure, its reason, an action.
struct NextSteps {
    let run: PageRun

    private static let most = 3

    var sentences: [String] {
        var steps: [String] = []
        if run.summary.header.validity.verdict == .notValid {
            steps.append("Before anything else, remove what made this run not valid.")
        }
        if (run.lostShare ?? 0) >= 0.01, let first = run.causes.first,
            let whole = run.summary.analyses?.loss.whole.tokensLost, whole > 0,
            let action = Self.action(first.cause)
        {
            let share = PageFigures.percent(first.tokens / whole)
            steps.append("\(share) of the loss is \(run.words(first.cause)): \(action)")
        }
        if let outlier = run.outlier, let lost = run.lost, lost > 0 {
            let part = run.summary.agents[outlier.index].totals
            let requests = Double(part.requests) / Double(max(1, run.totals.requests))
            let loss =
                (Double(part.tokens) - part.benefit)
                / (Double(run.totals.tokens) - run.totals.benefit)
            steps.append(
                "\(run.summary.agents[outlier.index].name) takes \(PageFigures.percent(requests)) "
                    + "of the requests and \(PageFigures.percent(loss)) of the loss: balance, or "
                    + "look at that node.")
        }
        let gain = run.totals.interval?.rate(of: -run.totals.negativeBenefit) ?? 0
        if run.summary.rewardsDropping, gain > 0 {
            steps.append(
                "This penalty rewards dropping, by \(PageFigures.amount(gain)) tok/s: compare "
                    + "systems with --preset robust.")
        }
        return Array(steps.prefix(Self.most))
    }

    private static func action(_ cause: LossCause) -> String? {
        switch cause {
        case .stall:
            "the engine stops decoding for something else, mostly prompts. Compare a chunked "
                + "scheduler or smaller chunks."
        case .firstToken:
            "requests queue before their first token. Compare a lower rate, or more room for "
                + "sequences."
        case .slowDecode:
            "tokens come more slowly than they are read. Compare fewer sequences at once."
        case .clientLate: "use more agents, a lower rate or idle nodes."
        case .unfinished, .void: "see why answers did not complete, below."
        case .thought: nil
        }
    }
}

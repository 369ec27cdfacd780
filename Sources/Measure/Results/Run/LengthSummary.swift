package import JSON
import PlainText
import TokenLog

/// Lengths that came against lengths that were asked for, over completed requests.
package struct LengthFit: Hashable, Sendable {
    /// Requests whose lengths are both known.
    package private(set) var requests = 0
    /// Tokens asked for and achieved, over those.
    package private(set) var asked: UInt64 = 0
    package private(set) var achieved: UInt64 = 0
    /// Requests that have exactly what was asked for.
    package private(set) var exact = 0
    /// The difference of the greatest magnitude, achieved minus asked, in tokens.
    package private(set) var worst: Int64 = 0

    init() {}

    mutating func add(asked: UInt32, achieved: UInt32) {
        requests += 1
        self.asked += UInt64(asked)
        self.achieved += UInt64(achieved)
        let error = Int64(achieved) - Int64(asked)
        if error == 0 { exact += 1 }
        if error.magnitude > worst.magnitude { worst = error }
    }

    /// Achieved minus asked over asked, of all tokens together; nil without any.
    package var meanError: Double? {
        asked > 0 ? (Double(achieved) - Double(asked)) / Double(asked) : nil
    }

    /// The share of requests that are exact, 0 to 1; nil without any.
    package var exactShare: Double? {
        requests > 0 ? Double(exact) / Double(requests) : nil
    }

    package var json: JSONValue {
        [
            "requests": .integer(Int64(requests)), "asked": .integer(Int64(clamping: asked)),
            "achieved": .integer(Int64(clamping: achieved)),
            "mean_error": meanError.map(JSONValue.real) ?? .null,
            "worst": requests > 0 ? .integer(worst) : .null,
            "exact_share": exactShare.map(JSONValue.real) ?? .null,
        ]
    }
}

/// Prompts and answers of a run, as long as was asked for or not.
package struct LengthSummary: Hashable, Sendable {
    /// A mean error beyond this is worth a sentence.
    package static let largestMeanError = 0.03
    /// One beyond this is a remark in the verdict.
    package static let remarkableMeanError = 0.1
    /// One beyond this of answers that were to have exactly the planned length spoils the run.
    package static let largestPinnedError = 0.5

    /// `usage.prompt_tokens` against the planned prompt.
    package private(set) var input = LengthFit()
    /// The trusted count of tokens, hidden ones included, against the planned answer.
    package private(set) var output = LengthFit()

    init() {}

    /// Takes in a request, whose lengths count if it completed.
    mutating func add(_ request: MeasuredRequest) {
        guard request.outcome == .completed else { return }
        if let achieved = request.promptTokens, let asked = request.askedInput {
            input.add(asked: asked, achieved: achieved)
        }
        // How long an answer was is not known where its usage cannot be.
        guard !request.notes.marks.contains(.usageNotBelieved) else { return }
        // A model that hides its reasoning was as long as asked for, whatever reached the
        // reader.
        let (all, overflow) = request.outputTokens.addingReportingOverflow(
            request.notes.hiddenTokens)
        output.add(asked: request.askedOutput, achieved: overflow ? .max : all)
    }

    package var json: JSONValue { ["input": input.json, "output": output.json] }

    /// Sentences about lengths that are off by more than ``largestMeanError``, and not by so much
    /// that the verdict remarks on it.
    package var remarks: [String] {
        [("Prompts", input), ("Answers", output)].compactMap { name, fit in
            guard let error = fit.meanError, error.magnitude > Self.largestMeanError,
                error.magnitude <= Self.remarkableMeanError
            else { return nil }
            let size = Figures.percent(error.magnitude)
            return "\(name) are \(size) \(error > 0 ? "longer" : "shorter") than planned "
                + "(\(fit.exact) of \(fit.requests) are exact, the worst is off by "
                + "\(fit.worst.magnitude) tokens): compare runs by what was sent, see `lengths` in "
                + "summary.json."
        }
    }
}

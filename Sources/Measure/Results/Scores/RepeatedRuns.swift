package import Sampling

/// A scenario that runs several times: which runs count, whether another one is to be made, and
/// their figures joined.
package struct RepeatedRuns: Sendable {
    /// Runs that are made at most.
    package let most: Int
    /// The rule that may end the repeats before; nil for none.
    package let until: RepeatUntil?
    private var counted: [ScopeSamples] = []
    private var leftOut: [JoinedRuns.LeftOut] = []
    /// Runs that were made.
    package private(set) var made = 0
    /// Whether every run so far is valid, and counts.
    package private(set) var isValid = true
    /// Whether a person stopped one of them: no other is made.
    package private(set) var isInterrupted = false

    /// - Parameter most: At least 1; nil: as many as the rule needs, ``RepeatUntil/most`` at most.
    package init(most: Int?, until: RepeatUntil?) {
        self.most = most ?? RepeatUntil.most
        self.until = until
    }

    /// Takes in the next run, which the files call `name`.
    ///
    /// - Returns: Why it does not count; nil where it does.
    @discardableResult
    package mutating func add(
        _ summary: RunSummary, name: String
    ) -> JoinedRuns.LeftOut? {
        made += 1
        isInterrupted = isInterrupted || summary.header.interrupted
        if !summary.header.validity.verdict.isUsable { isValid = false }
        let samples = summary.analyses?.samples
        let left = Self.reason(against: summary).map { reason, sentence in
            JoinedRuns.LeftOut(run: name, reason: reason, sentence: sentence)
        }
        if let left {
            isValid = false
            leftOut.append(left)
        } else if let run = samples?.run {
            counted.append(run)
        }
        return left
    }

    /// Why a run does not count, with its own sentence on that; nil where it does.
    private static func reason(
        against summary: RunSummary
    ) -> (JoinedRuns.LeftOut.Reason, String?)? {
        let header = summary.header
        let samples = summary.analyses?.samples
        if header.interrupted { return (.interrupted, nil) }
        let causes = header.findings.filter { $0.weight == .notValid }
        let isUnsteadyAlone =
            !causes.isEmpty
            && causes.allSatisfy { if case .notSteady = $0 { true } else { false } }
        if header.validity.verdict == .notValid, !isUnsteadyAlone {
            let stretch = header.validity.intervals.first
            return (
                .notValid, causes.first?.sentence ?? stretch.map { "\($0.node): \($0.reason)." }
            )
        }
        if let steady = samples?.steady, steady.verdict == .overloaded {
            return (.overloaded, SamplingText.sentence(of: steady) + ".")
        }
        if isUnsteadyAlone { return (.notSteady, causes.first?.sentence) }
        return samples?.run == nil ? (.notValid, nil) : nil
    }

    /// Whether the rule has ended the repeats.
    private var isRuleMet: Bool {
        until?.isMet(by: counted.map { $0[.smoothGoodput].value }) ?? false
    }

    /// Whether no other run is to be made.
    package var isDone: Bool { made >= most || isInterrupted || isRuleMet }

    /// The runs' figures, joined.
    package var joined: JoinedRuns {
        JoinedRuns(counted, leftOut: leftOut, stopped: isRuleMet ? until : nil)
    }
}

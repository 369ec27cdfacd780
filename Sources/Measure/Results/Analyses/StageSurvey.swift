import Goodput
import RunRecord
import Sampling
import TimeBase

/// A look at the arrivals of a run and of its stages, without tokens: 24 bytes a request, and as
/// many again where there are several stages.
struct StageSurvey {
    private let stages: [LoadStage]
    private var run = ArrivalSurvey()
    /// One a stage; none where the run has one alone.
    private var parts: [ArrivalSurvey]

    /// - Parameter stages: The run's, in order; without any nothing is looked at.
    init(_ stages: [LoadStage]) {
        self.stages = stages
        parts = stages.count > 1 ? stages.map { _ in ArrivalSurvey() } : []
    }

    /// Takes in a scored request.
    mutating func add(_ request: MeasuredRequest) {
        guard !stages.isEmpty else { return }
        let scheduled = request.scheduled.ns
        func add(to survey: inout ArrivalSurvey) {
            survey.add(
                id: Int(request.id), scheduled: scheduled, finish: request.finish.ns,
                outcome: request.outcome.scored)
        }
        add(to: &run)
        if !parts.isEmpty { add(to: &parts[stages.index(at: scheduled)]) }
    }

    /// The spans of the run and of its stages in which a steady state is looked for.
    consuming func spans() throws(ScoringError) -> StageSpans {
        var spans = StageSpans()
        guard let only = stages.first else { return spans }
        spans.begins = parts.isEmpty ? [] : stages.map(\.beginNs)
        spans.run = try run.span(stages.count == 1 ? only.load : .changing)
        for (survey, stage) in zip(parts, stages) {
            spans.stages.append(try survey.span(stage.load))
        }
        return spans
    }
}

/// The spans of a run and of its stages.
struct StageSpans {
    /// nil without requests, and where the stages are not known.
    var run: ArrivalSpan?
    /// One a stage, where there are several; nil for one without requests.
    var stages: [ArrivalSpan?] = []
    /// When each of several stages begins, ns.
    var begins: [Int64] = []
}

extension [LoadStage] {
    /// The stage that a request of this instant is of: the last that has begun by then, or the
    /// first.
    fileprivate func index(at scheduled: Int64) -> Int {
        Swift.max(0, (firstIndex { $0.beginNs > scheduled } ?? count) - 1)
    }
}

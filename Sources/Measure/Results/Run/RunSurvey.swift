import Goodput
import RunRecord
import TimeBase
import TokenLog
import Workload

/// A look at a run's requests without their tokens: how long it lasted, and how much there is.
struct RunSurvey {
    /// Scored requests.
    private(set) var requests = 0
    /// Their tokens as far as servers and streams said, about.
    private(set) var tokens = 0
    private var begin = Int64.max
    private var end = Int64.min
    private var stages: StageSurvey

    /// - Parameter stages: The run's, in order; empty where they are not known.
    init(_ stages: [LoadStage]) { self.stages = StageSurvey(stages) }

    mutating func add(_ request: MeasuredRequest) {
        guard request.phase == .scored else { return }
        requests += 1
        tokens = tokens.addingReportingOverflow(Int(request.outputTokens)).partialValue
        begin = min(begin, request.scheduled.ns)
        end = max(end, request.scheduled.ns, request.finish.ns)
        stages.add(request)
    }

    /// T; nil without scored requests.
    func interval() throws(ScoringError) -> ServingInterval? {
        requests == 0 ? nil : try ServingInterval(begin: begin, end: end)
    }

    /// The spans in which a steady state is looked for, once: the arrivals are let go.
    mutating func takeSpans() throws(ScoringError) -> StageSpans {
        let survey = stages
        stages = StageSurvey([])
        return try survey.spans()
    }
}

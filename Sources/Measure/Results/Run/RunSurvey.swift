import Goodput
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

    mutating func add(_ request: MeasuredRequest) {
        guard request.phase == .scored else { return }
        requests += 1
        tokens = tokens.addingReportingOverflow(Int(request.outputTokens)).partialValue
        begin = min(begin, request.scheduled.ns)
        end = max(end, request.scheduled.ns, request.finish.ns)
    }

    /// T; nil without scored requests.
    func interval() throws(ScoringError) -> ServingInterval? {
        requests == 0 ? nil : try ServingInterval(begin: begin, end: end)
    }
}

extension ServingInterval {
    /// The interval without its first and its last tenth; nil where it is too short to be cut.
    var steadyWindow: Range<Int64>? {
        guard length >= 10 else { return nil }
        let tenth = length / 10
        return begin + tenth..<end - tenth
    }
}

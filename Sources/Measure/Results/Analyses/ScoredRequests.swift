import Goodput
import Loss
import Workload

/// A scored request with what is known of it once all have been seen.
struct ScoredRequest {
    var request: MeasuredRequest
    /// With the last word on whether it streamed.
    var times: RequestTimes
    var parts: LossAttribution.Parts
}

/// A pass over a run's scored requests, which are handed to it in order.
protocol ScoredPass: AnyObject {
    func take(_ scored: ScoredRequest) throws(ScoringError)
}

/// The scored requests of a run, for the passes of the analyses.
struct ScoredRequests<Requests: MeasuredRequests> {
    private let requests: Requests
    private let tally: RunTally
    private let streamed: [Bool]

    /// - Parameters:
    ///   - tally: All requests', closed.
    ///   - streamed: Whether each of them streamed, in order.
    init(_ requests: Requests, of tally: RunTally, streamed: [Bool]) {
        self.requests = requests
        self.tally = tally
        self.streamed = streamed
    }

    /// Makes a pass.
    func make(_ pass: some ScoredPass) throws(FileProblem) { try hand(requests, to: [pass]) }

    /// Makes two passes, which look at nothing in common: beside each other where the requests can
    /// be shared, else both in one.
    func make(_ first: some ScoredPass, _ second: some ScoredPass) throws(FileProblem) {
        guard let shared = requests.shared else {
            return try hand(requests, to: [first, second])
        }
        try SideBySide.run { () throws(FileProblem) in
            try hand(shared, to: [first])
        } _: { () throws(FileProblem) in
            try hand(shared, to: [second])
        }
    }

    private func hand(
        _ requests: some MeasuredRequests, to passes: [any ScoredPass]
    ) throws(FileProblem) {
        var index = 0
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored else { return }
            var times = request.times
            times.isStreamed = streamed[index]
            index += 1
            let scored = ScoredRequest(
                request: request, times: times, parts: tally.parts(of: request))
            try requests.checking { () throws(ScoringError) in
                for pass in passes { try pass.take(scored) }
            }
        }
    }
}

extension MeasuredRequests {
    /// The result of `body`; what it throws is a problem of the requests' file.
    func checking<Value>(
        _ body: () throws(ScoringError) -> Value
    ) throws(FileProblem) -> Value {
        do throws(ScoringError) {
            return try body()
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }
}

package import Goodput

extension RunSummary {
    /// The times that a request of the run was scored by: an answer of a server that collects its
    /// streams counts as one that came whole.
    ///
    /// - Parameter request: One of the run's, with its tokens.
    package func times(of request: MeasuredRequest) -> RequestTimes {
        var times = request.times
        if answers.collectingTargets.contains(request.target),
            CollectedStreams.cameAtOnce(request)
        {
            times.isStreamed = false
        }
        return times
    }
}

/// A run that was scored, and its requests, to be passed over again.
package struct MeasuredRun {
    package let summary: RunSummary
    package let requests: any MeasuredRequests

    package init(summary: RunSummary, requests: any MeasuredRequests) {
        self.summary = summary
        self.requests = requests
    }
}

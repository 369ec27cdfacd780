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

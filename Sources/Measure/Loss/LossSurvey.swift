import Goodput

/// A first pass over a request's events: whether anything can be lost, and whether a wait may be a
/// stall.
struct LossSurvey {
    private(set) var progress: ReadingProgress
    private(set) var tokens = 0
    /// Whether there was a wait at a later token whose gap is above ``StallThreshold/least``: only
    /// then the median gap matters.
    private(set) var hasLongWait = false

    /// - Complexity: O(events).
    init(_ request: RequestTimes, _ reader: Reader) {
        progress = ReadingProgress(reader)
        guard let first = request.tokens.first else { return }
        progress.began(first.count, at: first.time - request.scheduled)
        tokens = Int(first.count)
        var last = first.time
        for event in request.tokens.dropFirst() {
            let idle = progress.idle
            progress.continued(event.count, at: event.time - request.scheduled)
            tokens += Int(event.count)
            if event.time - last > StallThreshold.least, progress.idle > idle {
                hasLongWait = true
            }
            last = event.time
        }
    }
}

import Goodput

/// The count of requests that meet the classic objectives, recorded, paced, and delayed at will.
struct ClassicTally: Sendable {
    private(set) var recorded = 0
    /// Requests that some delay makes meet them.
    private(set) var any = 0
    /// Tokens that came when their request had missed an objective already.
    private(set) var tokensAfterMiss = 0
    private var thetas = ThetaVotes()

    /// Takes in a request.
    ///
    /// - Parameter paced: Its stream, followed with its bound on gaps.
    mutating func add(
        _ request: RequestTimes, _ shape: StreamShape, _ objectives: Objectives,
        isMet: Bool, paced: PacedStream
    ) {
        if isMet { recorded += 1 }
        tokensAfterMiss += shape.tokens - Self.tokensBeforeMiss(request, shape, objectives)
        guard request.isStreamed else {
            // An answer that comes whole is neither paced nor held.
            if isMet {
                any += 1
                thetas.add(0...Int64.max)
            }
            return
        }
        guard request.outcome == .completed, shape.tokens > 0 else { return }
        if let range = Self.thetas(shape, objectives, paced) { thetas.add(range) }
        if Self.isMetByDelay(shape, objectives, paced) { any += 1 }
    }

    /// The theta with which most requests meet them, the least of several, and how many these are.
    mutating func best() -> (theta: Int64, met: Int) { thetas.best() }

    /// The thetas with which a stream meets its objectives; nil where there are none.
    private static func thetas(
        _ shape: StreamShape, _ objectives: Objectives, _ paced: PacedStream
    ) -> ClosedRange<Int64>? {
        let steps = Int64(shape.tokens - 1)
        var end = objectives.e2e ?? .max
        if let tpot = objectives.tpot, steps > 0 {
            end = min(end, shape.firstToken.addingSaturated(tpot.multipliedSaturated(by: steps)))
        }
        guard shape.firstToken <= objectives.ttft ?? .max, shape.lastToken <= end,
            let least = paced.leastTheta
        else { return nil }
        var greatest = Int64.max
        if steps > 0, let bound = objectives.tbt { greatest = bound }
        if end < .max, let theta = paced.greatestTheta(endingBy: end) {
            greatest = min(greatest, theta)
        }
        return least <= greatest ? least...greatest : nil
    }

    /// Whether there are delays with which a stream meets its objectives: the last token need not
    /// move, and all others may be held as long as the first one may.
    private static func isMetByDelay(
        _ shape: StreamShape, _ objectives: Objectives, _ paced: PacedStream
    ) -> Bool {
        guard shape.lastToken <= objectives.e2e ?? .max else { return false }
        guard let ttft = objectives.ttft else { return true }
        var first = max(shape.firstToken, paced.latestStart)
        if let tpot = objectives.tpot {
            let span = tpot.multipliedSaturated(by: Int64(max(0, shape.tokens - 1)))
            first = max(first, shape.lastToken - span)
        }
        return first <= ttft
    }

    /// How many tokens came before the first one that missed an objective: none where the first
    /// token was late; else those before the first gap beyond its bound, and before the first token
    /// after the last one was due.
    private static func tokensBeforeMiss(
        _ request: RequestTimes, _ shape: StreamShape, _ objectives: Objectives
    ) -> Int {
        let longestGap = request.isStreamed ? objectives.tbt ?? .max : .max
        let end = objectives.e2e ?? .max
        if request.isStreamed, shape.tokens > 0, shape.firstToken > objectives.ttft ?? .max {
            return 0
        }
        guard shape.longestGap > longestGap || shape.lastToken > end else { return shape.tokens }
        var tokens = 0
        var last = shape.firstToken
        for event in request.tokens {
            let time = event.time - request.scheduled
            if time - last > longestGap || time > end { break }
            last = time
            tokens += Int(event.count)
        }
        return tokens
    }
}

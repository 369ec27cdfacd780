import Goodput

/// The loss of a run, or of a part of it, by cause and by second.
package struct LossPart: Hashable, Sendable {
    private var sums = [CompensatedSum](
        repeating: CompensatedSum(), count: LossCause.allCases.count)
    /// By the cause's raw value, each up to the last bin in which that cause lost something.
    private var timelines = [[Double]](repeating: [], count: LossCause.allCases.count)
    private var worstWaits = WorstWaits()

    init() {}

    /// Tokens lost to `cause`.
    package subscript(cause: LossCause) -> Double { sums[cause.rawValue].value }

    /// All tokens lost: the tokens delivered less the sum of the benefits.
    package var tokensLost: Double {
        var total = CompensatedSum()
        for cause in LossCause.allCases { total.add(self[cause]) }
        return total.value
    }

    /// Bins of ``Goodput/Timeline/bin`` from the run's begin to the last one in which anything was
    /// lost.
    package var bins: Int { timelines.map(\.count).max() ?? 0 }

    /// Tokens lost to `cause` in each of the ``bins``.
    package func timeline(of cause: LossCause) -> [Double] {
        let losses = timelines[cause.rawValue]
        return losses + repeatElement(0, count: bins - losses.count)
    }

    /// Tokens lost to whatever cause in each of the ``bins``.
    package var lostBySecond: [Double] {
        var losses = [Double](repeating: 0, count: bins)
        for timeline in timelines {
            for (bin, lost) in timeline.enumerated() { losses[bin] += lost }
        }
        return losses
    }

    /// The ten waits that cost most, the worst first; ties by request, then by token.
    package var worst: [LostWait] { worstWaits.waits }

    /// Takes in what a request lost in a bin.
    mutating func add(_ lost: LossAmounts, inBin bin: Int) {
        for cause in LossCause.allCases where lost[cause] != 0 {
            let place = cause.rawValue
            let missing = bin + 1 - timelines[place].count
            if missing > 0 {
                timelines[place].append(contentsOf: repeatElement(0, count: missing))
            }
            timelines[place][bin] += lost[cause]
        }
    }

    /// Takes in what a request lost in all, and its worst waits.
    mutating func add(_ lost: LossAmounts, _ worst: WorstWaits) {
        for cause in LossCause.allCases where lost[cause] != 0 {
            sums[cause.rawValue].add(lost[cause])
        }
        worstWaits.add(worst)
    }

    /// Takes in another part.
    mutating func add(_ other: LossPart) {
        for (cause, losses) in other.timelines.enumerated() {
            sums[cause].add(other.sums[cause].value)
            let missing = losses.count - timelines[cause].count
            if missing > 0 {
                timelines[cause].append(contentsOf: repeatElement(0, count: missing))
            }
            for (bin, lost) in losses.enumerated() { timelines[cause][bin] += lost }
        }
        worstWaits.add(other.worstWaits)
    }
}

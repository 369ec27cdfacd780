import Goodput
import Loss
import Results

/// A run's throughput and smooth goodput by time, tokens a second, in at most 120 bins.
struct TimelineBins {
    /// Seconds a bin.
    let width: Int
    let all: [Double]
    let kept: [Double]

    init(_ summary: RunSummary) {
        let smooth = summary.run.totals.timeline?.smooth ?? []
        let lost = summary.analyses?.loss.whole.lostBySecond ?? []
        let seconds = max(smooth.count, lost.count, 1)
        let width = LossTable.width(seconds)
        var all = [Double](repeating: 0, count: (seconds + width - 1) / width)
        var kept = all
        for second in 0..<seconds {
            let own = second < smooth.count ? smooth[second] : 0
            kept[second / width] += own / Double(width)
            all[second / width] += (own + (second < lost.count ? lost[second] : 0)) / Double(width)
        }
        (self.width, self.all, self.kept) = (width, all, kept)
    }
}

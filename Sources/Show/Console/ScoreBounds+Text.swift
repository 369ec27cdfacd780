import Goodput
import PlainText
import Results

extension ScoreBounds {
    /// The figures that have bounds alone, without line ends.
    func lines(_ percentiles: PercentileRanks) -> [String] {
        let (low, high) = (worst.totals, best.totals)
        func ends(_ low: Double?, _ high: Double?, _ text: (Double?) -> String) -> String {
            let (a, b) = (text(low), text(high))
            return a == b ? a : "[\(a), \(b)]"
        }
        var lines = [
            " smooth goodput".left(17) + ends(low.smoothGoodput, high.smoothGoodput, Figures.rate)
                + " tok/s  throughput \(Figures.rate(low.throughput))",
            " goodput".left(17) + ends(low.goodput, high.goodput, Figures.rate)
                + " tok/s  attainment "
                + ends(low.sloAttainment, high.sloAttainment, Figures.percent),
            " classic".left(17)
                + ends(low.classicRequestGoodput, high.classicRequestGoodput, Figures.rate)
                + " req/s  "
                + ends(low.classicAttainment, high.classicAttainment, Figures.percent)
                + " of all requests",
            " benefits".left(17) + ends(low.benefit, high.benefit, Figures.rate) + " tokens",
        ]
        let figures: [(String, (Percentiles) -> Double)] = [
            ("p50", { $0.p50 }), ("p90", { $0.p90 }), ("p99", { $0.p99 }), ("mean", { $0.mean }),
        ]
        let idle = figures.map { name, figure in
            "\(name) " + ends(high.idle.map(figure), low.idle.map(figure)) { Figures.span($0) }
        }
        lines += ("idle".left(16) + idle.joined(separator: ", ")).wrapped(consoleWidth)
        return lines
    }
}

import PlainText
package import Sampling

extension SummaryFigure {
    /// The figure as two systems are compared by it.
    package var compared: ComparedFigure {
        switch self {
        case .smooth: .rate(.smoothGoodput)
        case .robust: .rate(.robust)
        case .throughput: .rate(.throughput)
        case .goodput: .rate(.goodput)
        case .classic: .rate(.classicRequestGoodput)
        case .attainment: .share(.sloAttainment)
        case .latency(.ttft, .rank): .percentile(.ttft)
        case .latency(.tpot, .rank): .percentile(.tpot)
        case .latency(.e2e, .rank): .percentile(.e2e)
        case .latency(.idle, .rank): .percentile(.idle)
        case .kept, .qoe, .failed, .answered, .latency: .whole
        }
    }

    /// A difference of it with its unit, of so many runs each: `+12.3 tok/s`. A percentile of
    /// single runs is compared as the share of requests beyond the base's.
    package func text(ofDifference value: Double, runs: Int) -> String {
        if runs == 1, case .percentile = compared {
            return (value < 0 ? "-" : "+") + SummaryFigure.attainment.text(value.magnitude)
        }
        return (value < 0 ? "-" : "+") + text(value.magnitude)
    }

    /// The figure in a sentence.
    package var words: String {
        switch self {
        case .smooth: "smooth goodput"
        case .robust: "smooth goodput of the preset robust"
        case .classic: "classic request goodput"
        case .kept: "share of tokens kept"
        case .qoe: "QoE"
        default: name
        }
    }

    /// A value with its unit.
    package func text(_ value: Double) -> String {
        switch self {
        case .smooth, .robust, .throughput, .goodput: Figures.rate(value) + " tok/s"
        case .classic, .answered: Figures.rate(value) + " req/s"
        case .kept, .attainment, .failed: Figures.percent(value)
        case .qoe: Figures.fixed(value, 3)
        case .latency: Figures.span(value)
        }
    }
}

import Goodput
import Sampling

/// The coverage of sampling intervals: how often those of many short runs hold the mean of a few
/// long ones, and how the short ones are judged.
struct SamplingCoverage {
    let reader: Reader
    /// Runs of each cell.
    let runs: Int
    /// The runs that the means are taken from, and the requests of each.
    let longRuns: Int
    let longRequests: Int
    private let simulated = SampledRuns()

    init(reader: Reader, runs: Int, longRuns: Int, longRequests: Int) {
        self.reader = reader
        self.runs = runs
        self.longRuns = longRuns
        self.longRequests = longRequests
    }

    /// Requests a second that the engine finishes when it never waits for one.
    var saturation: Double { simulated.saturation(over: longRequests / 5) }

    /// The percentage of runs whose verdict counts.
    func share(
        rate: Double, requests: Int, pace: SampledRuns.Pace = .even,
        where counts: (SteadyState.Verdict) -> Bool
    ) throws(ScoringError) -> Double {
        var seen = 0
        for seed in 0..<UInt64(runs) {
            let times = simulated.times(rate: rate, count: requests, seed: seed, pace: pace)
            guard let samples = try RunSamples(of: times, for: reader, .open) else { continue }
            if counts(samples.steady.verdict) { seen += 1 }
        }
        return percent(seen, of: runs)
    }

    /// Coverage of each figure's interval in the window, the share of runs that have one, and the
    /// shares of runs that were called anything but steady.
    func rows(name: String, rate: Double, requests: Int) throws(ScoringError) -> [BenchRow] {
        let truth = try truth(rate: rate)
        var given = truth.map { _ in 0 }
        var covered = truth.map { _ in 0 }
        var drifting = 0
        var tooShort = 0
        var overloaded = 0
        for seed in 0..<UInt64(runs) {
            let times = simulated.times(rate: rate, count: requests, seed: seed)
            guard let samples = try RunSamples(of: times, for: reader, .open) else { continue }
            switch samples.steady.verdict {
            case .drifting: drifting += 1
            case .tooShort: tooShort += 1
            case .overloaded: overloaded += 1
            case .steady, .stages: break
            }
            guard let window = samples.window else { continue }
            for (index, figure) in truth.enumerated() {
                let sample = figure.sample(window)
                guard let low = sample.low, let high = sample.high else { continue }
                given[index] += 1
                if low <= figure.mean, figure.mean <= high { covered[index] += 1 }
            }
        }
        var rows: [BenchRow] = []
        func add(_ what: String, _ value: Double, goal: BenchRow.Goal? = nil) {
            rows.append(
                BenchRow(
                    benchmark: .sampling, name: "\(name), \(what)", value: value, unit: "%",
                    goal: goal))
        }
        for (index, figure) in truth.enumerated() {
            add(
                "\(figure.name), given", percent(given[index], of: runs),
                // Throughput hardly follows the queue: most steady runs can say it.
                goal: index == 0 && runs >= 100 ? .atLeast(50) : nil)
            guard given[index] > 0 else { continue }
            add(
                "\(figure.name), covered", percent(covered[index], of: given[index]),
                // Few runs say little: a goal belongs to figures that most runs have.
                goal: 2 * given[index] > runs ? .atLeast(90) : nil)
        }
        add("called drifting", percent(drifting, of: runs), goal: runs < 100 ? nil : .atMost(5))
        add("called overloaded", percent(overloaded, of: runs), goal: runs < 100 ? nil : .atMost(1))
        add("called too short", percent(tooShort, of: runs))
        return rows
    }

    private func percent(_ count: Int, of all: Int) -> Double {
        100 * Double(count) / Double(all)
    }

    private struct Figure {
        var name: String
        /// Over long runs, by arrival.
        var mean: Double
        var sample: (ScopeSamples) -> FigureSample
    }

    /// Means over long runs, without the first tenth of each and the last twentieth.
    private func truth(rate: Double) throws(ScoringError) -> [Figure] {
        var sums = RateFigure.allCases.map { _ in 0.0 }
        var met = 0
        var count = 0
        var seconds = 0.0
        for run in 0..<UInt64(longRuns) {
            let times = simulated.times(rate: rate, count: longRequests, seed: 1 << 32 + run)
            guard let samples = try RunSamples(of: times, for: reader, .open) else { continue }
            let used = samples.requests[longRequests / 10..<longRequests - longRequests / 20]
            guard let first = used.first, let last = used.last else { continue }
            for request in used.dropLast() {
                for figure in RateFigure.allCases {
                    sums[figure.rawValue] += figure.contribution(of: request)
                }
                met += request.sloMet ? 1 : 0
                count += 1
            }
            seconds += Double(last.order.scheduled - first.order.scheduled) / 1e9
        }
        let rates = [RateFigure.throughput, .smoothGoodput, .robust, .goodput]
        return rates.map { figure in
            Figure(name: figure.name, mean: sums[figure.rawValue] / seconds) { $0[figure] }
        } + [
            Figure(
                name: ShareFigure.sloAttainment.name, mean: Double(met) / Double(max(1, count))
            ) { $0[.sloAttainment] }
        ]
    }
}

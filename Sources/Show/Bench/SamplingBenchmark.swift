import EngineModel
import Goodput
import Randomness
import Sampling

/// Sampling intervals over runs of the simulated engine in virtual time: how often they hold the
/// mean of long runs, and in how many runs they are given. Poisson arrivals, lengths from gamma
/// laws, prompts before decodes; the load is a share of the engine's saturation.
struct SamplingBenchmark {
    private let runs: Int
    private let requests: Int
    private let longRuns: Int
    private let longRequests: Int
    private let options: EngineOptions
    private let readers: (own: Reader, robust: Reader)

    init(_ size: BenchSize) throws(BenchFailure) {
        let isFull = size == .full
        runs = isFull ? 400 : 2
        requests = 700
        longRuns = isFull ? 12 : 1
        longRequests = isFull ? 20_000 : 1_000
        var options = EngineOptions()
        options.gpu = .a100x80
        options.scheduler = .prefillFirst
        options.maxSequences = 64
        self.options = options
        do throws(ScoringError) {
            // A budget near the engine's own TTFT, so that some requests miss it.
            readers = (
                try Reader(ScoringParameters(ttftBudget: 200_000_000)), try Reader(.robust)
            )
        } catch {
            throw Self.wrong("\(error)")
        }
    }

    private static func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .sampling, problem: problem)
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let saturation = saturation
        var rows: [BenchRow] = []
        for load in [0.3, 0.7] {
            do throws(ScoringError) {
                rows += try coverage(load, rate: load * saturation)
            } catch {
                throw Self.wrong("\(error)")
            }
            guard rows.contains(where: { $0.goal != nil }) else {
                throw Self.wrong("hardly any run at a light load was called steady")
            }
        }
        return rows
    }

    /// Coverage of each figure's interval in the window, and the share of runs that have one.
    private func coverage(_ load: Double, rate: Double) throws(ScoringError) -> [BenchRow] {
        let truth = try truth(rate: rate)
        var given = truth.map { _ in 0 }
        var covered = truth.map { _ in 0 }
        for seed in 0..<UInt64(runs) {
            let times = times(rate: rate, count: requests, seed: seed)
            guard
                let window = try RunSamples(of: times, for: readers.own, .open)?.window
            else { continue }
            for (index, figure) in truth.enumerated() {
                let sample = figure.sample(window)
                guard let low = sample.low, let high = sample.high else { continue }
                given[index] += 1
                if low <= figure.mean, figure.mean <= high { covered[index] += 1 }
            }
        }
        var rows: [BenchRow] = []
        for (index, figure) in truth.enumerated() {
            let name = "load \(load), \(figure.name)"
            rows.append(
                BenchRow(
                    benchmark: .sampling, name: name + ", given",
                    value: 100 * Double(given[index]) / Double(runs), unit: "%"))
            guard given[index] > 0 else { continue }
            rows.append(
                BenchRow(
                    benchmark: .sampling, name: name + ", covered",
                    value: 100 * Double(covered[index]) / Double(given[index]), unit: "%",
                    // Few runs say little: a goal belongs to figures that most runs have.
                    goal: 2 * given[index] > runs ? .atLeast(90) : nil))
        }
        return rows
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
            let times = times(rate: rate, count: longRequests, seed: 1 << 32 + run)
            guard let samples = try RunSamples(of: times, for: readers.own, .open) else { continue }
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

    /// Requests a second that the engine finishes when it never waits for one.
    private var saturation: Double {
        let count = longRequests / 5
        let ends = times(rate: 1e6, count: count, seed: 7).map(\.finish).sorted()
        let (begin, end) = (count / 5, count * 4 / 5)
        return Double(end - begin) / (Double(ends[end] - ends[begin]) / 1e9)
    }

    /// A run of `count` requests at `rate` a second.
    private func times(rate: Double, count: Int, seed: UInt64) -> [RequestTimes] {
        var rng = RandomStream(seed: seed)
        var at = 0.0
        let arrivals = (0..<count).map { _ in
            at += rng.nextExponential() / rate
            return VirtualArrival(
                atNs: Int64(at * 1e9),
                promptTokens: 1 + Int(min(4_000, rng.nextGamma(shape: 2) * 256)),
                outputTokens: 1 + Int(min(2_000, rng.nextGamma(shape: 2) * 50)))
        }
        let outcome = VirtualRun(options: options)(arrivals)
        return arrivals.indices.map { id in
            let tokens = outcome.tokenNs[id].map { TokenEvent(time: $0) }
            return RequestTimes(
                id: id, scheduled: arrivals[id].atNs, tokens: tokens,
                finish: tokens.last?.time ?? arrivals[id].atNs)
        }
    }
}

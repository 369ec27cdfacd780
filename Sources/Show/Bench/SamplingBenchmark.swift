import Goodput
import Sampling

/// The worth of sampling intervals and of the verdict on the load, over runs whose truth is known:
/// how often an interval holds the mean of long runs and in how many runs it is given, how often a
/// steady load is called anything else, and how often a planted trend or overload is seen.
struct SamplingBenchmark {
    private let isFull: Bool
    private let coverage: SamplingCoverage

    init(_ size: BenchSize) throws(BenchFailure) {
        isFull = size == .full
        do throws(ScoringError) {
            coverage = SamplingCoverage(
                // A budget near the engine's own TTFT, so that some requests miss it.
                reader: try Reader(ScoringParameters(ttftBudget: 200_000_000)),
                runs: isFull ? 1_000 : 2, longRuns: isFull ? 12 : 1,
                longRequests: isFull ? 20_000 : 1_000)
        } catch {
            throw Self.wrong("\(error)")
        }
    }

    private static func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .sampling, problem: problem)
    }

    /// A movement that no run may be called steady under.
    private struct Trend {
        var name: String
        var load: Double
        var pace: SampledRuns.Pace
    }

    private static let trends = [0.3, 0.7].flatMap { load in
        [
            Trend(name: "steps 30 % slower by the end", load: load, pace: .fading(0.3)),
            Trend(name: "steps 25 % slower from half", load: load, pace: .falling(0.25)),
        ]
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        do throws(ScoringError) {
            return try measured()
        } catch {
            throw Self.wrong("\(error)")
        }
    }

    private func measured() throws(ScoringError) -> [BenchRow] {
        let saturation = coverage.saturation
        let steady = [(load: 0.3, requests: 700), (0.7, 700)] + (isFull ? [(0.7, 5_000)] : [])
        var rows: [BenchRow] = []
        for (load, requests) in steady {
            rows += try coverage.rows(
                name: "load \(load), \(requests) requests", rate: load * saturation,
                requests: requests)
        }
        for load in [1.1, 1.25] {
            // An overload of a tenth has hardly grown a backlog after 700 requests.
            let share = try coverage.share(rate: load * saturation, requests: 700) {
                $0 == .overloaded
            }
            rows.append(
                row(
                    "load \(load), 700 requests, called overloaded", share,
                    load > 1.2 ? .atLeast(90) : nil))
        }
        for trend in Self.trends {
            let share = try coverage.share(
                rate: trend.load * saturation, requests: 700, pace: trend.pace
            ) { $0 == .steady }
            rows.append(
                row(
                    "load \(trend.load), 700 requests, \(trend.name), called steady", share,
                    .atMost(10)))
        }
        return rows
    }

    /// A goal only where the runs are many.
    private func row(_ name: String, _ share: Double, _ goal: BenchRow.Goal?) -> BenchRow {
        BenchRow(
            benchmark: .sampling, name: name, value: share, unit: "%", goal: isFull ? goal : nil)
    }
}

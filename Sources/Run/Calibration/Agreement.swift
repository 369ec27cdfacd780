package import EngineModel
import Goodput
package import Results
import TimeBase

/// How far an engine of the model lies from a measured run: figures of the same requests, sent at
/// the same instants.
package struct Agreement: Hashable, Sendable {
    /// Mean magnitudes of the relative errors of a request's time to its first token and of its
    /// mean gap; nil without requests that have them.
    package let ttft: Double?
    package let tbt: Double?
    /// A figure of the run, measured and simulated; nil where it has none.
    package struct Pair: Hashable, Sendable {
        package var measured: Double
        package var simulated: Double

        /// 0.01 for one per cent more than measured.
        package var error: Double { simulated / measured - 1 }
    }

    package let smoothGoodput: Pair?
    /// In ns; those alone that enough requests stand behind.
    package let ttftP50: Pair?
    package let ttftP90: Pair?
    package let tbtP99: Pair?

    /// The greatest mean error of a request's own figures, and the greatest of smooth goodput, with
    /// which an engine tells a run.
    package static let limits = (requests: 0.3, smooth: 0.05)

    /// Whether the engine tells the run: with errors beyond these limits it is another one.
    package var isClose: Bool {
        [ttft, tbt].allSatisfy { $0.map { $0 <= Self.limits.requests } ?? true }
            && smoothGoodput.map { abs($0.error) <= Self.limits.smooth } ?? true
    }

    /// Runs the requests of `run` through an engine.
    ///
    /// - Throws: ``FileProblem`` for times that cannot be scored.
    package init(_ run: CalibrationRun, _ engine: EngineOptions) throws(FileProblem) {
        var simulated = run.requests
        var errors = (ttft: MeanMagnitude(), tbt: MeanMagnitude())
        for serving in run.servings {
            let outcome = VirtualRun(options: engine)(serving.requests.map(\.arrival))
            for (index, request) in serving.requests.enumerated() {
                let times = outcome.tokenNs[index]
                guard let first = times.first, let last = times.last else { continue }
                simulated[request.position].replaceTokens(times, origin: serving.originNs)
                guard request.counts else { continue }
                errors.ttft.add(Double(first - request.arrival.atNs) / request.ttftNs - 1)
                if let gap = request.gapNs, times.count > 1 {
                    errors.tbt.add(Double(last - first) / Double(times.count - 1) / gap - 1)
                }
            }
        }
        ttft = errors.ttft.mean
        tbt = errors.tbt.mean
        let before = try run.summary(of: run.requests)
        let after = try run.summary(of: simulated)
        func pair(_ figure: (RunSummary) -> Double?) -> Pair? {
            guard let measured = figure(before), let simulated = figure(after), measured > 0 else {
                return nil
            }
            return Pair(measured: measured, simulated: simulated)
        }
        smoothGoodput = pair { $0.run.totals.smoothGoodput }
        let backing = PercentileBacking(
            before.run.totals, lateness: before.run.lateness, before.analyses?.samples)
        func percentile(_ rank: PercentileRank, _ row: LatencyRow) -> Pair? {
            guard backing.isShown(rank, of: row) else { return nil }
            return pair { row.figures(of: $0.run.totals, lateness: $0.run.lateness)?[rank] }
        }
        ttftP50 = percentile(.p50, .ttft)
        ttftP90 = percentile(.p90, .ttft)
        tbtP99 = percentile(.p99, .tbt)
    }
}

private struct MeanMagnitude {
    var sum = 0.0
    var count = 0

    mutating func add(_ error: Double) {
        sum += abs(error)
        count += 1
    }

    var mean: Double? { count == 0 ? nil : sum / Double(count) }
}

extension CalibrationRun {
    fileprivate func summary(of requests: [MeasuredRequest]) throws(FileProblem) -> RunSummary {
        RunSummary(
            header,
            try RunFigures(
                in: RunSetting(header), overrides: ScoringOverrides(),
                of: StoredRequests(requests, path: path)))
    }
}

extension MeasuredRequest {
    /// Has its tokens come at other instants, one by one.
    ///
    /// - Parameters:
    ///   - times: In ns from `origin`; at least one.
    fileprivate mutating func replaceTokens(_ times: [Int64], origin: Int64) {
        let tail = finish.ns - (tokens?.last?.time ?? finish.ns)
        tokens = times.map { TokenEvent(time: origin + $0) }
        firstAnswer = nil
        reads = nil
        let last = origin + (times.last ?? 0)
        finish = ClusterInstant(ns: last + tail)
    }
}

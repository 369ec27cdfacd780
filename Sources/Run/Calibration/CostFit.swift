package import EngineModel
import Glibc

/// Finds the terms of an engine's step time with which the model's steps are as long as those of
/// measured servers.
///
/// Each step that was seen (`ObservedSteps`) is compared with what the model says of just that
/// step, and each request that met an idle server with its prompt's steps and the front end, by the
/// logarithm of the ratio. The mean magnitude is what is made least, over the logarithms of the
/// terms, from the factors of the GPU's own at which it is least. Equal servings give equal terms.
package struct CostFit: Sendable {
    /// The engine, whose ``EngineOptions/costs`` are looked for.
    private let options: EngineOptions
    private var steps: [ObservedSteps.Step] = []
    private var firsts: [ObservedSteps.First] = []

    /// Factors of the table's times at which a search begins; the best few go on.
    private static let scales = (-6...10).map { pow(2, Double($0)) }
    private static let starts = 2

    /// Most steps that are compared: every so many of them where there are more.
    private static let mostSteps = 20_000

    /// - Parameters:
    ///   - options: All but the costs: scheduler, budget, sequences and memory, as the servers have
    ///     them.
    ///   - servings: Each is one engine's.
    package init(_ options: EngineOptions, _ servings: [MeasuredServing]) {
        self.options = options
        let budget = options.scheduler == .chunked ? options.chunkBudget : options.maxModelLen
        for serving in servings {
            let seen = ObservedSteps(serving, budget: budget)
            steps += seen.steps
            firsts += seen.firsts
        }
        let every = max(1, (steps.count + Self.mostSteps - 1) / Self.mostSteps)
        steps = stride(from: 0, to: steps.count, by: every).map { steps[$0] }
    }

    /// Steps and first tokens that the fit stands on.
    package var seen: (steps: Int, firsts: Int) { (steps.count, firsts.count) }

    /// Terms that were found.
    package struct Found: Sendable {
        package var costs: StepCosts
        /// How far each term may be off, as a share of it (one standard deviation); infinite for
        /// those that no step shows.
        package var spread: [EngineField: Double]
    }

    /// The terms found. O(some hundred times the steps seen).
    package func found() -> Found {
        let table = Self.logarithms(of: options)
        let begun = Self.scales.map { scale in
            let point = Self.scaled(table, by: log(scale))
            let misfits = residuals(point) ?? []
            return (point: point, misfit: misfits.reduce(0) { $0 + abs($1) })
        }
        let ends = begun.sorted { $0.misfit < $1.misfit }.prefix(Self.starts).map { start in
            LeastDeviations(start: start.point, residuals: residuals).least()
        }
        guard let best = ends.min(by: { $0.value < $1.value }) else {
            return Found(costs: Self.costs(table), spread: [:])
        }
        return Found(
            costs: Self.costs(best.point),
            spread: Dictionary(uniqueKeysWithValues: zip(StepCosts.terms.map(\.field), best.spread))
        )
    }

    // MARK: Points

    /// The logarithms of the table's terms, in the order of ``StepCosts/terms``.
    private static func logarithms(of options: EngineOptions) -> [Double] {
        let times = options.stepTimes
        let step = times.host.perStepMs + times.fit.headMs + times.fit.decodeBaseMs
        let token = times.fit.tokenMicroseconds + times.fit.elementwiseMicroseconds
        var table = StepCosts()
        table.stepNs = step * 1e6
        table.sequenceNs = times.host.perSequenceMs * 1e6
        table.weightsNs = times.fit.weightsMs * 1e6
        table.tokenNs = token * 1e3
        table.sharpness = times.fit.sharpness
        table.contextNs = times.fit.contextTokenNs
        // A prompt of 4,000 tokens has 8 million pairs.
        table.attentionNs = times.prefillAttentionMs(.init(new: 4_000, cached: 0)) / 8
        table.frontEndNs = Double(EngineCore.frontEndNs)
        return StepCosts.terms.map { log(table[keyPath: $0.term] ?? 1) }
    }

    /// All times by a factor; the front end is the host's, and the corner's sharpness no time.
    private static func scaled(_ point: [Double], by factor: Double) -> [Double] {
        zip(StepCosts.terms, point).map { each, value in
            switch each.term {
            case \.frontEndNs, \.sharpness: value
            default: value + factor
            }
        }
    }

    private static func costs(_ point: [Double]) -> StepCosts {
        var costs = StepCosts()
        for ((_, term), value) in zip(StepCosts.terms, point) {
            let range = term == \.sharpness ? StepCosts.sharpnesses : 0...StepCosts.longestNs
            costs[keyPath: term] = min(max(exp(value), range.lowerBound), range.upperBound)
        }
        return costs
    }

    // MARK: Misfit

    /// The logarithms of the ratios of the model's times and the measured ones, in one order; nil
    /// where there is no such engine.
    private func residuals(_ point: [Double]) -> [Double]? {
        guard point.allSatisfy(\.isFinite) else { return nil }
        var engine = options
        engine.costs = Self.costs(point)
        let times = engine.stepTimes
        let frontEndMs = Double(engine.frontEndNs) * 1e-6
        let residuals =
            steps.map { log(times.milliseconds($0.shape) * 1e6 / $0.ns) }
            + firsts.map { first in
                let prompt = first.shapes.reduce(0) { $0 + times.milliseconds($1) }
                return log((prompt + frontEndMs) * 1e6 / first.ns)
            }
        return residuals.allSatisfy(\.isFinite) ? residuals : nil
    }
}

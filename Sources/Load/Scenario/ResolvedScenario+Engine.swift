import EngineModel
import PlainText
package import Workload

extension ResolvedScenario {
    /// Sentences on an embedded engine that cannot serve what it will be asked: so slow that no
    /// answer comes in time.
    ///
    /// - Precondition: Embedded engines serve.
    package var slowEngineWarnings: [String] {
        // Bad options are told where they are read.
        guard let options = try? engine.options() else { return [] }
        var shape = StepShape()
        shape.addDecode(context: 1)
        let stepMs = options.stepTimes.milliseconds(shape)
        let firstMs = stepMs + Double(options.frontEndNs) / 1e6
        let limits = [
            (firstMs, timeouts.firstTokenNs, "first token"),
            (stepMs, timeouts.betweenTokensNs, "between tokens"),
            (firstMs, timeouts.totalNs, "total"),
        ]
        for (ms, limitNs, name) in limits where ms * 1e6 > Double(limitNs) {
            return [
                "the engine takes \(Figures.span(ms * 1e6)) for a token of one request alone, and "
                    + "`timeouts: { \(name) }` is \(Figures.span(Double(limitNs))): every request "
                    + "fails; write other `costs`, or a longer time limit"
            ]
        }
        return []
    }

    /// Sentences on classes whose longest request, prompt and answer together, is beyond what an
    /// embedded engine takes. O(requests).
    ///
    /// - Precondition: Embedded engines serve.
    package func longRequestWarnings(_ plan: WorkloadPlan) -> [String] {
        guard let options = try? engine.options() else { return [] }
        let most = options.maxModelLen
        var longest = plan.classNames.map { _ in 0 }
        var beyond = plan.classNames.map { _ in 0 }
        var counts = plan.classNames.map { _ in 0 }
        for request in plan.requests {
            let index = Int(request.classIndex)
            let length = Int(request.inputTokens) + Int(request.outputTokens)
            longest[index] = max(longest[index], length)
            counts[index] += 1
            if length > most { beyond[index] += 1 }
        }
        return plan.classNames.indices.filter { beyond[$0] > 0 }.map { index in
            "\(beyond[index]) of \(Figures.count(counts[index], "request")) of class "
                + "\(plan.classNames[index]) are longer than the engine's `max model length`, "
                + "\(most) tokens, and fail (prompt and answer of the longest: "
                + "\(longest[index])); raise it, or cut the class by `context: \(most) tokens`"
        }
    }
}

import EngineModel
import Goodput

/// The claims, with the expectations of an independent implementation of the same engine (10 seeds,
/// 95 % intervals).
package enum Claims {
    package static let all: [Claim] = [
        outputDelay, heldFirst, abandonment, rateCurve, bestRates, chunkedTail, lowRates, cliff,
        metrics,
        staticBatches, preemptions, disaggregation,
    ]

    /// Llama-3.1-8B on one A100 of 80 GB under vLLM 0.6, prompts first.
    static let base: EngineOptions = {
        var options = EngineOptions()
        options.gpu = .a100x80
        options.hostProfile = .vllm0_6
        options.scheduler = .prefillFirst
        return options
    }()

    static func engine(_ change: (inout EngineOptions) -> Void) -> EngineOptions {
        var options = base
        change(&options)
        return options
    }

    static func chunked(_ budget: Int) -> EngineOptions {
        engine {
            $0.scheduler = .chunked
            $0.chunkBudget = budget
        }
    }

    static let second: Int64 = 1_000_000_000

    /// S = 20, anchored at the first token, with the classic objectives of a claim.
    static let firstToken = ScoringParameters(
        anchor: .firstToken, objectives: Objectives(ttft: 2 * second, tbt: 100_000_000))

    /// S = 5, alpha 2.5, one second for the first token.
    static let slowReader = ScoringParameters(readingSpeed: 5, ttftBudget: second, alpha: 2.5)

    static func row(
        _ label: String, _ condition: Condition, _ figure: Figure,
        _ expected: Claim.Expectation? = nil
    ) -> Claim.Row {
        Claim.Row(label: label, condition: condition, figure: figure, expected: expected)
    }
}

package import EngineModel
package import Goodput
import Randomness

/// The load of an engine: what a run is made of before anybody reads it.
package struct Load: Hashable, Sendable {
    /// The lengths of requests.
    package enum Mix: Hashable, Sendable {
        /// ShareGPT turns with their history, at most 8,192 tokens, drawn with replacement.
        case shareGPT
        case constant(prompt: Int, output: Int)
    }

    package var engine: EngineOptions
    package var mix = Mix.shareGPT
    /// Requests a second, Poisson.
    package var rate: Double
    package var requests = 700

    /// The run of one seed: equal seeds give equal arrivals and lengths under every engine.
    package func run(seed: UInt64, shareGPT: LengthSample) -> LoadRun {
        var random = RandomStream(seed: seed)
        var at = 0.0
        let arrivals = (0..<requests).map { _ in
            at += random.nextExponential() / rate
            let lengths =
                switch mix {
                case .shareGPT: shareGPT.draw(using: &random)
                case .constant(let prompt, let output):
                    LengthSample.Lengths(prompt: prompt, output: output)
                }
            return VirtualArrival(
                atNs: Int64(at * 1e9), promptTokens: lengths.prompt, outputTokens: lengths.output)
        }
        let outcome = VirtualRun(options: engine)(arrivals)
        let times = arrivals.indices.map { index in
            RequestTimes(
                id: index, scheduled: arrivals[index].atNs,
                tokens: [TokenEvent](at: outcome.tokenNs[index]),
                finish: outcome.finishNs[index])
        }
        return LoadRun(times: times, preemptions: outcome.load.preemptions)
    }
}

/// A run of a load, for any reader.
package struct LoadRun: Sendable {
    let times: [RequestTimes]
    let preemptions: Int

    /// Tokens of all answers.
    package var tokens: Int { times.reduce(0) { $0 + $1.tokens.count } }

    /// Its figures for one reader.
    package func measured(_ scoring: ScoringParameters) throws(ScoringError) -> Measured {
        Measured(
            totals: try RunTotals(times, for: try Reader(scoring)), preemptions: preemptions)
    }
}

/// The circumstances of a claim: a load, and whose reading it is scored by.
package struct Condition: Hashable, Sendable {
    package var load: Load
    package var scoring: ScoringParameters

    package init(load: Load, scoring: ScoringParameters) {
        self.load = load
        self.scoring = scoring
    }

    init(
        engine: EngineOptions, mix: Load.Mix = .shareGPT, rate: Double, requests: Int = 700,
        scoring: ScoringParameters
    ) {
        load = Load(engine: engine, mix: mix, rate: rate, requests: requests)
        self.scoring = scoring
    }
}

/// The figures of one run.
package struct Measured: Sendable {
    package var totals: RunTotals
    package var preemptions: Int
}

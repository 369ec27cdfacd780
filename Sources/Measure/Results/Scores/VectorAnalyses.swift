import Gaming
import Goodput
import Holding
import JSON
import Loss
import Sampling

/// The analyses of the requests of a ``MetricVector``, which are of one agent, one class and one
/// server.
struct VectorAnalyses: Sendable {
    let loss: LossFigures
    let gameability: Gameability
    let samples: RunSamples
    let holding: HoldingFigures

    /// - Returns: nil without requests.
    /// - Throws: ``ScoringError`` for times that cannot be.
    init?(_ vector: MetricVector, for reader: Reader) throws(ScoringError) {
        let requests = vector.requests
        guard let interval = try ServingInterval(over: requests),
            let samples = try RunSamples(of: requests, for: reader, vector.load)
        else { return nil }
        var loss = LossAttribution(over: interval, agents: 1, readers: [reader], servers: 1)
        let tokens = requests.lazy.flatMap(\.tokens).reduce(0) { $0 &+ Int($1.count) }
        var gaming = try GamingAnalysis(over: interval, readers: [reader], tokens: tokens)
        let only = LossAttribution.Parts(agentIndex: 0, classIndex: 0, serverIndex: 0)
        var holding = HoldingAnalysis(targets: 1, over: interval, seed: 0)
        for (request, prompt) in zip(requests, vector.promptTokens) {
            holding.add(request, target: 0, promptTokens: prompt)
            try loss.add(request, of: only)
            try gaming.add(request, classIndex: 0)
        }
        self.loss = loss.figures()
        gameability = gaming.figures()
        self.samples = samples
        self.holding = holding.figures()[0]
    }

    /// `loss`, `steady`, `sampling`, `holding` and `gameability`, as in a run's summary.
    var members: [JSONMember] {
        [
            JSONMember("loss", loss.json(agents: [], classes: [], servers: [])),
            JSONMember("steady", samples.steadyJSON), JSONMember("sampling", samples.json),
            JSONMember("holding", holding.json),
            JSONMember("gameability", gameability.json),
        ]
    }

    /// The same members where there are no requests.
    static let none = [
        JSONMember("loss", .null), JSONMember("steady", SteadyState.ofNothing.json()),
        JSONMember("sampling", .null), JSONMember("holding", .null),
        JSONMember("gameability", .null),
    ]
}

import Gaming
import Goodput
import JSON
import Loss
import Sampling

// The analyses of the requests of a ``MetricVector``, which are of one agent, one class and one
// server.
extension RunAnalyses {
    /// - Parameter withSurface: Whether the surface is asked for.
    /// - Returns: nil without requests.
    /// - Throws: ``ScoringError`` for times that cannot be.
    init?(
        of vector: MetricVector, for reader: Reader, withSurface: Bool
    ) throws(ScoringError) {
        let requests = vector.requests
        guard let interval = try ServingInterval(over: requests),
            let samples = try RunSamples(of: requests, for: reader, vector.load)
        else { return nil }
        let tokens = requests.lazy.flatMap(\.tokens).reduce(0) { $0 &+ Int($1.count) }
        var pass = AnalysisPass(
            over: interval, agents: 1, servers: 1, readers: [reader], seed: 0,
            withSurface: withSurface)
        var gaming = try GamingAnalysis(over: interval, readers: [reader], tokens: tokens)
        let only = LossAttribution.Parts(agentIndex: 0, classIndex: 0, serverIndex: 0)
        for (request, prompt) in zip(requests, vector.promptTokens) {
            try pass.add(request, of: only, promptTokens: prompt)
            try gaming.add(request, classIndex: 0)
        }
        self = pass.figures(servers: [""], gaming.figures())
        self.samples = samples
    }

    /// `loss`, `steady`, `sampling`, `holding` and `gameability`, as in a run's summary, and
    /// `surface` where it was asked for.
    var vectorMembers: [JSONMember] {
        [
            JSONMember("loss", loss.json(agents: [], classes: [], servers: [])),
            JSONMember("steady", samples?.steadyJSON ?? .null),
            JSONMember("sampling", samples?.json ?? .null),
            JSONMember("holding", holding[0].json),
            JSONMember("gameability", gameability.json),
        ] + (surface.map { [JSONMember("surface", $0.whole.json)] } ?? [])
    }

    /// The same members where there are no requests.
    static let vectorMembersOfNothing = [
        JSONMember("loss", .null), JSONMember("steady", SteadyState.ofNothing.json()),
        JSONMember("sampling", .null), JSONMember("holding", .null),
        JSONMember("gameability", .null),
    ]
}

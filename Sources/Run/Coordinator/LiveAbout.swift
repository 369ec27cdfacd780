import Goodput
import PlainText
import Results
import RunRecord
import Scenario
import Workload

extension LiveState.About {
    /// The most servers that are named.
    private static let mostNamed = 2

    /// The facts of a run of `scenario` that is about to begin.
    init(_ scenario: ResolvedScenario, _ options: RunOptions) {
        self.init()
        version = options.opening.version
        self.scenario = scenario.name
        seed = scenario.seed
        agents = options.agents.count
        objectives = .shared(by: scenario.classScoring)
        facts =
            Self.served(scenario) + [Figures.count(options.plan.requests.count, "request")]
    }

    /// The servers and the model that are named here: agents that dial in name their own, and an
    /// engine is told of by those that embed it.
    private static func served(_ scenario: ResolvedScenario) -> [String] {
        let urls = scenario.servers.map(\.url)
        guard !urls.isEmpty else { return [] }
        let servers = urls.count > mostNamed ? ["\(urls.count) servers"] : urls
        return servers + (scenario.model.map { [$0] } ?? [])
    }
}

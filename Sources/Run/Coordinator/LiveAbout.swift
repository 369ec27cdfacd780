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
            Self.served(scenario, options) + [Figures.count(options.plan.requests.count, "request")]
    }

    /// The servers or, where each agent embeds an engine, that; agents that dial in name their own.
    private static func served(_ scenario: ResolvedScenario, _ options: RunOptions) -> [String] {
        let urls = scenario.servers.map(\.url)
        let servers = urls.count > mostNamed ? ["\(urls.count) servers"] : urls
        switch options.agents {
        case .local where urls.isEmpty: return [options.opening.engine]
        case .local, .remote: return servers + (scenario.model.map { [$0] } ?? [])
        }
    }
}

package import Goodput
package import RunRecord

/// All that a run's figures need to know of it beside its requests.
package struct RunSetting: Sendable {
    /// Those of the run, with their audits; their clocks need not be known yet.
    package var agents: [RunAgent]
    /// As in the header.
    package var classes: [RunClass]
    /// The scored stages in order; empty where they are not known: no steady state is then looked
    /// for.
    package var stages: [LoadStage]
    /// The run's: draws of an analysis depend on it.
    package var seed: UInt64
    /// The percentiles that the run lists.
    package var percentiles: PercentileRanks

    package init(
        agents: [RunAgent], classes: [RunClass], stages: [LoadStage], seed: UInt64,
        percentiles: PercentileRanks
    ) {
        self.agents = agents
        self.classes = classes
        self.stages = stages
        self.seed = seed
        self.percentiles = percentiles
    }

    /// The setting of the run with this header.
    package init(_ header: RunHeader) {
        self.init(
            agents: header.agents, classes: header.classes, stages: header.load?.stages ?? [],
            seed: header.seed, percentiles: header.percentiles)
    }
}

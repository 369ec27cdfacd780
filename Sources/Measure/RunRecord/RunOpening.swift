package import Bytes
package import Goodput
package import Journal
package import Wire
package import Workload

/// A class of requests and its reader.
package struct RunClass: Hashable, Sendable {
    package var name: String
    package var parameters: ScoringParameters

    package init(name: String, parameters: ScoringParameters) {
        self.name = name
        self.parameters = parameters
    }
}

/// A load in a few words, for the head of the table; empty words are left out.
package struct LoadWords: Hashable, Sendable {
    /// `chat` or `completions`.
    package var endpoint = ""
    /// Rate or concurrency of each stage, such as `4/s` or `64 at once`.
    package var load = ""
    /// Such as `512 tokens in, 128 out`.
    package var lengths = ""
    /// Such as `20 s` or `100 requests`.
    package var duration = ""
    /// Such as `8 requests`.
    package var warmup = ""

    package init() {}
}

/// All that is known of a run before an agent joins: the first fact of its journal.
package struct RunOpening: Hashable, Sendable {
    package var runID: RunID
    /// The coordinator's clock: the axis of the run.
    package var clock: ClockName
    /// The version of the tool that leads the run.
    package var version: String
    /// The scenario's name.
    package var name: String
    package var seed: UInt64
    /// The scenario after all overrides as JSON, secrets replaced by `***`: with the seed it plans
    /// the same run again.
    package var scenarioJSON: String
    /// The coordinator's host.
    package var host: HostFacts
    /// Agents of the run.
    package var agents: UInt16
    /// Requests of the plan.
    package var requests: UInt32
    /// Rounds of the plan; nil where no stage repeats.
    package var rounds: PlanRounds?
    /// In the order of the plan.
    package var classes: [RunClass]
    /// Models that requests name by their indices.
    package var modelNames: [String]
    package var words: LoadWords
    /// The scored stages in order.
    package var stages: [LoadStage]
    /// The share of requests that may fail in a valid run, 0 to 1.
    package var mostFailed: Double
    /// Whether a run that was in no steady state is not valid.
    package var requiresSteady: Bool
    /// Whether answers were to have exactly the planned length (`ignore_eos` was wanted).
    package var pinsOutput: Bool
    /// The percentiles that the run lists.
    package var percentiles: PercentileRanks
    /// The engine of agents that embed one, in words.
    package var engine: String
    /// Whether coordinator and agents beyond this host speak without encryption.
    package var isInsecure: Bool
    /// Sentences that belong under the figures, known from the start.
    package var notes: [String]
    /// The words of the command that led the run, the program's name first, as they were typed,
    /// secrets replaced by `***`; empty where they are not known.
    package var command: [String]

    package init(
        runID: RunID, clock: ClockName, version: String, name: String, seed: UInt64,
        scenarioJSON: String, host: HostFacts,
        agents: UInt16, requests: UInt32, rounds: PlanRounds? = nil, classes: [RunClass],
        modelNames: [String] = [], words: LoadWords = LoadWords(), stages: [LoadStage] = [],
        mostFailed: Double, requiresSteady: Bool = false,
        pinsOutput: Bool = false, percentiles: PercentileRanks = .standard, engine: String = "",
        isInsecure: Bool = false, notes: [String] = [], command: [String] = []
    ) {
        self.runID = runID
        self.clock = clock
        self.version = version
        self.name = name
        self.seed = seed
        self.scenarioJSON = scenarioJSON
        self.host = host
        self.agents = agents
        self.requests = requests
        self.rounds = rounds
        self.classes = classes
        self.modelNames = modelNames
        self.words = words
        self.stages = stages
        self.mostFailed = mostFailed
        self.requiresSteady = requiresSteady
        self.pinsOutput = pinsOutput
        self.percentiles = percentiles
        self.engine = engine
        self.isInsecure = isInsecure
        self.notes = notes
        self.command = command
    }
}

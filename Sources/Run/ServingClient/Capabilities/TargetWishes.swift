package import TimeBase
package import Workload

/// Wishes of a run for one target.
package struct TargetWishes: Hashable, Sendable {
    package var endpoint = Endpoint.chat
    /// Whether the run insists on `endpoint`; else a server that has the other one alone is taken
    /// too.
    package var isEndpointFixed = true
    /// The model to ask for; empty: the first that the server lists.
    package var model = ""
    /// Models that requests name themselves.
    package var namedModels: [String] = []
    /// Whether every request names its model, so that the target needs none of its own.
    package var namesEveryModel = false
    /// Whether answers are to have exactly the planned length.
    package var pinsOutput = true
    package var prompt = PromptForm.automatic
    /// Whether the server is asked what it accepts, with requests like the run's.
    package var probes = true
    /// An answer's length as the run plans them: what is asked for where a server refuses less.
    package var outputTokens: UInt32 = 0
    /// How long a server that is still loading is waited for.
    package var readyTimeout = TimeSpan.zero
    /// How long the answers to questions are waited for.
    package var limits = QuestionLimits()

    package init() {}
}

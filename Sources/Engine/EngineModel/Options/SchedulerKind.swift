/// How an engine decides what runs in a step.
package enum SchedulerKind: String, NamedChoice {
    /// Decodes first, then prefills in chunks up to a token budget (Sarathi-Serve, vLLM V1).
    case chunked
    /// Batches that run padded from one prefill to their longest answer; nobody joins.
    case `static`
    /// Prompts that fit run alone before any decode (vLLM v0): decodes stall meanwhile.
    case prefillFirst = "prefill-first"

    /// Engines for prompts alone, and others for the tokens after the first (DistServe, OSDI 2024).
    case disaggregated

    package static let noun = "scheduler"

    /// Those that an engine may have by itself.
    package static let ofOneEngine: [SchedulerKind] = [.chunked, .prefillFirst, .static]

    /// A scheduler of this kind, that has planned nothing yet.
    func scheduler(_ options: EngineOptions) -> any Scheduler {
        switch self {
        case .chunked: ChunkedScheduler()
        case .prefillFirst: PrefillFirstScheduler(options)
        case .static: StaticScheduler()
        case .disaggregated:
            preconditionFailure("Disaggregated engines have a scheduler each by what they do.")
        }
    }
}

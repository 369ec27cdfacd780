/// How an engine decides what runs in a step.
package enum SchedulerKind: String, NamedChoice {
    /// Decodes first, then prefills in chunks up to a token budget (Sarathi-Serve, vLLM V1).
    case chunked
    /// Prompts that fit run alone before any decode (vLLM v0): decodes stall meanwhile.
    case prefillFirst = "prefill-first"

    package static let noun = "scheduler"
}

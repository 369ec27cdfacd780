/// The fate of the keys and values of a sequence that has to leave for want of memory.
package enum PreemptionKind: String, NamedChoice {
    /// They are dropped and computed again, generated tokens included (vLLM V1).
    case recompute
    /// They are copied to the host and back.
    case swap
    /// They move to another engine that has room, and are computed again where none has.
    case migrate

    package static let noun = "preemption"
}

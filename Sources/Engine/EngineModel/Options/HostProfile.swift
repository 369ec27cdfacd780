/// Time that the serving process spends on the host in every step, beside the kernels.
package struct HostOverhead: Hashable, Sendable {
    /// Milliseconds a step (h0).
    package var perStepMs: Double
    /// Milliseconds a sequence in the step (h1).
    package var perSequenceMs: Double

    package init(perStepMs: Double, perSequenceMs: Double) {
        self.perStepMs = perStepMs
        self.perSequenceMs = perSequenceMs
    }
}

/// Host overheads of known engine generations.
package enum HostProfile: String, NamedChoice {
    case vllmV1 = "vllm-v1"
    case vllm0_6 = "vllm-0.6"
    case vllm0_5_3 = "vllm-0.5.3"

    package static let noun = "host profile"

    /// The time that the profile costs a step.
    package var overhead: HostOverhead {
        switch self {
        case .vllmV1: HostOverhead(perStepMs: 0.9, perSequenceMs: 0.015)
        case .vllm0_6: HostOverhead(perStepMs: 1.5, perSequenceMs: 0.02)
        case .vllm0_5_3: HostOverhead(perStepMs: 3.0, perSequenceMs: 0.10)
        }
    }
}

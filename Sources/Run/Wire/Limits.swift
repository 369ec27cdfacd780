/// How much of each thing a peer may claim; checked before any room is made for it.
package enum WireLimits {
    /// Bytes of a frame's payload as it crosses the network: 1 MiB.
    package static let framePayload = 1 << 20
    /// Bytes of a frame's payload after inflation: 16 MiB.
    package static let inflatedPayload = 16 << 20
    /// Bytes of an agent's or a class's name.
    package static let name = 128
    /// Agents of a run.
    package static let agents = 4_096
    /// Requests of a run: 16 Mi.
    package static let requests = 16 << 20
    /// Bytes of a host fact (kernel, clock source, a GPU's name, a boot id).
    package static let hostFact = 256
    /// GPUs of a host.
    package static let gpus = 64
    /// Targets of an agent.
    package static let targets = 256
    /// Remarks on a target.
    package static let remarks = 16
    /// Bytes of a URL.
    package static let url = 2_048
    /// Bytes of a model's name.
    package static let model = 512
    /// Header fields that an agent names.
    package static let headerNames = 256
    /// Bytes of a reason or a detail, a sentence for people.
    package static let sentence = 1_024
    /// Bytes of JSON that the scenario adds to each request, or of an embedded engine's options.
    package static let json = 64 << 10
    /// Stages of a run, and its classes.
    package static let stages = 4_096
    /// Bytes of an agent's texts of prompts: 512 MiB.
    package static let texts = 512 << 20
    /// Prompt segments of a request: a trace's blocks of 16 tokens make many of a long prompt.
    package static let promptSegments = 1 << 15
    /// Raw bytes that an encoder aims to stay under in one chunk or batch, so that a frame fits
    /// even where nothing can be compressed.
    package static let chunk = 768 << 10
}

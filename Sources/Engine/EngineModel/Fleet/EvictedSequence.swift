/// A sequence that left an engine for want of memory, with its keys and values.
struct EvictedSequence: Sendable {
    let sequence: HeldSequence

    init(_ sequence: HeldSequence) { self.sequence = sequence }

    /// Tokens whose keys and values it has.
    var computed: Int { sequence.computed }

    /// The request as another engine takes it.
    var moved: EngineRequest {
        var request = sequence.request
        request.generated = sequence.generated
        return request
    }
}

/// The rule by which an engine decides what runs in a step: who is admitted, whose prompt goes on,
/// who makes tokens, and who leaves when memory is short.
///
/// A scheduler is a value with a state of its own. It looks at the engine's queues and moves
/// sequences by the methods of ``EngineState``; time, blocks and tokens are the engine's business.
package protocol Scheduler: Sendable {
    /// Whether requests are admitted in the order of their arrival, so that those that run came
    /// before those that wait; for checks.
    var keepsOrder: Bool { get }

    /// Puts the work of the step that begins at ``EngineState/now`` together.
    ///
    /// Nothing is put in where nothing can run; then the engine asks again when anything changes,
    /// or at the instant given to ``EngineState/askAgain(at:)``.
    mutating func plan(_ engine: inout EngineState)
}

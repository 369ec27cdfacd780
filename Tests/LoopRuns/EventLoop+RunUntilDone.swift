package import EventLoop

extension EventLoop {
    /// Runs the loop on a thread of its own until `work` is done, and returns what it came to; the
    /// thread has ended by then.
    ///
    /// - Parameter work: begins on the loop's first turn, and calls `done` once, when its handles
    ///   are closed or close: one that stays open traps.
    package func runUntilDone<Value: Sendable>(
        _ work: @escaping @Sendable (_ done: @escaping @Sendable (Value) -> Void) -> Void
    ) async -> Value {
        start()
        let value = await withCheckedContinuation { continuation in
            post { work { continuation.resume(returning: $0) } }
        }
        shutdown()
        return value
    }
}

extension EventLoop {
    /// Runs the loop on the calling thread until `work` is done, and returns what it came to.
    ///
    /// - Parameter work: begins on the loop's first turn, and calls `done` once, on the loop, when
    ///   its handles are closed or close: one that stays open traps.
    package func runUntilDone<Value>(
        _ work: @escaping (_ done: @escaping (Value) -> Void) -> Void
    ) -> Value {
        let outcome = Outcome<Value>()
        // Sound: this one thread posts, runs the loop and reads the outcome after it.
        nonisolated(unsafe) let confined = (work: work, outcome: outcome)
        post { [self] in
            confined.work { [self] value in
                preconditionCurrent()
                precondition(
                    confined.outcome.value == nil,
                    "the work of the event loop \(name) was done twice")
                confined.outcome.value = value
                requestStop()
            }
        }
        runOnThisThread()
        guard let value = outcome.value else {
            preconditionFailure("the event loop \(name) ended before its work was done")
        }
        return value
    }
}

/// The value that the loop's closures leave behind.
private final class Outcome<Value> {
    var value: Value?
}

import EventLoop

/// An actor that lives on one event loop's thread: its confined handles are its state.
protocol LoopActor: Actor {
    nonisolated var loop: EventLoop { get }
}

extension LoopActor {
    /// Runs `body` on the actor's loop, after what was posted before; any thread, returns at once.
    nonisolated func enter(_ body: @escaping @Sendable (isolated Self) -> Void) {
        loop.post { self.assumeIsolated { body($0) } }
    }
}

import CLibUV

/// A signal of the process, told on the loop instead of in a handler.
package final class SignalSource: LoopHandle {
    private var body: (() -> Void)?

    /// Calls `body` for every delivery of `signal` until closed. The signal's default action is
    /// suspended meanwhile. SIGKILL and SIGSTOP cannot be watched.
    package init(loop: EventLoop, signal: Int32, body: @escaping () -> Void) {
        // uv_signal_init fails only when the loop's signal pipe cannot be made.
        let raw = try! Self.allocate(UV_SIGNAL, on: loop, attempted: "watch signals") {
            uv_signal_init(loop.uv, $0.assumingMemoryBound(to: uv_signal_t.self))
        }
        self.body = body
        super.init(adopting: raw, on: loop)
        let result = uv_signal_start(
            raw.assumingMemoryBound(to: uv_signal_t.self),
            { raw, _ in SignalSource.from(raw!.pointee.data).body?() }, signal)
        precondition(result == 0, "signal \(signal) cannot be watched")
    }

    override func willClose() { body = nil }
}

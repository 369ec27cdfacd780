import CLibUV
package import TimeBase

/// A coarse timer for timeouts and periodic work: milliseconds, rounded up.
///
/// libuv counts in whole milliseconds of a clock that may lag by one tick, so it can fire up to a
/// few milliseconds early or late; ``DeadlineTimer`` is the one for send times.
package final class LoopTimer: LoopHandle {
    private var body: (() -> Void)?

    package init(loop: EventLoop) {
        // uv_timer_init cannot fail.
        let raw = try! Self.allocate(UV_TIMER, on: loop, attempted: "make a timer") {
            uv_timer_init(loop.uv, $0.assumingMemoryBound(to: uv_timer_t.self))
        }
        super.init(adopting: raw, on: loop)
    }

    private var timer: UnsafeMutablePointer<uv_timer_t> {
        raw.assumingMemoryBound(to: uv_timer_t.self)
    }

    /// Fires `body` once after `delay`, or first then and every `interval` after; replaces what was
    /// set before. Spans below zero count as zero.
    package func start(
        after delay: TimeSpan, repeating interval: TimeSpan? = nil, _ body: @escaping () -> Void
    ) {
        preconditionOpen()
        self.body = body
        // The loop's time is as old as its wake-up: without this a long callback shortens the
        // delay.
        uv_update_time(loop.uv)
        let repeatMs = interval.map { max(1, Self.milliseconds($0)) } ?? 0
        uv_timer_start(
            timer,
            { raw in
                let timer = LoopTimer.from(raw!.pointee.data)
                let body = timer.body
                if uv_timer_get_repeat(raw) == 0 { timer.body = nil }
                body?()
            }, Self.milliseconds(delay), repeatMs)
    }

    /// Whether it will fire.
    package var isActive: Bool { !isClosed && uv_is_active(handle) != 0 }

    /// Forgets what was set; allowed at any time.
    package func stop() {
        guard !isClosed else { return }
        loop.preconditionCurrent()
        uv_timer_stop(timer)
        body = nil
    }

    override func willClose() { body = nil }

    private static func milliseconds(_ span: TimeSpan) -> UInt64 {
        UInt64(max(0, span.ns / 1_000_000 + (span.ns % 1_000_000 > 0 ? 1 : 0)))
    }
}

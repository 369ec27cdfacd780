import CLibUV

/// Events that a descriptor is ready for.
package struct PollEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let readable = PollEvents(rawValue: 1)
    package static let writable = PollEvents(rawValue: 2)
    /// The descriptor has an error to tell (for a socket: what reading it gives once all that came
    /// before is read). Told on every turn until the poller is stopped or closed.
    package static let failed = PollEvents(rawValue: 4)
}

/// Readiness of a descriptor that somebody else reads, writes and closes.
///
/// The descriptor is made non-blocking. Close the poller first, then the descriptor: it may be
/// closed as soon as ``LoopHandle/close(_:)`` returned. A loop can hold one poller a descriptor.
package final class Poller: LoopHandle {
    package let descriptor: Int32
    @exclusivity(unchecked) private var body: ((PollEvents) -> Void)?
    /// The events that libuv was told to wait for.
    private var awaited: CInt = 0

    /// Throws for a descriptor that the kernel cannot poll, such as a regular file.
    package init(loop: EventLoop, fd: Int32) throws(SystemError) {
        descriptor = fd
        let raw = try Self.allocate(UV_POLL, on: loop, attempted: "poll descriptor \(fd)") {
            uv_poll_init(loop.uv, $0.assumingMemoryBound(to: uv_poll_t.self), fd)
        }
        super.init(adopting: raw, on: loop)
    }

    /// Calls `body` on every turn in which the descriptor is ready (level-triggered).
    package func start(
        readable: Bool, writable: Bool, _ body: @escaping (PollEvents) -> Void
    ) {
        preconditionOpen()
        self.body = body
        update(readable: readable, writable: writable)
    }

    /// Changes what ``start(readable:writable:_:)`` waits for; neither means it waits for nothing.
    package func update(readable: Bool, writable: Bool) {
        preconditionOpen()
        precondition(body != nil, "a poller was updated before it was started")
        let poll = raw.assumingMemoryBound(to: uv_poll_t.self)
        let events =
            (readable ? CInt(UV_READABLE.rawValue) : 0)
            | (writable ? CInt(UV_WRITABLE.rawValue) : 0)
        awaited = events
        guard events != 0 else {
            uv_poll_stop(poll)
            return
        }
        wait()
    }

    private func wait() {
        let poll = raw.assumingMemoryBound(to: uv_poll_t.self)
        let result = uv_poll_start(poll, awaited) { raw, status, events in
            let poller = Poller.from(raw!.pointee.data)
            // libuv stops at an error. A socket that was reset may still hold what came before, and
            // whoever reads it in pieces must be called again, to the error's end.
            if status < 0 { poller.wait() }
            var ready: PollEvents = status < 0 ? .failed : []
            if events & CInt(UV_READABLE.rawValue) != 0 { ready.insert(.readable) }
            if events & CInt(UV_WRITABLE.rawValue) != 0 { ready.insert(.writable) }
            poller.body?(ready)
        }
        precondition(result == 0, "libuv refused to poll descriptor \(descriptor)")
    }

    /// Waits for nothing any more; allowed at any time.
    package func stop() {
        guard !isClosed else { return }
        loop.preconditionCurrent()
        uv_poll_stop(raw.assumingMemoryBound(to: uv_poll_t.self))
        body = nil
    }

    override func willClose() { body = nil }
}

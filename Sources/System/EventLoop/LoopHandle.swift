import CLibUV

/// The base of all handles: one libuv handle on the heap, and its end.
///
/// Confined to its loop's thread. While it is open, libuv holds a reference to it, so a handle ends
/// by ``close(_:)`` and by nothing else: dropping the last reference of an open one is a leak,
/// which ``EventLoop/shutdown()`` reports. The memory is freed in libuv's close callback.
package class LoopHandle {
    package let loop: EventLoop
    /// Dangling once the close callback ran; every use is behind `isClosed`.
    let raw: UnsafeMutableRawPointer
    /// Whether ``close(_:)`` was called. Read on every way in, and only ever set.
    @exclusivity(unchecked) package private(set) var isClosed = false

    private var whenClosed: [() -> Void] = []
    private var isFreed = false

    /// Adopts `raw`, an initialised handle of ``allocate(_:on:_:)``.
    init(adopting raw: UnsafeMutableRawPointer, on loop: EventLoop) {
        self.loop = loop
        self.raw = raw
        uv_handle_set_data(handle, Unmanaged.passRetained(self).toOpaque())
    }

    /// Memory for a handle of `type`, initialised by `body` with libuv's code as result.
    static func allocate(
        _ type: uv_handle_type, on loop: EventLoop, attempted: @autoclosure () -> String,
        _ body: (UnsafeMutableRawPointer) -> CInt
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        loop.preconditionCurrent()
        let raw = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(type), alignment: 16)
        let result = body(raw)
        if result < 0 {
            raw.deallocate()
            throw SystemError(code: result, attempted: attempted())
        }
        return raw
    }

    /// The Swift object behind a callback's handle.
    @inline(__always)
    static func from(_ data: UnsafeMutableRawPointer?) -> Self {
        // Sound: the data pointer is set in `init(adopting:on:)` and is retained until the close
        // callback; each kind of handle registers only callbacks of its own kind.
        let object = Unmanaged<LoopHandle>.fromOpaque(data!).takeUnretainedValue()
        return unsafeDowncast(object, to: Self.self)
    }

    /// Sound: every libuv handle begins with the fields of uv_handle_t.
    var handle: UnsafeMutablePointer<uv_handle_t> {
        raw.assumingMemoryBound(to: uv_handle_t.self)
    }

    /// Traps when the handle is closed or the caller is on another thread.
    func preconditionOpen() {
        loop.preconditionCurrent()
        precondition(!isClosed, "a closed \(type(of: self)) was used")
    }

    /// Ends the handle; its callbacks do not come any more, but `done` does, on a later turn.
    /// Closing twice is allowed.
    package func close(_ done: (() -> Void)? = nil) {
        loop.preconditionCurrent()
        if isFreed {
            if let done { loop.next(done) }
            return
        }
        if let done { whenClosed.append(done) }
        guard !isClosed else { return }
        isClosed = true
        willClose()
        uv_close(handle) { handle in
            let closed = Unmanaged<LoopHandle>.fromOpaque(uv_handle_get_data(handle!)!)
                .takeRetainedValue()
            closed.finishClose()
        }
    }

    /// Releases what a kind of handle holds beside the libuv handle; called once, before uv_close.
    func willClose() {}

    private func finishClose() {
        isFreed = true
        raw.deallocate()
        let closures = whenClosed
        whenClosed = []
        for closure in closures { closure() }
    }
}

import CLibUV
import Glibc
package import TimeBase

/// One libuv loop on one thread, and the executor of the actors that live on it.
///
/// A loop is made, started on a thread of its own (``start()``) or run on the caller's
/// (``runOnThisThread()``), and ended once (``shutdown()``). Its handles (``LoopTimer``,
/// ``TCPConnection``, ...) are plain classes confined to that thread; from other threads only
/// ``post(_:)`` and `await` on an actor of this executor lead in.
///
/// Unchecked Sendable: `shared` is guarded by its mutex; `uv`, `batch` and the read buffer
/// are touched only by the thread that runs the loop, or before it starts and after it ended.
package final class EventLoop: @unchecked Sendable {
    /// Names the thread, and the loop in messages.
    package let name: String

    let uv: UnsafeMutablePointer<uv_loop_t>
    private let measuresLoad: Bool
    /// Where every stream of this loop reads into: a read is handed on before the next begins.
    let readBuffer: UnsafeMutableRawBufferPointer

    @exclusivity(unchecked) private var conversion: RealtimeConversion?
    private var inquiry = StampInquiry()

    private let wakeup: UnsafeMutablePointer<uv_async_t>
    private let shared = Guarded(Shared())
    private var batch: [Work] = []
    private var thread = uv_thread_t()
    private var stopRequested = false

    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private enum Phase {
        /// Made; exits to `running` (start, runOnThisThread) or, unused, to `closed` (deinit).
        case made
        /// Wake-ups are sent; exits to `closing` when a stop was taken from the queue.
        case running
        /// The wake-up handle is closed, the queue is still drained; exits to `closed`.
        case closing
        /// Nothing runs any more.
        case closed
    }

    private struct Shared {
        var phase = Phase.made
        var queue: [Work] = []
        var isThreadOwned = false
    }

    /// Size of `readBuffer`, bytes, which one read takes at most: libuv's own suggestion.
    package static let readBufferSize = 65_536

    /// The loop whose thread this is; nil elsewhere.
    private static let currentKey = LoopThreadKey()

    /// - Parameter measuresLoad: ``load()`` can be asked. libuv then polls twice a turn, once
    ///   without waiting, which costs a system call: not where a wake-up's cost or lateness counts.
    /// - Throws: when the system gives no descriptors for the loop.
    package init(name: String, measuresLoad: Bool = false) throws(SystemError) {
        self.name = name
        self.measuresLoad = measuresLoad
        uv = .allocate(capacity: 1)
        wakeup = .allocate(capacity: 1)
        readBuffer = .allocate(byteCount: Self.readBufferSize, alignment: 64)
        let result = uv_loop_init(uv)
        if result < 0 {
            uv.deallocate()
            wakeup.deallocate()
            readBuffer.deallocate()
            throw SystemError(
                code: result, attempted: "make the event loop \(name)",
                remedy: "raise the limit of open files (ulimit -n)")
        }
        // Before the loop runs, and never failing on Linux with an initialised loop.
        precondition(
            !measuresLoad || legato_loop_measure_idle_time(uv) == 0,
            "libuv refused idle time metrics")
        let data = Unmanaged.passUnretained(self).toOpaque()
        let armed = uv_async_init(uv, wakeup) { handle in
            EventLoop.from(handle!.pointee.data).drain()
        }
        precondition(armed == 0, "the event loop \(name) got no wake-up descriptor")
        wakeup.pointee.data = data
    }

    deinit {
        let phase = shared.withLock { $0.phase }
        if phase == .made { close() }
        precondition(phase != .running, "the event loop \(name) was dropped while it ran")
        uv.deallocate()
        wakeup.deallocate()
        readBuffer.deallocate()
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> EventLoop {
        // Sound: the loop outlives its thread's run, during which alone callbacks come.
        Unmanaged<EventLoop>.fromOpaque(data!).takeUnretainedValue()
    }

    // MARK: Life

    /// Starts the loop's thread; once.
    package func start() {
        begin(threadOwned: true)
        let data = Unmanaged.passRetained(self).toOpaque()
        let result = uv_thread_create(
            &thread, { Unmanaged<EventLoop>.fromOpaque($0!).takeRetainedValue().run() }, data)
        precondition(result == 0, "the system gave no thread to the event loop \(name)")
    }

    /// Runs the loop on the calling thread until ``requestStop()``, instead of ``start()``.
    package func runOnThisThread() {
        begin(threadOwned: false)
        run()
    }

    private func begin(threadOwned: Bool) {
        shared.withLock { shared in
            precondition(shared.phase == .made, "the event loop \(name) was started twice")
            shared.phase = .running
            shared.isThreadOwned = threadOwned
        }
    }

    /// Ends the loop after the work that was posted before; any thread, returns at once.
    ///
    /// All handles must have been closed by then: one that is still open is a bug and traps.
    package func requestStop() {
        post { [unowned self] in
            stopRequested = true
            uv_stop(uv)
        }
    }

    /// Ends the loop and waits for its thread: not from the loop's own thread, and only once.
    ///
    /// Work posted earlier still runs. A handle left open, or a child still running, traps with
    /// its kind: `uv_loop_close` returns 0 or the program is wrong.
    package func shutdown() {
        precondition(!isCurrent, "the event loop \(name) cannot wait for its own end")
        let owned = shared.withLock { $0.isThreadOwned && $0.phase != .made }
        precondition(owned, "shutdown() belongs to start(); the loop \(name) has no own thread")
        requestStop()
        let result = uv_thread_join(&thread)
        precondition(result == 0, "the event loop \(name) was shut down twice")
    }

    private func run() {
        Self.currentKey.set(self)
        // A write to a closed socket must be EPIPE here, not the end of the process; children get
        // a fresh mask from libuv.
        var broken = sigset_t()
        sigemptyset(&broken)
        sigaddset(&broken, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &broken, nil)
        legato_name_thread(name)
        while !stopRequested { uv_run(uv, UV_RUN_DEFAULT) }
        close()
        Self.currentKey.set(nil)
    }

    /// Closes the loop's own handles, lets closing ones and cancelled requests finish, and closes
    /// the loop.
    private func close() {
        shared.withLock { $0.phase = .closing }
        // Sound: every libuv handle begins with the fields of uv_handle_t.
        uv_close(UnsafeMutableRawPointer(wakeup).assumingMemoryBound(to: uv_handle_t.self), nil)
        while true {
            drain()
            let open = openHandles()
            precondition(
                open.isEmpty,
                "the event loop \(name) ended with open handles: \(open.joined(separator: ", "))")
            // Only closing handles and unfinished requests are left, so this returns.
            uv_run(uv, UV_RUN_DEFAULT)
            let isDone = shared.withLock { shared in
                if shared.queue.isEmpty { shared.phase = .closed }
                return shared.queue.isEmpty
            }
            if isDone { break }
        }
        let result = uv_loop_close(uv)
        precondition(
            result == 0,
            "the event loop \(name) did not close: \(openHandles().joined(separator: ", "))")
    }

    /// Kinds of the handles that nobody closed.
    private func openHandles() -> [String] {
        var kinds: [String] = []
        withUnsafeMutablePointer(to: &kinds) { kinds in
            uv_walk(
                uv,
                { handle, data in
                    guard uv_is_closing(handle) == 0 else { return }
                    let kind = String(cString: uv_handle_type_name(uv_handle_get_type(handle)))
                    data!.assumingMemoryBound(to: [String].self).pointee.append(kind)
                }, kinds)
        }
        return kinds
    }

    // MARK: Work

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool { Self.currentKey.isCurrent(self) }

    /// Traps when the caller is on another thread: handles are confined.
    @inline(__always)
    package func preconditionCurrent() {
        precondition(isCurrent, "a handle of the event loop \(name) was used on another thread")
    }

    /// Runs `work` on the loop's thread, after what was posted before; any thread.
    ///
    /// Work posted after the loop's end is dropped: nobody is left to run it.
    package func post(_ work: @escaping @Sendable () -> Void) {
        append(.closure(work))
    }

    /// Runs `work` on a later turn; from the loop's thread only, which is why it need not be
    /// Sendable.
    package func next(_ work: @escaping () -> Void) {
        preconditionCurrent()
        // Sound: made, run and released on the loop's thread.
        nonisolated(unsafe) let work = work
        append(.closure { work() })
    }

    /// Runs `work` on the loop's thread and returns its result; one hop there and one back.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            post { continuation.resume(returning: work()) }
        }
    }

    /// Appends and, when the queue was empty, wakes the loop. The wake-up is sent under the mutex:
    /// outside it the handle could be closed in between.
    private func append(_ work: Work) {
        let isDropped = shared.withLock { shared in
            if shared.phase == .closed { return true }
            shared.queue.append(work)
            if shared.queue.count == 1 && shared.phase != .closing { uv_async_send(wakeup) }
            return false
        }
        if isDropped, case .job = work {
            preconditionFailure("an actor's job came after the end of its event loop \(name)")
        }
    }

    /// Runs all that is queued now; what that queues in turn waits for the next wake-up.
    private func drain() {
        shared.withLock { swap(&$0.queue, &batch) }
        for work in batch {
            switch work {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let closure): closure()
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    /// Converts receive stamps that were read at `now`, by a pair of readings at most
    /// `conversionAgeNs` old, in which two clocks part by less than a nanosecond; a new pair is
    /// compared with the one before. Loop's thread only.
    package func realtimeConversion(at now: LocalInstant) -> RealtimeConversion {
        preconditionCurrent()
        if let conversion, now.ns - conversion.pair.raw.ns < Self.conversionAgeNs {
            return conversion
        }
        let pair = SystemClocks.realtimePair()
        var next = conversion?.next(pair) ?? RealtimeConversion(pair: pair)
        next.isForeign = conversion?.isForeign ?? false
        if let isTrue = inquiry.verdict(on: next, at: now) { next.isForeign = !isTrue }
        conversion = next
        return next
    }

    /// How long a pair of readings serves, ns: the wake-ups of a busy loop share one.
    private static let conversionAgeNs: Int64 = 100_000

    fileprivate func enqueueJob(_ job: UnownedJob) { append(.job(job)) }

    /// How long the loop has waited for events so far, and when that was read; any thread. Only of
    /// a loop that was made to measure it.
    package func load() -> LoopLoad {
        precondition(measuresLoad, "the event loop \(name) does not measure its load")
        return LoopLoad(
            at: TimeSpan(ns: Int64(uv_hrtime())),
            idle: TimeSpan(ns: Int64(uv_metrics_idle_time(uv))))
    }
}

extension EventLoop: SerialExecutor {
    package func enqueue(_ job: consuming ExecutorJob) { enqueueJob(UnownedJob(job)) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Lets `assumeIsolated` succeed in a C callback, which is on the thread but in no task.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    package func checkIsolated() {
        precondition(isCurrent, "code of the event loop \(name) ran on another thread")
    }
}

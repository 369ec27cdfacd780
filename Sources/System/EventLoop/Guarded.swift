import CLibUV

/// A value that several threads share behind a mutex.
///
/// The mutex is libuv's (a pthread mutex) in a box of its own on the heap, because the thread
/// sanitizer understands pthread mutexes and does not understand the futex of
/// `Synchronization.Mutex`.
///
/// Unchecked Sendable: `value` is touched under the mutex only.
package final class Guarded<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<uv_mutex_t>
    private var value: Value

    package init(_ value: sending Value) {
        mutex = .allocate(capacity: 1)
        let result = uv_mutex_init(mutex)
        precondition(result == 0, "the system has no memory left for a mutex")
        self.value = value
    }

    deinit {
        uv_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the value, alone. Not recursive.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        uv_mutex_lock(mutex)
        defer { uv_mutex_unlock(mutex) }
        return try body(&value)
    }
}

import CLibUV

/// The thread-local slot that says which loop runs on a thread.
///
/// Unchecked Sendable: the key is written once, before anyone can share it; the slots behind it
/// belong to one thread each.
final class LoopThreadKey: @unchecked Sendable {
    private let key: UnsafeMutablePointer<uv_key_t>

    init() {
        key = .allocate(capacity: 1)
        let result = uv_key_create(key)
        precondition(result == 0, "the process has no thread-local slot left")
    }

    func set(_ loop: EventLoop?) {
        uv_key_set(key, loop.map { Unmanaged.passUnretained($0).toOpaque() })
    }

    @inline(__always)
    func isCurrent(_ loop: EventLoop) -> Bool {
        uv_key_get(key) == Unmanaged.passUnretained(loop).toOpaque()
    }
}

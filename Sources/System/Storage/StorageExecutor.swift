import Dispatch

/// Runs an actor's work on a thread that may block on the disk, in the order in which it was
/// handed over.
final class StorageExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label, qos: .userInitiated) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Hands `work` over without waiting: first come, first served.
    func post(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}

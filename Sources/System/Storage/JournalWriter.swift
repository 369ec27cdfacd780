package import Journal

/// Writes the coordinator's journal off the loop's thread, in the order in which entries were
/// handed over; completions are called on the storage thread.
///
/// The first failure is final, as in ``SpoolWriter``.
package actor JournalWriter {
    private let executor: StorageExecutor
    private let segment: SegmentFile
    private var failure: StorageError?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// A writer that has `segment` to itself.
    package init(_ segment: sending SegmentFile) {
        executor = StorageExecutor(label: "legato.journal")
        self.segment = segment
    }

    /// Writes `entry`; a failure is reported by the next sync.
    package nonisolated func append(_ entry: JournalEntry) {
        executor.post {
            self.assumeIsolated { writer in
                writer.attempt { segment throws(StorageError) in _ = try segment.append(entry) }
            }
        }
    }

    /// Makes everything handed over so far durable.
    package nonisolated func sync(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        executor.post {
            self.assumeIsolated { writer in
                writer.attempt { segment throws(StorageError) in try segment.sync() }
                completion(writer.failure.map(Result.failure) ?? .success(()))
            }
        }
    }

    private func attempt(_ work: (SegmentFile) throws(StorageError) -> Void) {
        guard failure == nil else { return }
        do throws(StorageError) { try work(segment) } catch { failure = error }
    }
}

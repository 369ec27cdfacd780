package import Journal

/// Performs the spool's actions off the loop's thread, in the order in which they were handed
/// over; completions are called on the storage thread.
///
/// The first failure is final: it is reported once, nothing is written after it, and every later
/// sync fails with it.
package actor SpoolWriter {
    private let executor: StorageExecutor
    private let spool: SpoolFolder
    private var failure: StorageError?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// A writer that has `spool` to itself.
    package init(_ spool: sending SpoolFolder) {
        executor = StorageExecutor(label: "legato.spool")
        self.spool = spool
    }

    /// Writes `batch`; a failure is reported by the next sync.
    package nonisolated func append(_ batch: JournalBatch) {
        post { writer in
            writer.attempt { spool throws(StorageError) in try spool.append(batch) }
        }
    }

    /// Makes everything handed over so far durable.
    package nonisolated func sync(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        post { writer in
            writer.attempt { spool throws(StorageError) in try spool.sync() }
            completion(writer.failure.map(Result.failure) ?? .success(()))
        }
    }

    /// Reads batches back, to be sent; needs no durability and no earlier success.
    package nonisolated func read(
        _ numbers: ClosedRange<UInt64>,
        _ completion: @escaping @Sendable (Result<[JournalBatch], StorageError>) -> Void
    ) {
        post { writer in
            do throws(StorageError) {
                var batches: [JournalBatch] = []
                for number in numbers { batches.append(try writer.spool.batch(number)) }
                completion(.success(batches))
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Forgets what is acknowledged.
    package nonisolated func free(through: UInt64) {
        post { writer in
            writer.attempt { spool throws(StorageError) in try spool.free(through: through) }
        }
    }

    /// Removes the spool at the run's end.
    package nonisolated func removeAll(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        post { writer in
            writer.attempt { spool throws(StorageError) in try spool.removeAll() }
            completion(writer.failure.map(Result.failure) ?? .success(()))
        }
    }

    private nonisolated func post(_ work: @escaping @Sendable (isolated SpoolWriter) -> Void) {
        executor.post { self.assumeIsolated { work($0) } }
    }

    private func attempt(_ work: (SpoolFolder) throws(StorageError) -> Void) {
        guard failure == nil else { return }
        do throws(StorageError) { try work(spool) } catch { failure = error }
    }
}

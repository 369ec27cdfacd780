package import Journal

/// Files that one ``StorageWriter`` has to itself.
package protocol WrittenFiles: AnyObject, SendableMetatype {
    /// The name of the queue that they are written on.
    static var queue: String { get }

    /// Makes everything written so far durable.
    func sync() throws(StorageError)
}

/// Writes files off the loop's thread, in the order in which the work was handed over; completions
/// are called on the storage thread.
///
/// The first failure is final: nothing is written after it, and every later sync fails with it.
package actor StorageWriter<Files: WrittenFiles> {
    private let executor: StorageExecutor
    private let files: Files
    private var failure: StorageError?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// A writer that has `files` to itself.
    package init(_ files: sending Files) {
        executor = StorageExecutor(label: Files.queue)
        self.files = files
    }

    /// Makes everything handed over so far durable.
    package nonisolated func sync(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        attempt({ files throws(StorageError) in try files.sync() }, then: completion)
    }

    /// Does `work` where nothing has failed yet; a failure is reported by the next completion.
    private nonisolated func attempt(
        _ work: @escaping @Sendable (Files) throws(StorageError) -> Void,
        then completion: @escaping @Sendable (Result<Void, StorageError>) -> Void = { _ in }
    ) {
        executor.post {
            self.assumeIsolated { writer in
                if writer.failure == nil {
                    do throws(StorageError) { try work(writer.files) } catch {
                        writer.failure = error
                    }
                }
                completion(writer.failure.map(Result.failure) ?? .success(()))
            }
        }
    }
}

/// Writes the coordinator's journal.
package typealias JournalWriter = StorageWriter<SegmentFile>

extension SegmentFile: WrittenFiles {
    package static var queue: String { "legato.journal" }
}

extension StorageWriter<SegmentFile> {
    /// Writes `entry`; a failure is reported by the next sync.
    package nonisolated func append(_ entry: JournalEntry) {
        attempt { segment throws(StorageError) in _ = try segment.append(entry) }
    }
}

/// Performs the actions of an agent's spool.
package typealias SpoolWriter = StorageWriter<SpoolFolder>

extension SpoolFolder: WrittenFiles {
    package static var queue: String { "legato.spool" }
}

extension StorageWriter<SpoolFolder> {
    /// Writes `batch`; a failure is reported by the next sync.
    package nonisolated func append(_ batch: JournalBatch) {
        attempt { spool throws(StorageError) in try spool.append(batch) }
    }

    /// Reads batches back, to be sent; needs no durability and no earlier success.
    package nonisolated func read(
        _ numbers: ClosedRange<UInt64>,
        _ completion: @escaping @Sendable (Result<[JournalBatch], StorageError>) -> Void
    ) {
        executor.post {
            self.assumeIsolated { writer in
                completion(
                    Result { () throws(StorageError) in
                        try numbers.map { number throws(StorageError) in
                            try writer.files.batch(number)
                        }
                    })
            }
        }
    }

    /// Forgets what is acknowledged.
    package nonisolated func free(through: UInt64) {
        attempt { spool throws(StorageError) in try spool.free(through: through) }
    }

    /// Removes the spool at the run's end.
    package nonisolated func removeAll(
        _ completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        attempt({ spool throws(StorageError) in try spool.removeAll() }, then: completion)
    }
}

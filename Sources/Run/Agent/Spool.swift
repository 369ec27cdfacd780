import Bytes
import EventLoop
import Journal
import Storage
import TimeBase
import Wire

/// The agent's spool on disk, and its book: every batch is durable before it is sent, and kept
/// until the coordinator has it on its own disk.
///
/// Confined to the link's loop; files are touched on the storage thread.
final class Spool {
    private let loop: EventLoop
    private let folder: PrivateFolder
    private let lock: FolderLock
    let agent: AgentIdentityFile
    private var ledger: SpoolLedger
    private var writer: SpoolWriter?
    private var agentIndex: UInt16 = 0
    private var isClosed = false
    /// The batch that the ledger is being asked about.
    private var pending: JournalBatch?
    /// A batch may leave.
    var onBatch: ((Batch) -> Void)?
    /// Nothing further will be durable; the reason in a sentence.
    var onFailure: ((String) -> Void)?

    /// Bytes that the coordinator has not acknowledged.
    var byteCount: Int { ledger.spoolByteCount }

    /// Locks the agent's spool folder and counts this start.
    init(loop: EventLoop, path: String, limitBytes: UInt64) throws(StorageError) {
        self.loop = loop
        folder = try PrivateFolder(path: path)
        lock = try folder.lock()
        var generator = SystemRandomNumberGenerator()
        agent = try AgentIdentityFile.start(in: folder, using: &generator)
        ledger = SpoolLedger(
            limits: SpoolLedger.Limits(spoolBytes: Int(clamping: limitBytes)))
    }

    /// Opens the spool of this run; its session is up.
    func begin(run: RunID, agentIndex: UInt16, clock: ClockName) throws(StorageError) {
        self.agentIndex = agentIndex
        let spool = try SpoolFolder(of: run, below: folder.path, agent: agent, clock: clock)
        writer = SpoolWriter(spool)
        perform(ledger.sessionOpened(acknowledgedThrough: 0))
    }

    /// Takes in the next batch of the token log; gives its number, from 1.
    func append(_ payload: [UInt8], records: Int) -> UInt64 {
        let number = ledger.lastNumber + 1
        pending = JournalBatch(
            agentIndex: agentIndex, incarnation: agent.incarnation, number: number,
            records: UInt32(records), payload: payload)
        perform(ledger.batchMade(byteCount: payload.count, now: RawClock.now()))
        pending = nil
        return number
    }

    /// Time has passed.
    func ticked() { perform(ledger.timePassed(now: RawClock.now())) }

    /// Nothing further will be made: what is written is to leave soon.
    func flush() { perform(ledger.flushRequested()) }

    func acknowledged(through: UInt64) { perform(ledger.acknowledged(through: through)) }

    func sessionClosed() { ledger.sessionClosed() }

    /// A session of the same run is up again, and the coordinator has everything up to
    /// `acknowledged`.
    func resume(after acknowledged: UInt64) {
        perform(ledger.sessionOpened(acknowledgedThrough: acknowledged))
    }

    /// The coordinator has confirmed that nothing is missing.
    func delete() {
        writer?.removeAll { _ in
            // A file that cannot be removed now is found, and named, by the next start.
        }
    }

    /// Calls `done` when the storage thread has done all that it was given.
    func close(_ done: @escaping @Sendable () -> Void) {
        isClosed = true
        guard let writer else { return done() }
        writer.sync { _ in done() }
    }

    private func perform(_ actions: [SpoolAction]) {
        for action in actions {
            switch action {
            case .append:
                if let pending { writer?.append(pending) }
            case .sync(let through): sync(through)
            case .send(let numbers): send(numbers)
            case .free(let through): writer?.free(through: through)
            case .stop(let reason), .disconnect(let reason): onFailure?(reason)
            }
        }
    }

    private func sync(_ through: UInt64) {
        writer?.sync(
            onLoop { spool, result in
                switch result {
                case .success: spool.perform(spool.ledger.synced(through: through))
                case .failure(let error):
                    spool.perform(spool.ledger.storageFailed(error.description))
                }
            })
    }

    private func send(_ numbers: ClosedRange<UInt64>) {
        let session = ledger.session
        writer?.read(
            numbers,
            onLoop { spool, result in
                switch result {
                case .success(let batches):
                    for batch in batches where session == spool.ledger.session {
                        spool.onBatch?(
                            Batch(
                                number: batch.number, records: batch.records, payload: batch.payload
                            ))
                    }
                case .failure(let error):
                    spool.perform(spool.ledger.storageFailed(error.description))
                }
            })
    }

    /// A completion for the storage thread that leads back to this one.
    private func onLoop<Value: Sendable>(
        _ body: @escaping (Spool, Value) -> Void
    ) -> @Sendable (Value) -> Void {
        // Sound: both are used on the loop's thread only; the closure merely carries them there.
        nonisolated(unsafe) let spool = self
        nonisolated(unsafe) let body = body
        let loop = loop
        return { value in
            loop.post { if !spool.isClosed { body(spool, value) } }
        }
    }
}

import EventLoop
import Journal
import Results
import RunRecord
import Storage
import TokenLog
import Wire

/// The run's journal, `tokens.log`: every fact of the run, and every batch of every agent, as it
/// arrived.
///
/// Confined to the coordinator's loop; the file is touched on the storage thread.
final class RunJournal {
    static let name = RunFileName.journal

    private let loop: EventLoop
    private let writer: JournalWriter

    /// Begins the journal in the run's folder.
    init(folder path: String, loop: EventLoop, header: SegmentHeader) throws(StorageError) {
        self.loop = loop
        let folder = try PrivateFolder(path: path)
        writer = JournalWriter(
            try SegmentFile(beginning: header, in: folder, name: Self.name))
    }

    func append(_ batch: Batch, of agent: Int, incarnation: UInt64) {
        writer.append(
            .batch(
                JournalBatch(
                    agentIndex: UInt16(agent), incarnation: incarnation, number: batch.number,
                    records: batch.records, payload: batch.payload)))
    }

    /// Rows that the clock probes of an agent brought, encoded.
    func append(probes: [UInt8], of agent: Int, incarnation: UInt64) {
        writer.append(
            .probes(
                JournalProbes(
                    agentIndex: UInt16(agent), incarnation: incarnation, payload: probes)))
    }

    /// Something that the verdict rests on.
    func append(_ fact: RunFact) { writer.append(.fact(fact.encoded())) }

    /// Makes everything appended so far durable; `done` comes on the loop, with what failed.
    func sync(_ done: @escaping (StorageError?) -> Void) {
        // Sound: used on the loop's thread only; the closure merely carries it there.
        nonisolated(unsafe) let done = done
        let loop = loop
        writer.sync { result in
            loop.post {
                switch result {
                case .success: done(nil)
                case .failure(let error): done(error)
                }
            }
        }
    }
}

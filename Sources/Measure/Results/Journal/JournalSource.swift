package import Journal
import RunRecord

/// A journal that can be read from its beginning as often as it is asked for, and is left as it is.
package protocol JournalSource {
    /// As the user gave it.
    var path: String { get }

    /// Hands each entry that is whole to `body`, in order, with the byte at which it begins; what
    /// is damaged is passed over.
    ///
    /// - Throws: ``FileProblem`` where it cannot be read, or from `body`.
    func read(
        _ body: (JournalEntry, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) -> JournalReading
}

extension JournalSource {
    /// The facts of the journal, and how its reading went.
    ///
    /// Where damage took the first opening, the journal is read again with the other one in mind:
    /// without it nothing between the two can be understood.
    func facts() throws(FileProblem) -> (RunRecord, JournalReading) {
        let (record, reading) = try facts(RunRecord())
        guard record.missesFacts, let opening = record.opening else { return (record, reading) }
        return try facts(RunRecord(opening))
    }

    private func facts(
        _ begun: RunRecord
    ) throws(FileProblem) -> (RunRecord, JournalReading) {
        var record = begun
        let reading = try read { entry, offset in record.add(entry, at: offset) }
        return (record, reading)
    }
}

/// How the reading of a journal went.
package struct JournalReading: Hashable, Sendable {
    /// Whose journal it is, and in which format; nil where not even that could be read.
    package var header: SegmentHeader?
    /// Bytes in the file.
    package var byteCount: Int
    /// In order.
    package var damages: [JournalDamage.Stretch]
    /// The byte at which an entry begins that is good as far as it goes and has no end: the file
    /// grows, or it was cut; nil where there is none.
    package var incomplete: Int?

    /// Whether damage reaches to the end of the file.
    var reachesEnd: Bool { damages.last.map { $0.end == nil } ?? false }

    package init(
        header: SegmentHeader?, byteCount: Int, damages: [JournalDamage.Stretch] = [],
        incomplete: Int? = nil
    ) {
        self.header = header
        self.byteCount = byteCount
        self.damages = damages
        self.incomplete = incomplete
    }
}

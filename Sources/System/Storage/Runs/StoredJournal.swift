package import Results

/// The journal of a run's folder, for whoever scores the folder again.
package protocol StoredJournal {
    /// Where it stops being readable; nil where it is whole.
    var damage: JournalDamage? { get }

    /// Whether all records of the request with that id were read.
    func isWhole(_ id: UInt32) -> Bool

    /// Gives a request of the run its token events, as `requests.jsonl` would hold them; one whose
    /// records are not whole keeps those that are, and becomes unfinished.
    ///
    /// - Throws: ``FileProblem`` where nothing at all can be placed in time.
    func complete(_ request: inout MeasuredRequest) throws(FileProblem)

    /// Fits the agents' clocks anew, maps every recorded stamp of `result` by these fits, and
    /// judges the clocks again.
    ///
    /// - Throws: ``FileProblem`` where the journal is of another run.
    func remap(_ result: inout RunResult) throws(FileProblem)
}

package import Goodput

/// The journal of a run's folder, for whoever scores the folder again.
package protocol StoredJournal {
    /// The token events of a request as `requests.jsonl` would hold them, by its id.
    func tokens(of id: UInt32) -> [TokenEvent]

    /// Fits the agents' clocks anew, maps every recorded stamp of `result` by these fits, and judges the
    /// clocks again.
    ///
    /// - Throws: ``FileProblem`` where the journal is of another run.
    func remap(_ result: inout RunResult) throws(FileProblem)
}

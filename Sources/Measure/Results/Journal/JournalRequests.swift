import Goodput
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog

/// The measured requests of a run, from its journal, in the order in which their terminal records
/// stand there; those that the coordinator closed for an agent that was lost come last.
///
/// Only the open requests are in memory. Each pass reads the journal anew.
package final class JournalRequests: MeasuredRequests {
    package let run: JournalRun
    private var tally: RecordTally?

    package init(_ run: JournalRun) { self.run = run }

    package var path: String { run.source.path }

    /// The tally of the last pass.
    ///
    /// - Precondition: there was one.
    package var settled: RecordTally {
        guard let tally else { preconditionFailure("a pass makes a tally") }
        return tally
    }

    package func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        let pass = RecordPass(run)
        // A request that was closed for a lost agent ends where its tokens do.
        let decodesTokens = withTokens || run.needsTokensToClose
        // A journal that is still written has more by now, and the end of what was cut off.
        let end = run.reading.incomplete ?? run.reading.byteCount
        _ = try run.source.read { entry, offset throws(FileProblem) in
            guard offset < end else { return }
            try pass.take(entry, at: offset, withTokens: decodesTokens, body)
        }
        try pass.close(body)
        tally = pass.tally
    }
}

extension JournalRun {
    /// Whether some agent's last requests are closed by the coordinator.
    fileprivate var needsTokensToClose: Bool {
        !record.isLossless || !reading.damages.isEmpty || record.fault != nil
    }
}

import RunRecord
import TimeBase
import Timeline
import Wire

/// A run of a former version, all times of which come from its journal of format 2, and everything
/// else from the files beside it.
struct FormerRun {
    private let run: JournalRun
    private let result: RunResult

    /// - Parameters:
    ///   - run: As its journal tells it (``FormerJournal``).
    ///   - result: As the other files have it.
    init(_ run: JournalRun, _ result: RunResult) {
        self.run = run
        self.result = result
    }

    /// The manifest's.
    var header: RunHeader { result.header }

    /// The requests of the files, with the times of the journal.
    var requests: FormerRequests { FormerRequests(run, result.requests) }

    /// The figures of the run, and its verdict.
    ///
    /// - Throws: ``FileProblem``, as ``JournalRun/summary(_:)``, and where journal and files are of
    ///   different runs.
    func summary(_ overrides: ScoringOverrides) throws(FileProblem) -> RunSummary {
        let requests = self.requests
        let figures = try RunFigures(
            in: RunSetting(result.header), overrides: overrides, of: requests)
        let tally = requests.settled
        return RunSummary(header(tally), figures)
    }

    /// The manifest's header with the clocks judged anew, and all else as it was.
    private func header(_ tally: RecordTally) -> RunHeader {
        let damage = run.damage(tally)
        var header = result.header
        header.journalDamage = damage
        var intervals = header.validity.intervals
        for index in run.record.agents.indices {
            let name = run.record.agents[index].hello.name
            guard let place = header.agents.firstIndex(where: { $0.name == name }) else { continue }
            let findings = run.clockFindings(of: index, tally, isDamaged: damage != nil)
            header.agents[place].set(findings, bounds: run.maps[index].bounds)
            intervals.removeAll { $0.node == name && $0.cause == .clock }
            intervals += findings.record.problems.map { problem in
                InvalidInterval(
                    node: name, cause: .clock, from: 0, to: tally.end.ns, reason: problem)
            }
        }
        header.validity = Validity(
            intervals: intervals, nodes: header.agents.map(\.name), run: 0...max(1, tally.end.ns),
            isPartial: header.isPartial || damage != nil)
        return header
    }
}

import Bytes
import ClockSync
import Journal
import RunRecord
import TimeBase
import TokenLog
import Wire
import Workload

/// A journal of format 2 as the record that today's facts make: what its notes say, and what the
/// files beside it know.
struct FormerJournal {
    private let source: any JournalSource
    private let header: SegmentHeader
    private let notes: FormerNotes
    private var reading: JournalReading

    /// Reads the notes of `source`, whose header is `header`.
    ///
    /// - Throws: ``FileProblem`` where it cannot be read.
    init(_ source: any JournalSource, _ header: SegmentHeader) throws(FileProblem) {
        var notes = FormerNotes()
        reading = try source.read { entry, offset in notes.add(entry, at: offset) }
        reading.damages += notes.faults
        reading.damages.sort { $0.offset < $1.offset }
        self.source = source
        self.header = header
        self.notes = notes
    }

    /// The journal's record, and how the reading went.
    ///
    /// - Parameter result: The run as the files beside it have it; nil where only its clocks are
    ///   looked at: then nothing is said of its requests and of its end.
    func record(
        beside result: RunResult?
    ) throws(FileProblem) -> (RunRecord, JournalReading) {
        var record = RunRecord()
        let owners = result == nil ? [] : notes.owners
        record.add(.opening(opening(result?.header, requests: owners.count)), at: 0)
        for agent in notes.agents {
            let hello = Message.hello(Hello(agent))
            record.add(
                .heard(agent: agent.index, at: LocalInstant(ns: 0), hello), at: agent.offset)
        }
        deal(owners, result?.requests ?? [], to: &record)
        if let start = notes.start {
            for (agent, offset) in notes.offsetsNs.enumerated() {
                let command = StartCommand(at: start.ns, offsetNs: offset, uncertaintyNs: 0)
                record.add(.told(agent: agent, .start(command)), at: 0)
            }
        }
        // The exchanges are kept by the same rule as in the run, which asks how many agents it had.
        _ = try source.read { entry, offset in record.add(entry, at: offset) }
        guard let result else { return (record, reading) }
        let judged = judged(result.header)
        let isDamaged =
            !judged.damages.isEmpty || judged.incomplete != nil || record.fault != nil
        end(result, isDamaged: isDamaged, &record)
        return (record, judged)
    }

    private func opening(_ run: RunHeader?, requests: Int) -> RunOpening {
        let agents = max(run?.agents.count ?? 0, notes.offsetsNs.count)
        return RunOpening(
            runID: header.runID, clock: header.clock, version: run?.version ?? "",
            name: run?.name ?? "", seed: run?.seed ?? 0, scenarioJSON: "", host: .unknown,
            agents: UInt16(clamping: min(agents, WireLimits.agents)), requests: UInt32(requests),
            // Requests of later rounds are of the agents of those that they repeat.
            rounds: requests == 0 ? nil : PlanRounds(requests: UInt32(requests), sessions: 1),
            classes: run?.classes ?? [], mostFailed: 0)
    }

    /// Deals the plan: of a request only its phase is asked for later, all else is in its line.
    private func deal(
        _ owners: [Int32], _ requests: [MeasuredRequest], to record: inout RunRecord
    ) {
        let warmups = Set(requests.lazy.filter { $0.phase == .warmup }.map(\.id))
        var shards: [Int32: [PlannedRequest]] = [:]
        for (id, owner) in owners.enumerated() where owner >= 0 {
            shards[owner, default: []].append(
                PlannedRequest(
                    index: UInt32(id), phase: warmups.contains(UInt32(id)) ? .warmup : .scored,
                    stage: 0, classIndex: 0, session: 0, turn: 0, scheduledNs: nil, thinkNs: 0,
                    inputTokens: 0, outputTokens: 0, prompt: []))
        }
        for (owner, requests) in shards {
            let chunk = ShardChunk(firstOrdinal: 0, requests: requests)
            record.add(.told(agent: Int(owner), .shardChunk(chunk)), at: 0)
        }
    }

    /// Ends each agent's part as the manifest says that it ended.
    private func end(_ result: RunResult, isDamaged: Bool, _ record: inout RunRecord) {
        guard let start = notes.start else { return }
        func instant(_ ns: Int64) -> LocalInstant { LocalInstant(ns: start.ns &+ ns) }
        // Agents are probed to the end. Lines, whose times are another fit's, are asked for it only
        // where the last probes are lost.
        var over =
            record.agents.compactMap { $0.log.exchanges.last?.t4 }.max()
            .map(LocalInstant.init(ns:)) ?? start
        if isDamaged { over = max(over, instant(result.requests.lastFinish { _ in true })) }
        for index in record.agents.indices {
            let name = record.agents[index].hello.name
            if let gap = result.header.gaps.first(where: { $0.agent == name }) {
                // The coordinator's word on what was in flight: its own clock, and no fit.
                let last = result.requests.lastFinish {
                    $0.agent == name && $0.outcome == .unfinished
                }
                let absence = Absence(
                    from: instant(gap.from), to: instant(max(gap.from, last)), reason: gap.reason)
                record.add(.lost(agent: index, absence), at: 0)
            } else {
                // An End that is not there is behind the damage, with batches that are not known;
                // an agent that was gone before the start has none of either.
                let isMissing = isDamaged || record.agents[index].batches > 0
                let end = AgentEnd(
                    batches: notes.ends[index] ?? (isMissing ? .max : 0), records: 0, finishes: 0,
                    hash: 0,
                    reason: "", audit: ClientAudit())
                record.add(.heard(agent: index, at: over, .end(end)), at: 0)
            }
        }
        record.add(.ended(at: over), at: 0)
    }

    /// The reading, with the damage that only the manifest shows.
    private func judged(_ run: RunHeader) -> JournalReading {
        guard reading.damages.isEmpty, run.lossless, notes.ends.count < run.agents.count else {
            return reading
        }
        var judged = reading
        judged.incomplete = nil
        judged.damages = [
            JournalDamage.Stretch(
                offset: reading.byteCount, end: nil,
                problem: "the file ends there, before its agents' last words")
        ]
        return judged
    }
}

extension Hello {
    /// An agent of a former run as its note tells of it: its name and its clock.
    fileprivate init(_ agent: FormerNotes.Agent) {
        self.init(
            name: agent.name, identity: AgentIdentity(high: 0, low: 0), incarnation: 0,
            heldRun: nil, bootID: agent.bootID, timeNamespace: agent.timeNamespace, host: .unknown,
            targets: [], embeddedEngine: false)
    }
}

extension [MeasuredRequest] {
    /// When the last of those finished that `isMeant`, ns after the start; 0 where there is none.
    fileprivate func lastFinish(_ isMeant: (MeasuredRequest) -> Bool) -> Int64 {
        lazy.filter(isMeant).map(\.finish.ns).max() ?? 0
    }
}

extension JournalReading {
    /// Whether it is of format 2, which has notes where today's has facts (``FormerJournal``).
    var isFormer: Bool { header?.version == 2 }
}

extension JournalSource {
    /// The journal's record, and how the reading went.
    ///
    /// - Parameter result: The run as the files beside the journal have it, which one of format 2
    ///   says little without.
    func record(
        beside result: RunResult? = nil
    ) throws(FileProblem) -> (RunRecord, JournalReading) {
        let (record, reading) = try facts()
        guard reading.isFormer, let header = reading.header else { return (record, reading) }
        let former = try FormerJournal(self, header)
        return try former.record(beside: result)
    }
}

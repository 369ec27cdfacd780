import Bytes
import ClockSync
import Journal
package import RunRecord
import TimeBase
package import Timeline
import Wire

/// A run, as its journal tells it: the facts, and where every agent's stamps lie on the timeline.
///
/// The one road from records to results: a run's end, a score of its folder, a mapping by another
/// version's fits and the rescue of a run whose coordinator died are this type and
/// ``JournalRequests`` over the same bytes.
package struct JournalRun {
    package let source: any JournalSource
    package let record: RunRecord
    package let opening: RunOpening
    package let timeline: Timeline
    /// How the reading went; passes over the records end where it ended.
    package let reading: JournalReading
    /// The servers that each agent drives.
    let targets: [[TargetFacts]]
    let maps: [StampMap]

    /// Reads the journal's facts, and fits the agents' clocks.
    ///
    /// - Parameter header: The manifest's; nil where there is none.
    /// - Throws: ``FileProblem`` where it cannot be read, is of a format before or of another run
    ///   than the manifest, or says no start of a run.
    /// - Complexity: O(bytes) time; memory for the plan and the probes that fits rest on.
    package init(
        _ source: any JournalSource, beside header: RunHeader? = nil
    ) throws(FileProblem) {
        let (record, reading) = try source.facts()
        if let header, let segment = reading.header { try source.check(segment, against: header) }
        if reading.isFormer {
            guard header != nil else { throw Self.formerAlone(source.path) }
            throw FileProblem(
                .content, source.path,
                "is of a former version, and says too little of its run for files to be made from "
                    + "it; copy the run's folder as it is")
        }
        try self.init(source, record, reading)
    }

    init(
        _ source: any JournalSource, _ record: consuming RunRecord, _ reading: JournalReading
    ) throws(FileProblem) {
        guard let opening = record.opening, let start = record.start else {
            throw Self.noRun(source.path, record, reading)
        }
        self.source = source
        let timeline = Timeline(
            start: start,
            clocks: Self.clocks(&record))
        self.record = record
        self.opening = opening
        self.reading = reading
        self.timeline = timeline
        targets = record.agents.map { agent in
            agent.ready?.targets.map { TargetFacts(url: $0.url, model: $0.model) }
                ?? agent.hello.targets
        }
        maps = record.agents.indices.map { agent in
            StampMap(timeline, agent: agent, over: Self.part(of: agent, record, timeline))
        }
    }

    private static func clocks(_ record: inout RunRecord) -> [AgentClock] {
        record.agents.indices.map { AgentClock(of: $0, from: &record) }
    }

    /// The problem of a journal of format 2 that is to be a run by itself.
    static func formerAlone(_ path: String) -> FileProblem {
        FileProblem(
            .content, path,
            "is of a former version, and says too little of its run to be scored alone: "
                + "manifest.json and requests.jsonl must be beside it; restore them")
    }

    private static func noRun(
        _ path: String, _ record: RunRecord, _ reading: JournalReading
    ) -> FileProblem {
        if let damage = reading.damages.first {
            return FileProblem(
                .content, path,
                "is damaged from byte \(damage.offset) of \(reading.byteCount) on "
                    + "(\(damage.problem)), before the run's start: no time can be placed; restore "
                    + "the file")
        }
        if let fault = record.fault {
            return FileProblem(
                .content, path, "cannot be used from byte \(fault.offset) on: \(fault.problem)")
        }
        return FileProblem(
            .content, path,
            reading.byteCount == 0 ? "is empty" : "says no start: the run never began")
    }

    /// The agent's part of the run, on its own clock: from the start to its End, to when it was
    /// lost, or to its last probe.
    private static func part(
        of agent: Int, _ record: RunRecord, _ timeline: Timeline
    ) -> ClosedRange<LocalInstant> {
        let begin = timeline.local(ClusterInstant(ns: 0), of: agent)
        let over = record.agents[agent].over.map {
            timeline.local(ClusterInstant(ns: $0.ns &- timeline.start.ns), of: agent)
        }
        let end = over ?? timeline.clocks[agent].lastProbe
        return begin...max(begin, end ?? begin)
    }

    /// The run's axis: its id and the coordinator's boot.
    package var runID: String { opening.runID.description }

    /// An instant of the coordinator's clock on the timeline.
    func onTimeline(_ instant: LocalInstant) -> ClusterInstant {
        ClusterInstant(ns: instant.ns &- timeline.start.ns)
    }

    /// An instant of the coordinator's clock on an agent's.
    func local(_ instant: LocalInstant, of agent: Int) -> LocalInstant {
        timeline.local(onTimeline(instant), of: agent)
    }
}

extension JournalRun {
    /// Why nothing is known of an agent's end where the coordinator did not live to say it.
    static let diedReason = "the coordinator ended before the run did"
    /// The same where damage has taken it.
    static let damagedReason = "records of it in tokens.log are damaged"
}

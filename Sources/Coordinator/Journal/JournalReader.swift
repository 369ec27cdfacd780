import ClockSync
import CoordinatorCore
package import Goodput
import Journal
package import Report
import Storage
import TimeBase
import TokenLog

/// A run's journal, read back: the token times of every request on the run's timeline, for folders
/// whose `requests.jsonl` leaves them out, and all that a new mapping is made from.
package struct JournalReader: StoredJournal {
    let file: String
    /// Whose journal it is, and on which clock its `start` is.
    let header: SegmentHeader
    let merge: Merge
    let timeline: RunTimeline
    /// The agents' names, by their places.
    let names: [String]

    /// Reads `tokens.log` of the run's folder at `path`.
    ///
    /// - Throws: ``FileProblem`` where it cannot be read, or does not hold what a journal holds.
    /// - Complexity: O(records) time, 16 bytes of memory a stream event.
    package init(folder path: String) throws(FileProblem) {
        let file = "\(path)/\(RunJournal.name)"
        var contents = JournalContents()
        do throws(StorageError) {
            let folder = try PrivateFolder(path: path)
            let segment = try SegmentFile(opening: RunJournal.name, in: folder) { entry, _ in
                contents.take(entry)
            }
            if let segment {
                contents.header = segment.header
            } else {
                contents.problem = "is empty"
            }
        } catch {
            throw FileProblem(.system, file, "\(error)")
        }
        if let problem = contents.problem { throw FileProblem(.content, file, problem) }
        guard let start = contents.start, let header = contents.header else {
            throw FileProblem(.content, file, "says no start: the run never began")
        }
        contents.placeProbes()
        if let problem = contents.problem { throw FileProblem(.content, file, problem) }
        // What was not of the plan was turned away before it was written.
        var merge = Merge(agents: contents.agents, repeats: true)
        for (agent, batch) in contents.batches {
            do throws(MergeFault) {
                try merge.add(batch, agent: agent)
            } catch {
                throw FileProblem(.content, file, "\(error)")
            }
        }
        self.file = file
        self.header = header
        self.merge = merge
        names = contents.offsetsNs.indices.map { contents.names[$0]?.name ?? "" }
        timeline = RunTimeline(
            start: start,
            clocks: contents.clocks.enumerated().map { agent, log in
                let named = contents.names[agent]
                return RunTimeline.Clock(
                    exchanges: log.exchanges, readings: log.readings,
                    offsetNs: contents.offsetsNs[agent], names: named?.clocks ?? [],
                    isShared: named?.isOwn ?? false && log.admitsSharedClock)
            })
    }

    /// The token events of request `id`, as `requests.jsonl` would hold them; none for a request
    /// that is not of the run.
    package func tokens(of id: UInt32) -> [TokenEvent] {
        guard let request = merge.request(id), let sent = request.sent else { return [] }
        var ignored = ClockBounds(low: 0, high: 0)
        return timeline.events(
            of: request, notBefore: timeline.instant(sent.scheduled, of: request.agent),
            bounds: &ignored)
    }
}

extension JournalReader {
    /// What the clock of one agent is fitted from.
    ///
    /// - Parameter name: the agent's; may be nil where the run had one.
    /// - Throws: ``FileProblem`` for a name that no agent or several had, and for an agent whose clock was
    ///   not one clock.
    package func clock(of name: String?) throws(FileProblem) -> ClockFits.Evidence {
        let known = names.joined(separator: ", ")
        let places = names.indices.filter { name == nil || names[$0] == name }
        guard places.count == 1 else {
            throw FileProblem(
                .content, file,
                name.map {
                    places.isEmpty
                        ? "names no agent \"\($0)\"; it has \(known)"
                        : "has \(places.count) agents called \"\($0)\""
                } ?? "has \(names.count) agents; choose one with --agent: \(known)")
        }
        if let fault = timeline.faults[places[0]] {
            throw FileProblem(.content, file, "has no one clock of \(names[places[0]]): \(fault)")
        }
        let clock = timeline.clocks[places[0]]
        return ClockFits.Evidence(exchanges: clock.exchanges, readings: clock.readings)
    }
}

/// What the entries of a journal add up to.
private struct JournalContents {
    var header: SegmentHeader?
    var start: LocalInstant?
    /// The agent of each request of the plan.
    var agents: [Int] = []
    var batches: [(agent: Int, records: LogBatch)] = []
    /// What the clock probes brought, as it was written.
    var probes: [(agent: Int, payload: [UInt8])] = []
    /// The same by agent, once all is read.
    var clocks: [ExchangeLog] = []
    /// What the agents named themselves and their clocks; whether it was the coordinator's own.
    var names: [Int: (name: String, clocks: [RunTimeline.ClockID], isOwn: Bool)] = [:]
    var offsetsNs: [Int64] = []
    var problem: String?

    mutating func take(_ entry: JournalEntry) {
        guard problem == nil else { return }
        do {
            switch entry {
            case .batch(let batch):
                batches.append(
                    (Int(batch.agentIndex), try TokenLogDecoder.decode(batch.payload)))
            case .note(let json): try take(JournalNote(json: json))
            case .probes(let rows): probes.append((Int(rows.agentIndex), rows.payload))
            case .end: break
            }
        } catch {
            problem = "holds an entry that cannot be read: \(error)"
        }
    }

    private mutating func take(_ note: JournalNote) {
        switch note {
        case .start(let rawNs, let offsets):
            start = LocalInstant(ns: rawNs)
            offsetsNs = offsets
        case .agent(let index, let name, let clock, let requests):
            let id = RunTimeline.ClockID(bootID: clock.bootID, timeNamespace: clock.timeNamespace)
            let clocks = names[index]?.clocks ?? []
            names[index] = (name, clocks.contains(id) ? clocks : clocks + [id], clock.isOwn)
            for request in requests {
                guard request < 16_000_000 else { return problem = "names an impossible request" }
                while agents.count <= Int(request) { agents.append(-1) }
                agents[Int(request)] = index
            }
        }
    }

    /// Keeps the exchanges that the run kept: its rule depends on how many agents there were.
    mutating func placeProbes() {
        clocks = offsetsNs.map { _ in ExchangeLog(agents: offsetsNs.count) }
        for (agent, payload) in probes {
            guard clocks.indices.contains(agent) else {
                return problem = "holds clock probes of no agent"
            }
            do throws(DecodeError) {
                for row in try ProbeRowCodec.decode(payload) { clocks[agent].append(row) }
            } catch {
                return problem = "holds clock probes that cannot be read: \(error)"
            }
        }
        probes = []
    }
}

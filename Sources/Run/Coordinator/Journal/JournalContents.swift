import Bytes
import CoordinatorCore
import Journal
import Results
import Storage
import TimeBase
import TokenLog

/// The sum of a journal's entries, as far as they are good.
struct JournalContents {
    /// Whose journal it is; nil where not even that can be read.
    private(set) var header: SegmentHeader?
    private(set) var start: LocalInstant?
    /// The agents' records by request.
    private(set) var merge = Merge(agents: [])
    /// The clock probes' exchanges, by agent.
    private(set) var clocks: [ExchangeLog] = []
    /// The agents' names for themselves and their clocks; whether it was the coordinator's own.
    private(set) var names: [Int: (name: String, clocks: [RunTimeline.ClockID], isOwn: Bool)] = [:]
    private(set) var offsetsNs: [Int64] = []
    /// Where the entries stop being good; nil where all are.
    private(set) var damage: JournalDamage?

    /// The agent of each request of the plan.
    private var agents: [Int] = []
    /// Agents whose part has ended in order.
    private var ended: Set<Int> = []
    /// The number of each agent's last batch: they rise by one.
    private var numbers: [Int: UInt64] = [:]
    /// Entries that need to know all agents, with the bytes at which they begin.
    private var waiting: [(entry: JournalEntry, offset: Int)] = []
    /// The first entry that is whole and makes no sense.
    private var fault: (offset: Int, problem: String)?

    private static let mostRequests = 16_000_000

    /// Reads the journal at `path` and changes nothing of it.
    ///
    /// - Parameters:
    ///   - manifest: The run's; nil while it is under way, when an entry that is not whole yet is
    ///     no damage.
    /// - Throws: ``StorageError`` where there is no file that can be read.
    init(path: String, manifest: StoredManifest?) throws(StorageError) {
        let segment = try StoredSegment(reading: path) { entry, offset in take(entry, at: offset) }
        header = segment.header
        mergeWaiting()
        damage = judge(segment, manifest)
    }

    private func judge(_ segment: StoredSegment, _ manifest: StoredManifest?) -> JournalDamage? {
        let byteCount = max(segment.byteCount, manifest?.files.journalByteCount ?? 0)
        func damage(_ offset: Int, _ problem: String) -> JournalDamage {
            JournalDamage(offset: offset, byteCount: byteCount, problem: problem)
        }
        if let fault { return damage(fault.offset, fault.problem) }
        if segment.byteCount == 0 { return damage(0, "it is empty") }
        if let found = segment.damage {
            let isGrowing = manifest == nil && header != nil && found.problem == .truncated
            return isGrowing
                ? nil : damage(segment.goodByteCount, "\(found.field): \(found.reason)")
        }
        if segment.byteCount < byteCount {
            return damage(segment.byteCount, "the file ends there")
        }
        // Manifests of before do not say how long the file was, but whether every agent's end came.
        if let header = manifest?.header, header.lossless, ended.count < header.agents.count {
            return damage(segment.byteCount, "the file ends there, before its agents' last words")
        }
        return nil
    }

    // MARK: Entries

    private mutating func take(_ entry: JournalEntry, at offset: Int) {
        guard fault == nil else { return }
        switch entry {
        case .batch, .probes: waiting.append((entry, offset))
        case .note(let json):
            do {
                try take(JournalNote(json: json))
            } catch {
                fault = (offset, "a note: \(error)")
            }
        case .end(let end): ended.insert(Int(end.agentIndex))
        }
    }

    private mutating func take(_ note: JournalNote) throws(DecodeError) {
        switch note {
        case .start(let rawNs, let offsets):
            start = LocalInstant(ns: rawNs)
            offsetsNs = offsets
        case .agent(let index, let name, let clock, let requests):
            let id = RunTimeline.ClockID(bootID: clock.bootID, timeNamespace: clock.timeNamespace)
            let clocks = names[index]?.clocks ?? []
            names[index] = (name, clocks.contains(id) ? clocks : clocks + [id], clock.isOwn)
            for request in requests {
                guard request < Self.mostRequests else {
                    throw DecodeError(
                        "request", at: 0,
                        .overLimit(value: UInt64(request), limit: UInt64(Self.mostRequests - 1)))
                }
                while agents.count <= Int(request) { agents.append(-1) }
                agents[Int(request)] = index
            }
        }
    }

    /// Takes in the entries that waited, up to the first that makes no sense.
    private mutating func mergeWaiting() {
        // Records that were not of the plan were turned away before they were written.
        merge = Merge(agents: agents, repeats: true)
        // The run's rule for what it keeps depends on how many agents there were.
        clocks = offsetsNs.map { _ in ExchangeLog(agents: offsetsNs.count) }
        for (entry, offset) in waiting where offset < fault?.offset ?? .max {
            do {
                switch entry {
                case .batch(let batch): try add(batch)
                case .probes(let rows): try add(rows)
                case .note, .end: break
                }
            } catch {
                fault = (offset, "\(error)")
            }
        }
        waiting = []
    }

    private mutating func add(_ batch: JournalBatch) throws {
        let agent = Int(batch.agentIndex)
        let before = numbers[agent] ?? 0
        guard batch.number == before &+ 1 else {
            throw DecodeError(
                "batch number", at: 0,
                .contradiction("batch \(batch.number) of an agent follows \(before)"))
        }
        var records = try TokenLogDecoder.decode(batch.payload)
        for index in records.finishes.indices {
            records.finishes[index].error = records.finishes[index].error?.withoutLead
        }
        try merge.add(records, agent: agent)
        numbers[agent] = batch.number
    }

    private mutating func add(_ rows: JournalProbes) throws(DecodeError) {
        // Before the start the number of agents is not known, and nothing can be placed.
        guard start != nil else { return }
        guard clocks.indices.contains(Int(rows.agentIndex)) else {
            throw DecodeError("probes agent", at: 0, .unknownCode(UInt64(rows.agentIndex)))
        }
        for row in try ProbeRowCodec.decode(rows.payload) {
            clocks[Int(rows.agentIndex)].append(row)
        }
    }
}

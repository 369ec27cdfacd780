import Bytes
import ClockSync
import Goodput
package import Journal
package import RunRecord
package import TimeBase
package import TokenLog
package import Wire
package import Workload

/// A journal as its coordinator writes it, entry by entry.
///
/// Agents share the coordinator's clock unless their Hello says another boot, so that a stamp is an
/// instant of the timeline to the nanosecond.
package struct JournalDraft {
    package var opening: RunOpening
    package private(set) var entries: [JournalEntry] = []
    /// Batches and records so far of each agent.
    private var numbers: [Int: UInt64] = [:]
    private var hashers: [Int: RecordHasher] = [:]

    /// Time 0 of the run, on the coordinator's clock.
    package static let start = LocalInstant(ns: 100_000_000_000)
    package static let boot = "boot"
    package static let clock = ClockName(host: "coordinator", bootID: boot)
    package static let url = "http://127.0.0.1:8000"

    /// The instant `seconds` after the start.
    package static func at(_ seconds: Double) -> LocalInstant {
        start + TimeSpan(ns: Int64((seconds * 1e9).rounded()))
    }

    package static let host = HostFacts(
        hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1, gpus: [])

    /// - Parameter requests: Requests of the plan.
    package init(agents: Int, requests: Int, rounds: PlanRounds? = nil) {
        opening = RunOpening(
            runID: RunID(high: 1, low: 2), clock: Self.clock, version: "0.0.1", name: "sample",
            seed: 5, scenarioJSON: #"{"name":"sample"}"#, host: Self.host, agents: UInt16(agents),
            requests: UInt32(requests), rounds: rounds,
            classes: [RunClass(name: "chat", parameters: Preset.default.parameters)],
            mostFailed: 1)
    }

    // MARK: Facts

    package mutating func add(_ entry: JournalEntry) { entries.append(entry) }
    package mutating func add(_ fact: RunFact) { entries.append(.fact(fact.encoded())) }
    package mutating func open() { add(.opening(opening)) }

    package static func hello(
        _ agent: Int, boot: String = boot, host: HostFacts = host, embedded: Bool = false
    ) -> Hello {
        Hello(
            name: "node-\(agent + 1)", identity: AgentIdentity(high: 1, low: UInt64(agent)),
            incarnation: 1, heldRun: nil, bootID: boot, host: host,
            targets: [TargetFacts(url: url, model: "m")], embeddedEngine: embedded)
    }

    package static func ready(
        remarks: [String] = [], profile: String = #"{"sends":["ignore_eos"]}"#,
        tls: TLSAgreement? = nil
    ) -> Ready {
        Ready(
            connections: 1,
            targets: [
                TargetState(
                    url: url, model: "m", detail: "", profileJSON: profile, remarks: remarks,
                    tls: tls)
            ])
    }

    package mutating func hear(_ message: Message, by agent: Int, at seconds: Double = -1) {
        add(.heard(agent: agent, at: Self.at(seconds), message))
    }

    /// The requests `ids` of the plan are the agent's, due `scheduledNs` after the start.
    package mutating func deal(
        _ ids: [UInt32], to agent: Int, scheduledNs: (UInt32) -> Int64?,
        phase: (UInt32) -> Phase = { _ in .scored }, usesTexts: Bool = false
    ) {
        let requests = ids.map { id in
            PlannedRequest(
                index: id, phase: phase(id), stage: 0, classIndex: 0, session: id, turn: 0,
                scheduledNs: scheduledNs(id), thinkNs: 0, inputTokens: 4, outputTokens: 3,
                prompt: [PromptSegment(seed: UInt64(id), tokens: 4)], usesTexts: usesTexts)
        }
        add(.told(agent: agent, .shardChunk(ShardChunk(firstOrdinal: 0, requests: requests))))
    }

    package mutating func start(_ agent: Int, offsetNs: Int64 = 0) {
        add(
            .told(
                agent: agent,
                .start(
                    StartCommand(
                        at: Self.start.ns, offsetNs: offsetNs, uncertaintyNs: 20_000))))
    }

    /// The agent began `lateNs` late by its own clock, which the coordinator's is `offsetNs` ahead
    /// of.
    package mutating func began(_ agent: Int, lateNs: Int64 = 0, offsetNs: Int64 = 0) {
        let local = Self.start.ns - offsetNs
        hear(
            .started(
                Started(
                    intended: LocalInstant(ns: local), achieved: LocalInstant(ns: local + lateNs))),
            by: agent, at: 0)
    }

    /// A train of four exchanges of 10 us out and 10 us back.
    package mutating func probe(
        _ agent: Int, train: UInt32, at seconds: Double, offsetNs: Int64 = 0
    ) {
        let rows = (0..<4).map { (member: Int64) -> ProbeRow in
            let t1 = Self.at(seconds).ns + member * 100_000
            let local = t1 + 10_000 - offsetNs
            return ProbeRow(
                exchange: ClockExchange(
                    train: train, member: UInt16(member), t1: t1, t2: local, t3: local + 1_000,
                    t4: t1 + 21_000),
                reading: ClockReading(
                    rawNs: local, monotonicNs: local, boottimeNs: local,
                    realtimeNs: local + 1_700_000_000_000_000_000))
        }
        add(
            .probes(
                JournalProbes(
                    agentIndex: UInt16(agent), incarnation: 1, payload: ProbeRowCodec.encode(rows)))
        )
    }

    /// The agent's next batch.
    ///
    /// - Parameters:
    ///   - delays: One a token, where raw stamps are kept.
    ///   - isLost: Whether it never reaches the journal.
    package mutating func batch(
        _ agent: Int, _ records: [LogRecord], delays: [UInt32] = [], isLost: Bool = false
    ) {
        let number = numbers[agent, default: 0] + 1
        numbers[agent] = number
        var batch = LogBatch(records)
        batch.delays = delays
        hashers[agent, default: RecordHasher()].add(batch)
        guard !isLost else { return }
        var encoder = TokenLogEncoder()
        add(
            .batch(
                JournalBatch(
                    agentIndex: UInt16(agent), incarnation: 1, number: number,
                    records: UInt32(batch.count), payload: encoder.encode(batch))))
    }

    /// The agent says End.
    package mutating func end(_ agent: Int, at seconds: Double, audit: ClientAudit = ClientAudit())
    {
        let hasher = hashers[agent] ?? RecordHasher()
        hear(
            .end(
                AgentEnd(
                    batches: numbers[agent] ?? 0, records: hasher.records,
                    finishes: hasher.finishes, hash: hasher.value, reason: "", audit: audit)),
            by: agent, at: seconds)
    }

    package mutating func end(at seconds: Double) { add(.ended(at: Self.at(seconds))) }

    // MARK: Bytes

    private static let header = SegmentHeader(
        clock: clock, runID: RunID(high: 1, low: 2), agent: nil, incarnation: 0, segment: 0,
        generation: 1)

    /// The whole file.
    package var bytes: [UInt8] { Self.header.encoded() + entries.flatMap { $0.encoded() } }

    /// Where the header and each entry lie in it.
    package var ranges: [Range<Int>] {
        var ranges = [0..<Self.header.encoded().count]
        for entry in entries {
            let begin = ranges[ranges.count - 1].upperBound
            ranges.append(begin..<(begin + entry.encoded().count))
        }
        return ranges
    }

    package var source: MemoryJournal { MemoryJournal(bytes) }
}

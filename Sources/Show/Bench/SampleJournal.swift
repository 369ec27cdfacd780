import Bytes
import ClockSync
import Goodput
import Journal
import Randomness
import RunRecord
import Sampling
import Storage
import TimeBase
import TokenLog
import Wire
import Workload

/// A run's journal, made from a seed: agents that drive some streams each, one request after the
/// other, on clocks of their own, probed as in a run.
struct SampleJournal {
    let agents: Int
    let streams: Int
    let tokensPerRequest: Int
    /// Requests of each stream.
    let rounds: Int

    var requests: Int { agents * streams * rounds }
    var tokens: Int { requests * tokensPerRequest }

    static let runID = RunID(high: 3, low: 5)
    private static let period: Int64 = 20_000_000
    private static let startNs: Int64 = 1_000_000_000_000
    private static let roundsPerBatch = 5
    private static let requestsAtOnce = 4_096

    /// Agent minus coordinator, and how fast that grows.
    private func clock(of agent: Int) -> (offsetNs: Int64, ratePPB: Int64) {
        (Int64(agent + 1) * 77_000_000_123, Int64(agent) * 3_000 - 4_500)
    }

    private func local(_ ns: Int64, of agent: Int) -> Int64 {
        let clock = clock(of: agent)
        return ns + clock.offsetNs + (ns - Self.startNs) / 1_000_000 * clock.ratePPB / 1_000
    }

    /// Writes the journal into `folder`.
    func write(into folder: String, seed: UInt64) throws(StorageError) {
        let name = ClockName(host: "coordinator", bootID: "boot-0")
        let file = try SegmentFile(
            beginning: SegmentHeader(
                clock: name, runID: Self.runID, agent: nil, incarnation: 0, segment: 0,
                generation: 1), in: try PrivateFolder(path: folder), name: "tokens.log")
        func fact(_ fact: RunFact) throws(StorageError) {
            _ = try file.append(.fact(fact.encoded()))
        }
        try fact(.opening(opening(clock: name)))
        for agent in 0..<agents {
            try fact(.heard(agent: agent, at: LocalInstant(ns: 0), .hello(hello(agent))))
            // Piece by piece, since its memory would count where that of the results is measured.
            for first in stride(from: agent, to: requests, by: agents * Self.requestsAtOnce) {
                for chunk in ShardChunks(shard(from: first)) {
                    try fact(.told(agent: agent, .shardChunk(chunk)))
                }
            }
        }
        for agent in 0..<agents {
            let start = StartCommand(
                at: Self.startNs, offsetNs: -clock(of: agent).offsetNs, uncertaintyNs: 20_000)
            try fact(.told(agent: agent, .start(start)))
        }
        var random = SplitMix64(seed: seed)
        var loads = (0..<agents).map { SampleLoad(self, agent: $0, using: &random) }
        var encoder = TokenLogEncoder()
        var batch: UInt64 = 0
        var isOver = false
        while !isOver {
            batch += 1
            isOver = true
            for agent in 0..<agents {
                let log = loads[agent].batch(rounds: Self.roundsPerBatch, using: &random) {
                    local($0, of: agent)
                }
                guard !log.isEmpty else { continue }
                isOver = false
                _ = try file.append(
                    .batch(
                        JournalBatch(
                            agentIndex: UInt16(agent), incarnation: 1, number: batch,
                            records: UInt32(log.count),
                            payload: encoder.encode(log))))
                try probe(agent, at: loads[agent].nowNs, train: UInt32(batch), &random, file)
            }
        }
        for (agent, load) in loads.enumerated() {
            let end = AgentEnd(
                batches: batch - 1, records: 0, finishes: 0, hash: 0, reason: "done",
                audit: ClientAudit())
            try fact(
                .heard(
                    agent: agent, at: LocalInstant(ns: load.nowNs + 1_000_000_000), .end(end)))
        }
        try fact(.ended(at: LocalInstant(ns: (loads.map(\.nowNs).max() ?? 0) + 1_000_000_000)))
        try file.sync()
    }

    /// A train of exchanges with 15 to 40 us each way.
    private func probe(
        _ agent: Int, at ns: Int64, train: UInt32, _ random: inout SplitMix64, _ file: SegmentFile
    ) throws(StorageError) {
        var rows: [ProbeRow] = []
        var t1 = ns
        for member in 0..<ProbeRow.trainMembers {
            let there = Int64.random(in: 15_000...40_000, using: &random)
            let back = Int64.random(in: 15_000...40_000, using: &random)
            let t2 = local(t1 + there, of: agent)
            let t3 = local(t1 + there + 3_000, of: agent)
            let t4 = t1 + there + 3_000 + back
            rows.append(
                ProbeRow(
                    exchange: ClockExchange(
                        train: train, member: member, t1: t1, t2: t2, t3: t3, t4: t4),
                    reading: ClockReading(
                        rawNs: t2, monotonicNs: t2, boottimeNs: t2, realtimeNs: t2)))
            t1 = t4 + 2_000
        }
        _ = try file.append(
            .probes(
                JournalProbes(
                    agentIndex: UInt16(agent), incarnation: 1,
                    payload: ProbeRowCodec.encode(rows))))
    }

    private func opening(clock: ClockName) -> RunOpening {
        RunOpening(
            runID: Self.runID, clock: clock, version: "bench", name: "bench", seed: 1,
            scenarioJSON: "{}", host: host("coordinator"), agents: UInt16(agents),
            requests: UInt32(requests),
            classes: ["chat", "code"].map {
                RunClass(name: $0, parameters: Preset.default.parameters)
            }, stages: [LoadStage(beginNs: 0, load: .open)], mostFailed: 0.05)
    }

    private func host(_ name: String) -> HostFacts {
        HostFacts(
            hostname: name, kernel: "", clockSource: "tsc", cores: 1, memoryBytes: 0, gpus: [])
    }

    private func hello(_ agent: Int) -> Hello {
        Hello(
            name: "node-\(agent)", identity: AgentIdentity(high: 1, low: UInt64(agent)),
            incarnation: 1, heldRun: nil, bootID: "boot-\(agent + 1)", host: host("node-\(agent)"),
            targets: [TargetFacts(url: "http://127.0.0.1:8000", model: "model")],
            embeddedEngine: false)
    }

    /// The next requests of an agent, from its request `first` on.
    private func shard(from first: Int) -> [PlannedRequest] {
        let end = min(requests, first + agents * Self.requestsAtOnce)
        return stride(from: first, to: end, by: agents).map { index in
            PlannedRequest(
                index: UInt32(index), phase: .scored, stage: 0, classIndex: UInt16(index % 2),
                session: UInt32(index), turn: 0, scheduledNs: nil, thinkNs: 0, inputTokens: 512,
                outputTokens: UInt32(tokensPerRequest),
                prompt: [PromptSegment(seed: UInt64(index), tokens: 512)])
        }
    }
}

/// The records of one agent of a ``SampleJournal``, batch by batch.
private struct SampleLoad {
    private struct Stream {
        var request: Int
        var left: Int
        var requestsLeft: Int
        var at: Int64
        var isSent = false
    }

    /// The coordinator's time, roughly.
    private(set) var nowNs: Int64 = 1_000_000_000_000
    private let journal: SampleJournal
    private let agent: Int
    private var streams: [Stream] = []
    private var next: Int

    init(_ journal: SampleJournal, agent: Int, using random: inout SplitMix64) {
        self.journal = journal
        self.agent = agent
        next = agent
        for _ in 0..<journal.streams {
            streams.append(
                Stream(
                    request: next, left: journal.tokensPerRequest,
                    requestsLeft: journal.rounds,
                    at: nowNs + Int64.random(in: 0..<20_000_000, using: &random)))
            next += journal.agents
        }
    }

    mutating func batch(
        rounds: Int, using random: inout SplitMix64, local: (Int64) -> Int64
    ) -> LogBatch {
        var log = LogBatch()
        for place in streams.indices where streams[place].requestsLeft > 0 {
            for _ in 0..<rounds where streams[place].requestsLeft > 0 {
                let id = UInt32(streams[place].request)
                if !streams[place].isSent {
                    let due = LocalInstant(ns: local(streams[place].at))
                    log.sent.append(
                        SentRecord(
                            request: id, scheduled: due, sent: LocalInstant(ns: due.ns + 40_000),
                            target: 0))
                    streams[place].isSent = true
                    streams[place].at += 150_000_000
                }
                streams[place].at += Int64.random(in: 18_000_000...22_000_000, using: &random)
                log.tokens.append(
                    TokenRecord(
                        stamp: LocalInstant(ns: local(streams[place].at)), request: id, count: 1,
                        kind: .content, source: .kernel))
                streams[place].left -= 1
                nowNs = max(nowNs, streams[place].at)
                if streams[place].left == 0 { finish(place, id, &log, local) }
            }
        }
        return log
    }

    private mutating func finish(
        _ place: Int, _ id: UInt32, _ log: inout LogBatch, _ local: (Int64) -> Int64
    ) {
        log.finishes.append(
            FinishRecord(
                request: id, at: LocalInstant(ns: local(streams[place].at) + 30_000),
                outcome: .completed, evidence: .contentEvents, promptTokens: 512,
                outputTokens: UInt32(journal.tokensPerRequest)))
        streams[place].requestsLeft -= 1
        streams[place].isSent = false
        streams[place].left = journal.tokensPerRequest
        guard streams[place].requestsLeft > 0 else { return }
        streams[place].request = next
        next += journal.agents
    }
}

import Bytes
import CoordinatorCore
import Goodput
import Journal
import RunRecord
import TimeBase
import TokenLog
import Wire
import Workload

/// A run of two agents, as far as the tests need it.
enum MachineSamples {
    static let run = RunID(high: 1, low: 2)
    static let patience = CoordinatorMachine.Patience(joinNs: 100, readyNs: 200, leadNs: 2_000)
    static let opening = RunOpening(
        runID: run, clock: ClockName(host: "c", bootID: "b"), version: "test", name: "recorded",
        seed: 1, scenarioJSON: "{}",
        host: HostFacts(
            hostname: "c", kernel: "k", clockSource: "tsc", cores: 1, memoryBytes: 1, gpus: []),
        agents: 3, requests: 5,
        classes: [RunClass(name: "chat", parameters: ScoringParameters())], mostFailed: 0)
    static let ready = Message.ready(Ready(connections: 1, targets: []))

    static func hello(_ name: String, versions: ProtocolVersionRange = .supported) -> Message {
        .hello(
            Hello(
                versions: versions, name: name, identity: AgentIdentity(high: 3, low: 4),
                incarnation: 1, heldRun: nil, bootID: "boot",
                host: HostFacts(
                    hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1,
                    gpus: []),
                targets: [], embeddedEngine: true))
    }

    static func assignment(_ indices: [UInt32]) -> Assignment {
        let stages = [StagePlan(kind: .open, beginNs: 0, endNs: 10)]
        return Assignment(
            configuration: RunConfiguration(
                endpoint: .chat, model: "m", stages: stages, classNames: ["chat"],
                timeouts: RequestTimeouts(
                    connectNs: 1, firstTokenNs: 1, betweenTokensNs: 1, totalNs: 1),
                drainNs: 0, graceNs: 30, requests: UInt32(indices.count), seed: 42),
            requests: indices.map {
                PlannedRequest(
                    index: $0, phase: .scored, stage: 0, classIndex: 0, session: $0, turn: 0,
                    scheduledNs: Int64($0), thinkNs: 0, inputTokens: 4, outputTokens: 5,
                    prompt: [PromptSegment(seed: 9, tokens: 4)], usesTexts: true)
            }, texts: [PromptTexts.Entry(index: 9, bytes: [1, 2, 3])])
    }

    static let assignments = [assignment([0, 2]), assignment([1])]
    static let links = [LinkID(7), LinkID(8)]
    static let now = LocalInstant(ns: 10_000)

    static func digest(_ assignment: Assignment) -> ShardDigest {
        var hasher = ShardHasher()
        hasher.add(PromptTexts(entries: assignment.texts))
        hasher.add(assignment.requests)
        return hasher.digest
    }

    static func records(_ number: UInt64, at ns: Int64 = 7) -> LogBatch {
        LogBatch([
            .tokens(
                TokenRecord(
                    stamp: LocalInstant(ns: ns), request: UInt32(number), count: 1, kind: .content,
                    source: .kernel))
        ])
    }

    static func batch(_ number: UInt64) -> Batch {
        var encoder = TokenLogEncoder()
        return Batch(number: number, records: 1, payload: encoder.encode(records(number)))
    }

    static func end(after batches: [LogBatch]) -> Message {
        var hasher = RecordHasher()
        for batch in batches { hasher.add(batch) }
        return .end(
            AgentEnd(
                batches: UInt64(batches.count), records: hasher.records, finishes: hasher.finishes,
                hash: hasher.value, reason: "", audit: ClientAudit()))
    }

    /// A machine whose two agents have been told to start.
    static func running() -> CoordinatorMachine {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        for (agentIndex, link) in links.enumerated() {
            _ = machine.received(hello("node-0\(agentIndex)"), from: link, now: now)
        }
        for (agentIndex, link) in links.enumerated() {
            _ = machine.received(.shardHeld(digest(assignments[agentIndex])), from: link, now: now)
            _ = machine.received(ready, from: link, now: now)
            _ = machine.clockBound(
                agent: agentIndex,
                ClockBound(offsetNs: Int64(agentIndex) * 100, uncertaintyNs: 5, at: now), now: now)
        }
        return machine
    }

    /// The actions that are no facts.
    static func wishes(_ actions: [CoordinatorAction]) -> [CoordinatorAction] {
        actions.filter { if case .record = $0 { false } else { true } }
    }

    /// The facts that are to be recorded, in order.
    static func facts(_ actions: [CoordinatorAction]) -> [RunFact] {
        actions.compactMap { if case .record(let fact) = $0 { fact } else { nil } }
    }

    static func ending(_ actions: [CoordinatorAction]) -> RunEnding? {
        for case .finish(let ending) in actions { return ending }
        return nil
    }
}

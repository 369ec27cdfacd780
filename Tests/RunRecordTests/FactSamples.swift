import Bytes
import ClockSync
import Goodput
import Journal
import JournalSamples
import RunRecord
import Sampling
import TimeBase
import TokenLog
import Wire
import Workload

/// At least one fact of each kind, with every field away from its default.
enum FactSamples {
    static let opening: RunOpening = {
        var parameters = ScoringParameters()
        parameters.readingSpeed = 7.25
        parameters.anchor = .firstToken
        parameters.ttftBudget = 123_456_789
        parameters.alpha = 0.125
        parameters.penalty = .hinge(grace: 0.75)
        parameters.incomplete = .void
        parameters.objectives.ttft = 1
        parameters.objectives.tpot = 2
        parameters.objectives.tbt = 3
        parameters.objectives.e2e = .max
        var opening = RunOpening(
            runID: RunID(high: .max, low: 3),
            clock: ClockName(host: "c", bootID: "b", timeNamespace: "n", clock: "RAW"),
            version: "1.2.3-é", name: "two\nlines", seed: .max, scenarioJSON: #"{"a":[1,"ü"]}"#,
            host: HostFacts(
                hostname: "h", kernel: "6", clockSource: "hpet", clockReadingNs: 641,
                readsClockBySystemCall: true, cores: .max, memoryBytes: .max, gpus: ["a", ""]),
            agents: 4_095, requests: UInt32(WireLimits.requests),
            rounds: PlanRounds(requests: 9, sessions: 4),
            classes: [
                RunClass(name: "chat", parameters: parameters),
                RunClass(name: "", parameters: ScoringParameters()),
            ],
            modelNames: ["base", "adapter"],
            stages: [
                LoadStage(beginNs: 0, load: .open),
                LoadStage(beginNs: .max, load: .closed(users: Int(UInt32.max))),
                LoadStage(beginNs: -1, load: .changing),
            ], mostFailed: 0.5, requiresSteady: true, pinsOutput: true,
            percentiles: PercentileRanks([
                PercentileRank(thousandths: 0), PercentileRank(thousandths: 99_999),
            ]), engine: "simulated H100", isInsecure: true, notes: ["one", "", "three"],
            command: ["legato", "run", "", "a b.yaml"])
        opening.words.endpoint = "chat"
        opening.words.load = "4/s"
        opening.words.lengths = "512 in"
        opening.words.duration = "20 s"
        opening.words.warmup = "8 requests"
        return opening
    }()

    /// Every penalty, anchor, policy and part that is read.
    static let openings: [RunOpening] = {
        let penalties: [Penalty] = [
            .linear, .power(exponent: 1.5), .exponential(tau: 2.5), .hinge(grace: 3.5),
            .fraction(tau: 4.5), .step,
        ]
        return penalties.map { penalty in
            var opening = opening
            opening.classes[0].parameters.penalty = penalty
            return opening
        }
            + [Anchor.arrival, .firstToken].map { anchor in
                var opening = opening
                opening.classes[1].parameters.anchor = anchor
                return opening
            }
            + [Anchor.arrival, .firstToken].map { anchor in
                var opening = opening
                opening.classes[1].parameters = .answer
                opening.classes[1].parameters.anchor = anchor
                return opening
            }
            + [IncompletePolicy.delivered, .waiting, .void].map { policy in
                var opening = opening
                opening.classes[0].parameters.incomplete = policy
                opening.rounds = nil
                return opening
            }
    }()

    static let audit: ClientAudit = {
        var audit = ClientAudit()
        audit.sends = 1_234
        audit.latenessP99Ns = -345_678
        for span: Int64 in [0, 3, 5_000, 1 << 50] { audit.readDelay.add(span) }
        audit.busyPermille = 999
        audit.timeouts = 4
        return audit
    }()

    static let requests = [
        PlannedRequest(
            index: 3, phase: .warmup, stage: 0, classIndex: 1, session: 9, turn: 0,
            scheduledNs: 1_500, thinkNs: 0, inputTokens: 220, outputTokens: 180,
            prompt: [PromptSegment(seed: 0xFEED, tokens: 220)]),
        PlannedRequest(
            index: 8, phase: .scored, stage: 1, classIndex: 0, session: 9, turn: 1,
            scheduledNs: nil, thinkNs: 8_000_000_000, inputTokens: 4, outputTokens: 1,
            prompt: [PromptSegment(seed: 1, tokens: 4)], usesTexts: true, modelIndex: 1),
    ]

    static let ready = Ready(
        connections: 128,
        targets: [
            TargetState(
                url: "https://b", model: "m", detail: "d", profileJSON: #"{"probed":true}"#,
                remarks: ["sends no usage", ""],
                tls: TLSAgreement(version: "TLSv1.3", cipher: "AES", isVerified: false))
        ], headerNames: ["x-team"])

    static let far = LocalInstant(ns: 1 << 61)

    static let all: [RunFact] =
        openings.map(RunFact.opening) + [
            .heard(agent: 0, at: LocalInstant(ns: -far.ns), .hello(JournalDraft.hello(2))),
            .heard(agent: 4_095, at: far, .ready(ready)),
            .heard(
                agent: 1, at: LocalInstant(ns: 5),
                .started(
                    Started(intended: LocalInstant(ns: 1_000), achieved: LocalInstant(ns: 1_042)))),
            .heard(
                agent: 1, at: LocalInstant(ns: 6),
                .status(
                    AgentStatus(
                        at: LocalInstant(ns: 77), running: 1, waiting: 2, loopBusyPermille: 345,
                        latenessP99Ns: -1, spoolBytes: 9_999, cpuNs: 123_456_789, audit: audit))),
            .heard(
                agent: 2, at: LocalInstant(ns: 7),
                .end(
                    AgentEnd(
                        batches: 17, records: 4_242, finishes: 99, hash: 0xABCD, reason: "done",
                        audit: audit))),
            .told(agent: 3, .shardChunk(ShardChunk(firstOrdinal: 40, requests: requests))),
            .told(agent: 3, .shardEnd(ShardDigest(count: 3, hash: 5))),
            .told(agent: 3, .start(StartCommand(at: .max, offsetNs: .min, uncertaintyNs: 250))),
            .absence(agent: 2, Absence(from: LocalInstant(ns: 4), reason: "the link was cut")),
            .absence(agent: 2, Absence(from: LocalInstant(ns: -4), to: far, reason: "")),
            .lost(
                agent: 2, Absence(from: LocalInstant(ns: 4), to: LocalInstant(ns: 9), reason: "é")),
            .lost(agent: 2, Absence(from: LocalInstant(ns: 4), reason: "gone")),
            .clocks([]),
            .clocks([
                ClockReading(
                    rawNs: .min, monotonicNs: .max, boottimeNs: -1, realtimeNs: 1_700_000_000),
                ClockReading(rawNs: 1, monotonicNs: 2, boottimeNs: 3, realtimeNs: 4),
            ]),
            .overSaturated(at: LocalInstant(ns: 3), waiting: 70),
            .interrupted(at: LocalInstant(ns: -1)), .ended(at: LocalInstant(ns: 1)),
        ]
}

import Bytes
import TimeBase
import TokenLog
import Wire
import Workload

/// At least one message of each kind, with every field away from its default.
enum MessageSamples {
    static let host = HostFacts(
        hostname: "node-7", kernel: "6.12.3", clockSource: "hpet", clockReadingNs: 641,
        readsClockBySystemCall: true, cores: 64, memoryBytes: 512 << 30,
        gpus: ["H100 80GB", "H100 80GB"])

    static let hello = Hello(
        name: "node-7", identity: AgentIdentity(high: 1, low: .max), incarnation: 3,
        heldRun: RunID(high: 7, low: 8), bootID: "5b1e0f3a",
        timeNamespace: "time:[4026531834]", host: host,
        targets: [
            TargetFacts(url: "http://localhost:8000", model: "llama"),
            TargetFacts(url: "http://localhost:8001", model: ""),
        ], embeddedEngine: true)

    static let configuration = RunConfiguration(
        endpoint: .completions, isEndpointFixed: false, model: "llama",
        servers: [TargetFacts(url: "http://b:1", model: "qwen")], models: ["base", "adapter-a"],
        extraJSON: #"{"top_p":0.9}"#,
        promptForm: .automatic, ignoreEOS: false, probes: false, readyTimeoutNs: 600_000_000_000,
        stages: [
            StagePlan(kind: .open, beginNs: -5, endNs: 120_000_000_000),
            StagePlan(kind: .closed(concurrency: 64), beginNs: 120_000_000_000, endNs: nil),
            StagePlan(kind: .open, beginNs: 7, endNs: nil, maxInFlight: 16),
            StagePlan(kind: .closed(concurrency: 3), beginNs: 8, endNs: 9, repeats: true),
        ],
        classNames: ["chat", "code"],
        timeouts: RequestTimeouts(
            connectNs: 1, firstTokenNs: 2, betweenTokensNs: 3, totalNs: 4),
        connections: .limited(64), drainNs: 30_000_000_000, graceNs: 60_000_000_000,
        stampResolutionNs: 100, scrapeNs: 500_000_000, engineJSON: #"{"gpu":"H100"}"#,
        requests: 1_234,
        rounds: PlanRounds(requests: 4_321, sessions: 99), seed: 42)

    private static let freshConnections = {
        var fresh = configuration
        fresh.connections = .fresh
        return fresh
    }()

    static let audit = {
        var audit = ClientAudit()
        audit.sends = 1_234
        audit.latenessP50Ns = 12_000
        audit.latenessP99Ns = 345_678
        audit.latenessMaxNs = -1
        for span: Int64 in [0, 3, 4, 5_000, 5_001, 1 << 50] { audit.readDelay.add(span) }
        for bytes: Int64 in [0, 270, 65_536] { audit.readWaiting.add(bytes) }
        for span: Int64 in [7, 9_000_000] { audit.lateJoins.gaps.add(span) }
        audit.lateJoins.firsts.add(80_000_000)
        audit.overload.add(from: 1_000_000_000, to: 2_000_000_000, permille: 801)
        audit.unstamped = 6
        audit.busyPermille = 123
        audit.busiestPermille = 999
        audit.events.kernel = 9
        audit.events.kernelJoined = 8
        audit.events.callback = 7
        audit.events.callbackJoined = 6
        audit.outOfOrder = 5
        audit.timeouts = 4
        audit.cpuNs = .max
        audit.wallNs = 3
        audit.priority = PriorityAudit(
            wanted: .realTime, got: .nice, refusal: .withheld, stepBack: .sleepless)
        return audit
    }()

    static let ledger = ClockReading(
        rawNs: 1, monotonicNs: -2, boottimeNs: .max, realtimeNs: .min)

    static let requests = [
        PlannedRequest(
            index: 3, phase: .warmup, stage: 0, classIndex: 1, session: 9, turn: 0,
            scheduledNs: 1_500, thinkNs: 0, inputTokens: 220, outputTokens: 180,
            prompt: [PromptSegment(seed: 0xFEED, tokens: 220)]),
        PlannedRequest(
            index: 8, phase: .scored, stage: 1, classIndex: 0, session: 9, turn: 1,
            scheduledNs: nil, thinkNs: 8_000_000_000, inputTokens: 700, outputTokens: 1,
            prompt: [
                PromptSegment(seed: 0xFEED, tokens: 512), PromptSegment(seed: 1, tokens: 188),
            ]),
        PlannedRequest(
            index: 13, phase: .scored, stage: 1, classIndex: 0, session: 2, turn: 0,
            scheduledNs: -3, thinkNs: 0, inputTokens: 0, outputTokens: .max, prompt: []),
        PlannedRequest(
            index: 14, phase: .scored, stage: 1, classIndex: .max, session: 3, turn: 0,
            scheduledNs: 0, thinkNs: 0, inputTokens: 5, outputTokens: 1,
            prompt: [PromptSegment(seed: 7, tokens: 0), PromptSegment(seed: 9, tokens: 5)],
            usesTexts: true, modelIndex: 1),
        PlannedRequest(
            index: 15, phase: .scored, stage: 1, classIndex: 2, session: 4, turn: 0,
            scheduledNs: 0, thinkNs: 0, inputTokens: 5, outputTokens: 1,
            prompt: [PromptSegment(seed: 9, tokens: 5)], modelIndex: 255),
    ]

    static let all: [Message] = [
        .hello(hello),
        .shardHeld(ShardDigest(count: 16 << 20, hash: .max)),
        .ready(
            Ready(
                connections: 128,
                targets: [
                    TargetState(
                        url: "http://a", model: "m", detail: "127.0.0.1",
                        profileJSON: #"{"probed":true}"#, remarks: ["sends no usage", ""]),
                    TargetState(
                        url: "https://b", model: "m", detail: "",
                        tls: TLSAgreement(
                            version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384",
                            isVerified: false)),
                ], headerNames: ["authorization", "x-team"])),
        .notReady("the server at http://localhost:8000 refuses connections"),
        .started(
            Started(intended: LocalInstant(ns: 1_000), achieved: LocalInstant(ns: 1_042))),
        .batch(Batch(number: 17, records: 3, payload: [1, 2, 3])),
        .status(
            AgentStatus(
                at: LocalInstant(ns: 77), running: 1, waiting: 2, loopBusyPermille: 345,
                latenessP99Ns: -1, spoolBytes: 9_999, cpuNs: 123_456_789, audit: audit)),
        .end(
            AgentEnd(
                batches: 17, records: 4_242, finishes: 99, hash: 0xABCD, reason: "done",
                audit: audit)),
        .welcome(
            Welcome(
                version: 1, runID: RunID(high: 2, low: 3), generation: 4, agentIndex: 5,
                agentCount: 6, acknowledgedThrough: 700)),
        .refuse(Refusal(code: .nameInUse, reason: "an agent named node-7 is there already")),
        .configure(configuration), .configure(freshConnections),
        .promptTexts(
            PromptTexts(entries: [
                .init(index: 7, bytes: Array("caf\u{e9} \\n".utf8)), .init(index: 9, bytes: []),
            ])),
        .shardChunk(ShardChunk(firstOrdinal: 40, requests: requests)),
        .shardEnd(ShardDigest(count: 3, hash: 5)),
        .start(StartCommand(at: .max, offsetNs: -7, uncertaintyNs: 250)),
        .batchAck(BatchAck(through: 17)),
        .stop(StopCommand(mode: .drain(ns: 5_000_000_000), reason: "interrupted")),
        .stop(StopCommand(mode: .now, reason: "")),
        .ended,
        .clockHello(ClockHello(runID: RunID(high: 2, low: 3), agentIndex: 5, incarnation: 3)),
        .probe(Probe(train: 9, member: 3, t1: -1)),
        .probeReply(ProbeReply(train: 9, member: 3, t1: -1, t2: 2, t3: 3, ledger: ledger)),
        .probeReply(
            ProbeReply(train: .max, member: 0, t1: .max, t2: 2, k2: -5, t3: 3, ledger: ledger)),
        .ping(.max),
        .pong(1),
        .goodbye("the run is over"),
    ]
}

package import Bytes
package import Workload

/// All that an agent needs beside its shard.
package struct RunConfiguration: Hashable, Sendable {
    package var endpoint: Endpoint
    /// Whether the run insists on `endpoint`; else a server that has the other one alone is driven
    /// over that.
    package var isEndpointFixed: Bool
    /// The model to ask for; empty: each target's own.
    package var model: String
    /// Servers that the run names, each with the model that it is asked for (empty: its own). Two
    /// of one URL are two targets.
    package var servers: [TargetFacts]
    /// Models that requests name by their indices.
    package var models: [String]
    /// A JSON object whose members join each request's body; empty: none.
    package var extraJSON: String
    package var promptForm: PromptForm
    /// Whether answers are to have exactly the planned length.
    package var ignoreEOS: Bool
    /// Whether targets are asked what they accept before the start.
    package var probes: Bool
    /// How long servers that are still loading are waited for before the start.
    package var readyTimeoutNs: Int64
    /// The run's stages, with this agent's share of each concurrency.
    package var stages: [StagePlan]
    package var classNames: [String]
    package var timeouts: RequestTimeouts
    package var connections: ConnectionRule
    package var drainNs: Int64
    package var graceNs: Int64
    /// Stamps are rounded down to this many ns in the log; 1 keeps them exact.
    package var stampResolutionNs: Int64
    /// The resolutions that stamps may have.
    package static let stampResolutionsNs: ClosedRange<Int64> = 1...1_000_000
    /// Whether the callback's own reading is logged with every token record.
    package var keepsRawStamps: Bool
    /// From one question to each server for its metrics to the next, in ns; nil for none.
    package var scrapeNs: Int64?
    /// The intervals that there may be.
    package static let scrapesNs: ClosedRange<Int64> = 100_000_000...60_000_000_000
    /// An embedded engine's options as JSON; nil where the targets are real.
    package var engineJSON: String?
    /// Requests of this agent's shard.
    package var requests: UInt32
    /// Rounds of the whole plan; nil where no stage repeats.
    package var rounds: PlanRounds?
    package var seed: UInt64

    package init(
        endpoint: Endpoint, isEndpointFixed: Bool = true, model: String,
        servers: [TargetFacts] = [], models: [String] = [], extraJSON: String = "",
        promptForm: PromptForm = .words, ignoreEOS: Bool = true, probes: Bool = true,
        readyTimeoutNs: Int64 = 0,
        stages: [StagePlan],
        classNames: [String], timeouts: RequestTimeouts, connections: ConnectionRule = .kept,
        drainNs: Int64, graceNs: Int64,
        stampResolutionNs: Int64 = 1, keepsRawStamps: Bool = false, scrapeNs: Int64? = nil,
        engineJSON: String? = nil,
        requests: UInt32, rounds: PlanRounds? = nil, seed: UInt64
    ) {
        self.endpoint = endpoint
        self.isEndpointFixed = isEndpointFixed
        self.model = model
        self.servers = servers
        self.models = models
        self.extraJSON = extraJSON
        self.promptForm = promptForm
        self.ignoreEOS = ignoreEOS
        self.probes = probes
        self.readyTimeoutNs = readyTimeoutNs
        self.stages = stages
        self.classNames = classNames
        self.timeouts = timeouts
        self.connections = connections
        self.drainNs = drainNs
        self.graceNs = graceNs
        self.stampResolutionNs = stampResolutionNs
        self.keepsRawStamps = keepsRawStamps
        self.scrapeNs = scrapeNs
        self.engineJSON = engineJSON
        self.requests = requests
        self.rounds = rounds
        self.seed = seed
    }

    func encode(into writer: inout ByteWriter) {
        writer.flag(endpoint == .completions)
        writer.flag(isEndpointFixed)
        writer.text(model, limit: WireLimits.model)
        writer.varint(UInt64(servers.count))
        for server in servers { server.encode(into: &writer) }
        writer.varint(UInt64(models.count))
        for model in models { writer.text(model, limit: WireLimits.model) }
        writer.text(extraJSON, limit: WireLimits.json)
        writer.code(promptForm.code)
        writer.flag(ignoreEOS)
        writer.flag(probes)
        writer.signed(readyTimeoutNs)
        writer.varint(UInt64(stages.count))
        for stage in stages { stage.encode(into: &writer) }
        writer.varint(UInt64(classNames.count))
        for name in classNames { writer.text(name, limit: WireLimits.name) }
        writer.signed(timeouts.connectNs)
        writer.signed(timeouts.firstTokenNs)
        writer.signed(timeouts.betweenTokensNs)
        writer.signed(timeouts.totalNs)
        connections.encode(into: &writer)
        writer.signed(drainNs)
        writer.signed(graceNs)
        writer.signed(stampResolutionNs)
        writer.flag(keepsRawStamps)
        writer.optional(scrapeNs)
        writer.flag(engineJSON != nil)
        if let engineJSON { writer.text(engineJSON, limit: WireLimits.json) }
        writer.varint(UInt64(requests))
        writer.flag(rounds != nil)
        rounds?.encode(into: &writer)
        writer.fixed(seed)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        endpoint = try reader.flag("endpoint") ? .completions : .chat
        isEndpointFixed = try reader.flag("endpoint is fixed")
        model = try reader.text("model", limit: WireLimits.model)
        servers = []
        let named = try reader.count("server count", limit: WireLimits.targets, bytesEach: 2)
        for _ in 0..<named { servers.append(try TargetFacts(from: &reader)) }
        models = []
        let models = try reader.count("model count", limit: WorkloadPlan.modelLimit, bytesEach: 2)
        for _ in 0..<models {
            self.models.append(try reader.text("model name", limit: WireLimits.model))
        }
        extraJSON = try reader.text("extra JSON", limit: WireLimits.json)
        promptForm = PromptForm(code: try reader.code("prompt form"))
        ignoreEOS = try reader.flag("ignore EOS")
        probes = try reader.flag("probes")
        readyTimeoutNs = try reader.signed("ready timeout")
        stages = []
        for _ in 0..<(try reader.count("stage count", limit: WireLimits.stages, bytesEach: 3)) {
            stages.append(try StagePlan(from: &reader))
        }
        classNames = []
        for _ in 0..<(try reader.count("class count", limit: WireLimits.stages)) {
            classNames.append(try reader.text("class name", limit: WireLimits.name))
        }
        timeouts = RequestTimeouts(
            connectNs: try reader.signed("connect timeout"),
            firstTokenNs: try reader.signed("first token timeout"),
            betweenTokensNs: try reader.signed("between tokens timeout"),
            totalNs: try reader.signed("total timeout"))
        connections = try ConnectionRule(from: &reader)
        drainNs = try reader.signed("drain")
        graceNs = try reader.signed("grace")
        stampResolutionNs = try reader.signed("stamp resolution")
        guard Self.stampResolutionsNs.contains(stampResolutionNs) else {
            throw reader.error(
                "stamp resolution", back: 0,
                .contradiction("\(stampResolutionNs) ns is not between 1 ns and 1 ms"))
        }
        keepsRawStamps = try reader.flag("raw stamps")
        scrapeNs = try reader.optional("scrape interval")
        if let scrapeNs, !Self.scrapesNs.contains(scrapeNs) {
            throw reader.error(
                "scrape interval", back: 0,
                .contradiction("\(scrapeNs) ns is not between 100 ms and a minute"))
        }
        engineJSON =
            try reader.flag("engine flag")
            ? try reader.text("engine JSON", limit: WireLimits.json) : nil
        requests = UInt32(
            try reader.varint("shard size", limit: UInt64(WireLimits.requests)))
        rounds = try reader.flag("rounds flag") ? try PlanRounds(from: &reader) : nil
        seed = try reader.fixed("seed")
    }
}

extension PlanRounds {
    package func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(requests))
        writer.varint(UInt64(sessions))
    }

    package init(from reader: inout ByteReader) throws(DecodeError) {
        func atLeastOne(
            _ field: StaticString, _ reader: inout ByteReader
        ) throws(DecodeError) -> UInt32 {
            let count = try reader.varint(field, limit: UInt64(WireLimits.requests))
            guard count > 0 else {
                throw reader.error(
                    field, back: 0, .contradiction("a plan of nothing has no rounds"))
            }
            return UInt32(count)
        }
        self.init(
            requests: try atLeastOne("plan requests", &reader),
            sessions: try atLeastOne("plan sessions", &reader))
    }
}

extension PromptForm {
    /// The form as it is written.
    fileprivate enum Code: UInt8, CaseIterable { case words = 0, tokens = 1, automatic = 2 }

    fileprivate var code: Code {
        switch self {
        case .words: .words
        case .tokens: .tokens
        case .automatic: .automatic
        }
    }

    fileprivate init(code: Code) {
        switch code {
        case .words: self = .words
        case .tokens: self = .tokens
        case .automatic: self = .automatic
        }
    }
}

extension StagePlan {
    func encode(into writer: inout ByteWriter) {
        switch kind {
        case .open:
            writer.flag(false)
            writer.optional(maxInFlight.map { Int64($0) })
        case .closed(let concurrency):
            writer.flag(true)
            writer.varint(UInt64(concurrency))
            writer.flag(repeats)
        }
        writer.signed(beginNs)
        writer.optional(endNs)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        var kind = StageKind.open
        var bound: UInt32?
        var repeats = false
        if try reader.flag("stage kind") {
            kind = .closed(concurrency: try reader.number("stage concurrency"))
            repeats = try reader.flag("stage repetition")
        } else if let given = try reader.optional("stage bound") {
            guard let fitting = UInt32(exactly: given) else {
                throw reader.error(
                    "stage bound", back: 0, .contradiction("it leaves 0 to 2^32 - 1"))
            }
            bound = fitting
        }
        self.init(
            kind: kind, beginNs: try reader.signed("stage begin"),
            endNs: try reader.optional("stage end"), maxInFlight: bound, repeats: repeats)
    }
}

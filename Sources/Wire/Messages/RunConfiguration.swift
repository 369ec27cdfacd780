import TokenLog
package import Workload

/// All that an agent needs beside its shard.
package struct RunConfiguration: Hashable, Sendable {
    package var endpoint: Endpoint
    /// The model to ask for; empty: each target's own.
    package var model: String
    /// Servers that are asked for a model of their own.
    package var servers: [TargetFacts]
    /// A JSON object whose members join each request's body; empty: none.
    package var extraJSON: String
    package var promptForm: PromptForm
    /// Whether answers are to have exactly the planned length.
    package var ignoreEOS: Bool
    /// Whether targets are asked what they accept before the start.
    package var probes: Bool
    /// The run's stages, with this agent's share of each concurrency.
    package var stages: [StagePlan]
    package var classNames: [String]
    package var timeouts: RequestTimeouts
    package var connections: ConnectionRule
    package var drainNs: Int64
    package var graceNs: Int64
    /// Stamps are rounded down to this many ns in the log; 1 keeps them exact.
    package var stampResolutionNs: Int64
    /// Whether the callback's own reading is logged with every token record.
    package var keepsRawStamps: Bool
    /// An embedded engine's options as JSON; nil where the targets are real.
    package var engineJSON: String?
    /// Requests of this agent's shard.
    package var requests: UInt32
    package var seed: UInt64

    package init(
        endpoint: Endpoint, model: String, servers: [TargetFacts] = [], extraJSON: String = "",
        promptForm: PromptForm = .words, ignoreEOS: Bool = true, probes: Bool = true,
        stages: [StagePlan],
        classNames: [String], timeouts: RequestTimeouts, connections: ConnectionRule = .kept,
        drainNs: Int64, graceNs: Int64,
        stampResolutionNs: Int64 = 1, keepsRawStamps: Bool = false, engineJSON: String? = nil,
        requests: UInt32, seed: UInt64
    ) {
        self.endpoint = endpoint
        self.model = model
        self.servers = servers
        self.extraJSON = extraJSON
        self.promptForm = promptForm
        self.ignoreEOS = ignoreEOS
        self.probes = probes
        self.stages = stages
        self.classNames = classNames
        self.timeouts = timeouts
        self.connections = connections
        self.drainNs = drainNs
        self.graceNs = graceNs
        self.stampResolutionNs = stampResolutionNs
        self.keepsRawStamps = keepsRawStamps
        self.engineJSON = engineJSON
        self.requests = requests
        self.seed = seed
    }

    func encode(into writer: inout ByteWriter) {
        writer.flag(endpoint == .completions)
        writer.text(model, limit: WireLimits.model)
        writer.varint(UInt64(servers.count))
        for server in servers {
            writer.text(server.url, limit: WireLimits.url)
            writer.text(server.model, limit: WireLimits.model)
        }
        writer.text(extraJSON, limit: WireLimits.json)
        writer.code(promptForm.code)
        writer.flag(ignoreEOS)
        writer.flag(probes)
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
        writer.flag(engineJSON != nil)
        if let engineJSON { writer.text(engineJSON, limit: WireLimits.json) }
        writer.varint(UInt64(requests))
        writer.fixed(seed)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        endpoint = try reader.flag("endpoint") ? .completions : .chat
        model = try reader.text("model", limit: WireLimits.model)
        servers = []
        let named = try reader.count("server count", limit: WireLimits.targets, bytesEach: 2)
        for _ in 0..<named {
            servers.append(
                TargetFacts(
                    url: try reader.text("server URL", limit: WireLimits.url),
                    model: try reader.text("server model", limit: WireLimits.model)))
        }
        extraJSON = try reader.text("extra JSON", limit: WireLimits.json)
        promptForm = PromptForm(code: try reader.code("prompt form"))
        ignoreEOS = try reader.flag("ignore EOS")
        probes = try reader.flag("probes")
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
        guard stampResolutionNs >= 1, stampResolutionNs <= 1_000_000 else {
            throw reader.error(
                "stamp resolution", back: 0,
                .contradiction("\(stampResolutionNs) ns is not between 1 ns and 1 ms"))
        }
        keepsRawStamps = try reader.flag("raw stamps")
        engineJSON =
            try reader.flag("engine flag")
            ? try reader.text("engine JSON", limit: WireLimits.json) : nil
        requests = UInt32(
            try reader.varint("shard size", limit: UInt64(WireLimits.requests)))
        seed = try reader.fixed("seed")
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
        case .open: writer.flag(false)
        case .closed(let concurrency):
            writer.flag(true)
            writer.varint(UInt64(concurrency))
        }
        writer.signed(beginNs)
        writer.optional(endNs)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        let isClosed = try reader.flag("stage kind")
        let kind: StageKind =
            isClosed ? .closed(concurrency: try reader.number("stage concurrency")) : .open
        self.init(
            kind: kind, beginNs: try reader.signed("stage begin"),
            endNs: try reader.optional("stage end"))
    }
}

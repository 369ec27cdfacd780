package import Bytes

/// Facts about a node's host: shown in the manifest.
package struct HostFacts: Hashable, Sendable {
    package var hostname: String
    package var kernel: String
    package var clockSource: String
    /// One reading of CLOCK_MONOTONIC_RAW, ns.
    package var clockReadingNs: UInt32
    /// Whether that enters the kernel.
    package var readsClockBySystemCall: Bool
    package var cores: UInt16
    package var memoryBytes: UInt64
    /// A name a GPU.
    package var gpus: [String]

    package init(
        hostname: String, kernel: String, clockSource: String, clockReadingNs: UInt32 = 0,
        readsClockBySystemCall: Bool = false, cores: UInt16, memoryBytes: UInt64, gpus: [String]
    ) {
        self.hostname = hostname
        self.kernel = kernel
        self.clockSource = clockSource
        self.clockReadingNs = clockReadingNs
        self.readsClockBySystemCall = readsClockBySystemCall
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.gpus = gpus
    }

    package func encode(into writer: inout ByteWriter) {
        writer.sentence(hostname, limit: WireLimits.hostFact)
        writer.sentence(kernel, limit: WireLimits.hostFact)
        writer.sentence(clockSource, limit: WireLimits.hostFact)
        writer.varint(UInt64(clockReadingNs))
        writer.flag(readsClockBySystemCall)
        writer.varint(UInt64(cores))
        writer.varint(memoryBytes)
        let named = gpus.prefix(WireLimits.gpus)
        writer.varint(UInt64(named.count))
        for gpu in named { writer.sentence(gpu, limit: WireLimits.hostFact) }
    }

    package init(from reader: inout ByteReader) throws(DecodeError) {
        hostname = try reader.text("host name", limit: WireLimits.hostFact)
        kernel = try reader.text("host kernel", limit: WireLimits.hostFact)
        clockSource = try reader.text("host clock source", limit: WireLimits.hostFact)
        clockReadingNs = try reader.number("host clock reading")
        readsClockBySystemCall = try reader.flag("host clock by system call")
        cores = try reader.number("host cores")
        memoryBytes = try reader.varint("host memory")
        gpus = []
        for _ in 0..<(try reader.count("host GPU count", limit: WireLimits.gpus)) {
            gpus.append(try reader.text("host GPU", limit: WireLimits.hostFact))
        }
    }
}

/// A server that an agent is to drive: of its own command line, of the scenario's, or as it does.
package struct TargetFacts: Hashable, Sendable {
    package var url: String
    /// The model that the server is asked for; empty: the scenario's.
    package var model: String

    package init(url: String, model: String) {
        self.url = url
        self.model = model
    }

    func encode(into writer: inout ByteWriter) {
        writer.text(url, limit: WireLimits.url)
        writer.text(model, limit: WireLimits.model)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        url = try reader.text("target URL", limit: WireLimits.url)
        model = try reader.text("target model", limit: WireLimits.model)
    }
}

/// An agent's first message on its session.
package struct Hello: Hashable, Sendable {
    package var versions: ProtocolVersionRange
    package var name: String
    package var identity: AgentIdentity
    /// Grows at each start of the agent: of two sessions of one identity the higher one lives.
    package var incarnation: UInt64
    /// The run whose records the agent's spool still holds.
    package var heldRun: RunID?
    package var bootID: String
    /// The kernel's name for the time namespace, whose clocks have offsets of their own; empty
    /// where the kernel has none.
    package var timeNamespace: String
    package var host: HostFacts
    package var targets: [TargetFacts]
    /// Whether the agent starts an engine of its own when it has no target.
    package var embeddedEngine: Bool

    package init(
        versions: ProtocolVersionRange = .supported, name: String, identity: AgentIdentity,
        incarnation: UInt64, heldRun: RunID?, bootID: String, timeNamespace: String = "",
        host: HostFacts, targets: [TargetFacts], embeddedEngine: Bool
    ) {
        self.versions = versions
        self.name = name
        self.identity = identity
        self.incarnation = incarnation
        self.heldRun = heldRun
        self.bootID = bootID
        self.timeNamespace = timeNamespace
        self.host = host
        self.targets = targets
        self.embeddedEngine = embeddedEngine
    }

    func encode(into writer: inout ByteWriter) {
        versions.encode(into: &writer)
        writer.text(name, limit: WireLimits.name)
        identity.encode(into: &writer)
        writer.fixed(incarnation)
        writer.flag(heldRun != nil)
        heldRun?.encode(into: &writer)
        writer.text(bootID, limit: WireLimits.hostFact)
        writer.text(timeNamespace, limit: WireLimits.hostFact)
        host.encode(into: &writer)
        writer.varint(UInt64(targets.count))
        for target in targets { target.encode(into: &writer) }
        writer.flag(embeddedEngine)
    }

    /// A Hello that is laid out as this build writes it, whatever versions it names.
    package init(from reader: inout ByteReader) throws(DecodeError) {
        try self.init(try ProtocolVersionRange(from: &reader), from: &reader)
    }

    /// The rest, behind the versions.
    init(_ versions: ProtocolVersionRange, from reader: inout ByteReader) throws(DecodeError) {
        self.versions = versions
        name = try reader.text("agent name", limit: WireLimits.name)
        identity = try AgentIdentity(from: &reader, "agent identity")
        incarnation = try reader.fixed("agent incarnation")
        heldRun =
            try reader.flag("held run flag") ? try RunID(from: &reader, "held run") : nil
        bootID = try reader.text("boot id", limit: WireLimits.hostFact)
        timeNamespace = try reader.text("time namespace", limit: WireLimits.hostFact)
        host = try HostFacts(from: &reader)
        targets = []
        for _ in 0..<(try reader.count("target count", limit: WireLimits.targets, bytesEach: 2)) {
            targets.append(try TargetFacts(from: &reader))
        }
        embeddedEngine = try reader.flag("embedded engine")
    }
}

import ClockSync
package import Goodput
package import JSON
package import RunRecord
package import TimeBase
package import Timeline
package import TokenLog

/// Time 0 of a run's timeline, on the coordinator's clocks: no ``ClockReading``, since the manifest
/// has three of the four.
package struct RunEpoch: Hashable, Sendable {
    /// CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC and CLOCK_REALTIME in ns.
    package var raw: Int64
    package var monotonic: Int64
    package var realtime: Int64
    package var bootID: String

    package init(raw: Int64, monotonic: Int64, realtime: Int64, bootID: String) {
        self.raw = raw
        self.monotonic = monotonic
        self.realtime = realtime
        self.bootID = bootID
    }
}

/// An agent of a run, as far as it is known.
package struct RunAgent: Hashable, Sendable {
    package var name: String
    package var targets: [RunTarget]
    /// Names of the header fields that its requests carried beside the benchmark's own.
    package var headerNames: [String] = []
    /// Cores, kernel, clock source, GPUs: as the agent stated them.
    package var host: JSONValue
    /// The fit of its clock; nil where none is known.
    package var clock: ClockRecord?
    /// How far its true times may lie from the published ones; nil where there is no bound.
    package var clockBounds: ClockBounds?
    /// Coordinator's clock minus the agent's at the start of the run, ns; nil without a fit.
    package var clockOffset: Double?
    /// The greatest half-width of the hard clock interval within the run, ns; nil where there is
    /// no bound.
    package var clockHalfWidth: Int64?
    /// Its first request's send against the instant meant, ns; nil where nothing was sent.
    package var startError: Int64?
    /// Its start, measured; nil where it never began.
    package var start: AgentStart?
    /// When it was without a link while the run went on, in order.
    package var away: [Absence<ClusterInstant>] = []
    /// How the agent itself did; nil where it never said.
    package var audit: ClientAudit?

    package init(
        name: String, targets: [String], host: JSONValue = .null, clock: ClockRecord? = nil,
        clockOffset: Double? = nil, clockHalfWidth: Int64? = nil, startError: Int64? = nil,
        audit: ClientAudit? = nil
    ) {
        self.name = name
        self.targets = targets.map { RunTarget(url: $0) }
        self.host = host
        self.clock = clock
        self.clockOffset = clockOffset
        self.clockHalfWidth = clockHalfWidth
        self.startError = startError
        self.audit = audit
    }

    /// The bounds of its clock, or what a run of before says: its greatest half-width either way.
    var bounds: ClockBounds? {
        clockBounds ?? clockHalfWidth.map { ClockBounds(low: -$0, high: $0) }
    }
}

/// A server of an agent, as far as it is known.
package struct RunTarget: Hashable, Sendable {
    /// The base URL, without user parts.
    package var url: String
    /// Its answers to the questions before the start: what it accepts, how requests to it are
    /// written, how it counts prompts; as the agent stated them. Nil where the agent was never
    /// ready.
    package var profile: JSONValue?
    /// Nil where it speaks no TLS.
    package var tls: TLSAgreement?
    /// Its own words on its load during the run; nil where it was not asked.
    package var metrics: ServerMetrics?
}

/// All of a run but its requests: what `manifest.json` holds.
package struct RunHeader: Hashable, Sendable {
    /// In every `x-request-id`.
    package var runID: String
    /// The scenario's name.
    package var name: String
    package var seed: UInt64
    /// The version of the tool that ran it.
    package var version: String
    package var epoch: RunEpoch
    package var clockLedger: [ClockReading] = []
    /// The engine that was simulated, such as `simulated H100, Llama-3.1-8B, chunked 2048`; nil for
    /// real servers.
    package var simulated: String?
    /// The scenario after all overrides, secrets replaced by `***`.
    package var scenario: JSONValue = .null
    /// Versions of libraries, of the coordinator's host and whatever else explains a difference.
    package var host: JSONValue = .null
    package var agents: [RunAgent]
    /// In the order of the plan; every request names one of them.
    package var classes: [RunClass]
    package var validity: Validity
    /// Every planned request has exactly one terminal record.
    package var complete: Bool
    /// No agent ended without its End, and all counts and hashes agree.
    package var lossless: Bool
    package var gaps: [RunGap] = []
    /// The damage of the journal that the run was made from; nil where it was whole.
    package var journalDamage: JournalDamage?
    /// Whether a person stopped it.
    package var interrupted = false
    /// The end that the coordinator made, since the run asked for more than its servers could
    /// serve; nil where it did not.
    package var overSaturated: OverSaturation?
    /// The load that was planned; nil for runs of before.
    package var load: LoadPlan?
    /// Findings of the requests about the run; made anew from them whenever they are scored.
    package var findings: [RunFinding] = []
    /// Sentences that belong under the figures.
    package var notes: [String] = []
    /// The percentiles that the run listed.
    package var percentiles = PercentileRanks.standard
    /// The words of the command that led it, secrets replaced by `***`; empty for runs of before.
    package var command: [String] = []

    package init(
        runID: String, name: String, seed: UInt64, version: String, epoch: RunEpoch,
        agents: [RunAgent], classes: [RunClass], validity: Validity, complete: Bool, lossless: Bool
    ) {
        self.runID = runID
        self.name = name
        self.seed = seed
        self.version = version
        self.epoch = epoch
        self.agents = agents
        self.classes = classes
        self.validity = validity
        self.complete = complete
        self.lossless = lossless
    }
}

extension RunHeader {
    /// Whether something that was to be recorded is known to be missing.
    package var isPartial: Bool { !complete || !lossless || isCut }

    /// Whether it was stopped before its time.
    package var isCut: Bool { interrupted || overSaturated != nil }
}

/// A run: what ran, and what was measured.
package struct RunResult: Hashable, Sendable {
    package var header: RunHeader
    /// By id; warm-up requests are among them.
    package var requests: [MeasuredRequest]

    package init(header: RunHeader, requests: [MeasuredRequest]) {
        self.header = header
        self.requests = requests
    }
}

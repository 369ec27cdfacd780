import AgentCore
import Bytes
import Journal
import Randomness
import TimeBase
import TokenLog
import Wire
import Workload

/// One agent of a simulated run: the real cores, and what its threads would keep around them.
final class VirtualAgent {
    /// A request that was sent and has not ended.
    struct Stream {
        var ordinal: Int
        /// Events that are still to come, and whether the last one breaks off.
        var eventsLeft: Int
        var breaksOff: Bool
    }

    /// Its position in the order of all names.
    let index: Int
    let clock: VirtualClock
    let name: String
    /// Service times, lengths and lateness of this agent's servers.
    var random: RandomStream

    // The process.
    var isUp = true
    /// Grows with each start: events of an earlier life come to nothing.
    var life = 0
    var pausedUntil = LocalInstant(ns: 0)
    var wasPaused = false
    /// How the first life ended by its own account.
    var exit: AgentExit?
    /// Which of its targets and connections do not work.
    var defects: Set<RunFault> = []

    // The link's thread.
    var machine: AgentMachine
    var session: Int?
    var clockLink: Int?
    /// Nothing gets to its host or from it until then.
    var outageUntil = LocalInstant(ns: 0)
    var encoder = TokenLogEncoder()
    var made: UInt64 = 0
    var left: UInt64 = 0
    var loadIsOver = false
    /// The coordinator has been sent End on this session.
    var hasSentEnd = false
    /// How often it has dialled in this life.
    var dials = 0
    var endReason = ""
    var agentIndex: Int?
    var startCommand: StartCommand?
    var configuration: RunConfiguration?
    var requests: [PlannedRequest] = []
    /// The coordinator has told it that all is safe.
    var wasToldEnded = false

    // The spool.
    var ledger = SpoolLedger()
    var spool: SimulatedSpool
    var contents: [UInt64: JournalBatch] = [:]
    /// The highest acknowledgement that arrived.
    var acknowledged: UInt64 = 0
    var syncsSlowly = false
    /// When the last of the reads that were asked for ends.
    var lastRead = LocalInstant(ns: 0)

    // The load's thread.
    var schedule: RequestSchedule?
    var start: LocalInstant?
    /// Grows whenever the timer is set or stopped.
    var arming = 0
    var streams: [UInt32: Stream] = [:]
    /// When each turn of each session ended, and every instant at which one did.
    var turnEnds: [UInt32: [UInt16: LocalInstant]] = [:]
    var endInstants: Set<LocalInstant> = []
    var log = LogBatch()
    var flushIsSet = false
    /// When the server was last asked for its metrics.
    var lastScrape: LocalInstant?
    var isOver = false
    var hasFlushedLast = false
    /// Whether an end of its load is planned.
    var isDraining = false
    /// When a request of a stage without an end in time was last sent or ended, and how many were
    /// sent.
    var lastWithoutEnd = LocalInstant(ns: .min)
    var sentWithoutEnd = 0

    init(index: Int, seed: UInt64) {
        self.index = index
        // From node-9 to node-10 numbers and letters are in different orders.
        name = "node-\(index + 9)"
        random = RandomStream(seed: mix64(seed ^ UInt64(1_000 + index)))
        clock = VirtualClock(
            offsetNs: Int64.random(in: -4_000_000_000_000...4_000_000_000_000, using: &random),
            ratePPB: Int64.random(in: -250_000...250_000, using: &random))
        machine = AgentMachine(hello: Self.hello(name, life: 0))
        spool = SimulatedSpool(
            agent: index, batchesPerSegment: Int.random(in: 2...8, using: &random))
    }

    static func hello(_ name: String, life: Int) -> Hello {
        Hello(
            name: name, identity: AgentIdentity(high: 1, low: 2), incarnation: UInt64(life + 1),
            heldRun: nil, bootID: "boot",
            host: HostFacts(
                hostname: name, kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1,
                gpus: []),
            targets: [TargetFacts(url: "http://127.0.0.1:8000", model: "")], embeddedEngine: false)
    }

    /// A new process of the same agent: what it knew is gone.
    func restarted() {
        machine = AgentMachine(hello: Self.hello(name, life: life))
        session = nil
        clockLink = nil
        encoder = TokenLogEncoder()
        made = 0
        left = 0
        loadIsOver = false
        hasSentEnd = false
        dials = 0
        agentIndex = nil
        ledger = SpoolLedger()
        contents = [:]
        acknowledged = 0
        schedule = nil
        start = nil
        streams = [:]
        turnEnds = [:]
        endInstants = []
        log = LogBatch()
        flushIsSet = false
        lastScrape = nil
        isOver = false
        hasFlushedLast = false
        isDraining = false
        lastWithoutEnd = LocalInstant(ns: .min)
        sentWithoutEnd = 0
    }

    /// A random span between whole milliseconds, from this agent's own stream.
    func span(ms range: ClosedRange<Int64>) -> TimeSpan {
        random.span(ms: range)
    }
}

extension RandomStream {
    /// A random span between whole milliseconds.
    mutating func span(ms range: ClosedRange<Int64>) -> TimeSpan {
        TimeSpan(
            ns: Int64.random(
                in: range.lowerBound * 1_000_000...range.upperBound * 1_000_000, using: &self))
    }
}

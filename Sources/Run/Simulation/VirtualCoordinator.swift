import Bytes
import ClockSync
import CoordinatorCore
import Journal
import Randomness
import RunRecord
import TimeBase
import Wire

/// The coordinator of a simulated run: the real cores, and what its driver would keep around them.
struct VirtualCoordinator: ~Copyable {
    static let runID = RunID(high: 7, low: 9)
    static let patience = CoordinatorMachine.Patience(
        joinNs: 20_000_000_000, readyNs: 20_000_000_000)

    let clock: VirtualClock
    /// Delays of its disk and its timers.
    var random: RandomStream
    var machine: CoordinatorMachine
    /// Empty before the deal.
    var merge = RequestBook(agents: [])
    var pausedUntil = LocalInstant(ns: 0)
    var interrupts = 0

    // The journal.
    var disk = VirtualDisk()
    /// Every batch in it: whose, which, and where on the disk it ends.
    var journal: [(batch: JournalBatch, end: Int)] = []
    /// Up to which batch of each agent the disk holds everything, whatever happens.
    var durable: [UInt64]
    var syncsSlowly = false
    var diskIsBroken = false

    // By agent.
    var trains: [Int: ProbeTrains] = [:]
    var exchanges: [Int: [ClockExchange]] = [:]
    var clockLinks: [Int: Int] = [:]
    /// When the clock was bound, on the coordinator's clock.
    var boundAt: [Int: LocalInstant] = [:]
    var ends: [Int: AgentEnd] = [:]
    var dismissed: Set<Int> = []
    /// When something arrived from the agent last, or its link ended: on the coordinator's clock.
    var heard: [Int: LocalInstant] = [:]
    /// How often an agent came back over a new link.
    var returns = 0

    /// The agent behind each link that was taken in.
    var agentOfLink: [Int: Int] = [:]
    /// Links that the machine has closed or was told are gone.
    var goneLinks: Set<Int> = []
    var start: LocalInstant?
    var startedAt: LocalInstant?
    var ending: RunEnding?

    /// Agents that were lost, by their indices.
    var gaps: [(agent: Int, absence: Absence<LocalInstant>)] {
        machine.agents.enumerated().compactMap { agentIndex, track in
            track.gap.map { (agentIndex, $0) }
        }
    }

    /// Writes a fact into the journal.
    mutating func record(_ fact: RunFact) {
        disk.append(JournalEntry.fact(fact.encoded()).encoded())
    }

    init(seed: UInt64, _ workload: SimulatedWorkload) {
        let assignments = workload.assignments
        random = RandomStream(seed: mix64(seed ^ 555))
        clock = VirtualClock(
            offsetNs: Int64.random(in: 0...1_000_000_000_000, using: &random),
            ratePPB: Int64.random(in: -40_000...40_000, using: &random))
        durable = assignments.map { _ in 0 }
        let name = ClockName(host: "coordinator", bootID: "boot")
        machine = CoordinatorMachine(
            opening: workload.opening(runID: Self.runID, clock: name), assignments: assignments,
            patience: Self.patience)
        let header = SegmentHeader(
            clock: name, runID: Self.runID, agent: nil, incarnation: 0, segment: 0, generation: 1)
        disk.append(header.encoded())
        disk.sync(through: disk.content.count)
    }
}

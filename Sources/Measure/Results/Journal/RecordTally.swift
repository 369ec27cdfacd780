import RunRecord
import TimeBase
import Timeline
import TokenLog

/// All that a pass over the records says of the run beside its requests.
package struct RecordTally: Sendable {
    /// Requests of one phase: those of the plan and of later rounds that were due, and those that
    /// were never needed.
    struct Count {
        var planned = 0
        var notNeeded = 0
    }

    /// Records of an agent that the journal has lost.
    struct Hole {
        var agent: Int
        /// From its newest stamp before to its first one behind, on the timeline.
        var from: ClusterInstant
        var to: ClusterInstant
    }

    var scored = Count()
    var warmup = Count()
    /// The newest stamp of each agent, on its clock.
    var newest: [LocalInstant?]
    /// From the agent's first scored request to the end of its last one, on its own clock.
    var scoredPart: [ClosedRange<LocalInstant>?]
    var reversed: [EffectsBeforeCauses]
    /// The words of the agents' servers about themselves.
    var servers: ServerTally
    /// Requests of later rounds that were sent given texts again.
    var textsAgain = 0
    /// Requests that failed by the server's fault while `ignore_eos` drove the answer on.
    var brokenWhilePinned = 0
    /// When the last request ended.
    var end = ClusterInstant(ns: 0)
    /// Requests whose time is in the plan and had not come when their agent was heard of last.
    var notYetDue = 0
    /// Delivered tokens, by the agents' own counts.
    package var outputTokens: UInt64 = 0
    /// Every planned request has exactly one terminal record.
    var isComplete = false
    var holes: [Hole] = []
    /// Last parts of agents whose End damage has taken: whether there were records in them nobody
    /// knows.
    var unknownEnds: [Hole] = []
    /// Requests whose records are not whole.
    var notWhole = 0
    /// Entries that were read behind the first damage.
    var foundBehind = 0
    /// The first batch that is whole and makes no sense.
    var fault: (offset: Int, problem: String)?

    /// - Parameter targets: how many each agent has.
    init(targets: [Int]) {
        let agents = targets.count
        servers = ServerTally(targets: targets)
        newest = Array(repeating: nil, count: agents)
        scoredPart = Array(repeating: nil, count: agents)
        reversed = Array(repeating: EffectsBeforeCauses(), count: agents)
    }

    mutating func seen(_ instant: LocalInstant, of agent: Int) {
        newest[agent] = max(newest[agent] ?? instant, instant)
    }

    mutating func planned(isScored: Bool) {
        if isScored { scored.planned += 1 } else { warmup.planned += 1 }
    }

    mutating func notNeeded(isScored: Bool) {
        if isScored { scored.notNeeded += 1 } else { warmup.notNeeded += 1 }
    }

    /// A request of a later round.
    mutating func due(isScored: Bool, isNeeded: Bool) {
        planned(isScored: isScored)
        if !isNeeded { notNeeded(isScored: isScored) }
    }

    mutating func took(_ sent: SentRecord, _ finish: FinishRecord, of agent: Int) {
        let low = sent.scheduled
        let high = max(low, finish.at)
        let before = scoredPart[agent] ?? low...high
        scoredPart[agent] = min(before.lowerBound, low)...max(before.upperBound, high)
    }
}

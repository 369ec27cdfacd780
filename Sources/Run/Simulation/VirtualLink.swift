import DequeModule
import Randomness
import TimeBase

/// One TCP connection between an agent and the coordinator.
///
/// Each way delivers in order, after delays of its own random stream. Nothing is lost while the
/// connection stands; when it is cut, what is under way is lost.
struct VirtualLink {
    enum Side: Int {
        case agent = 0
        case coordinator = 1

        var other: Side { self == .agent ? .coordinator : .agent }
    }

    enum Parcel {
        case message(kind: UInt8, payload: [UInt8])
        /// The sender has closed.
        case end
    }

    /// The parcels under way to one side.
    struct Way {
        var parcels = Deque<Parcel>()
        /// When the last parcel arrives.
        var lastArrival = LocalInstant(ns: 0)
        var random: RandomStream
    }

    let agent: Int
    /// Which of the agent's lives opened it.
    let life: Int
    /// Whether it carries probes and nothing else.
    let isClock: Bool
    /// By the side that receives.
    var ways: [Way]
    /// Whether the side still takes part.
    var isOpen = [true, true]
    /// Nothing gets through, and nobody is told.
    var isSilent = false
    var isCut = false

    init(agent: Int, life: Int, isClock: Bool, seed: UInt64) {
        self.agent = agent
        self.life = life
        self.isClock = isClock
        ways = [0, 1].map { Way(random: RandomStream(seed: mix64(seed ^ $0))) }
    }

    /// Puts a parcel on the way to `side`; gives when it arrives, nil when it never does.
    mutating func send(_ parcel: Parcel, to side: Side, now: LocalInstant) -> LocalInstant? {
        guard !isSilent, !isCut, isOpen[side.other.rawValue] else { return nil }
        let longest: Int64 = isClock ? 2_000_000 : 30_000_000
        let delay = Int64.random(in: 50_000...longest, using: &ways[side.rawValue].random)
        let arrival = max(now + TimeSpan(ns: delay), ways[side.rawValue].lastArrival)
        ways[side.rawValue].lastArrival = arrival
        ways[side.rawValue].parcels.append(parcel)
        return arrival
    }

    /// The next parcel that arrives at `side`; nil when it was lost or `side` has closed.
    mutating func receive(at side: Side) -> Parcel? {
        guard let parcel = ways[side.rawValue].parcels.popFirst() else { return nil }
        return isOpen[side.rawValue] ? parcel : nil
    }

    mutating func loseAll() {
        for way in ways.indices { ways[way].parcels.removeAll() }
    }
}

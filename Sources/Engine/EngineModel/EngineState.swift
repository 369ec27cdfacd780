import DequeModule
import Randomness

/// The sequences, queues and blocks of an engine and the step that is being put together: all that
/// a scheduler sees, and the moves that it has.
///
/// Sequences are known by their slots, which stay the same from submission to the end.
package struct EngineState: Sendable {
    package let options: EngineOptions
    /// Begin of the step that is being planned, ns.
    package internal(set) var now: Int64 = 0

    /// Sequences by slot.
    var slots: [HeldSequence] = []
    var vacantSlots: [Int] = []
    var slotOf: [EngineRequest.ID: Int] = [:]
    /// Slots of admitted sequences, in the order of arrival.
    package internal(set) var running: [Int] = []
    /// Slots of those that wait, in the order in which they are admitted.
    var waiting: Deque<Int> = []
    /// Slots of those whose keys and values lie on the host or are copied, in the order of arrival.
    package internal(set) var swapped: [Int] = []
    /// Slots of the admitted sequences whose prefill goes on, in the order of arrival.
    package internal(set) var prefilling: [Int] = []
    var pool: BlockPool
    var channels: SwapChannels

    /// The step in planning or in flight, and its slots in the order in which they were planned.
    var shape = StepShape()
    var participants: [Int] = []
    var wakeNs: Int64?
    /// Whether decoding sequences are counted instead of visited, and their tokens told together.
    let gathers: Bool
    var cohort = DecodeCohort()
    /// Tokens that were counted and have not been told.
    var untold: [Emission] = []
    /// Sequences that had to leave for another engine since they were last taken.
    var evicted: [HeldSequence] = []
    /// Requests that the engine gave up since they were last taken.
    var abandoned: [EngineRequest.ID] = []

    var counters = EngineLoad()
    var random: RandomStream
    /// Contents of all blocks of prompts that ever came, where they may be shared.
    var everSeen: Set<UInt64> = []

    /// - Parameter gathers: Tokens may be told together, when their sequence leaves or is asked
    ///   for.
    init(options: EngineOptions, gathers: Bool) {
        self.options = options
        // The static batch pads, proposals draw lots, and readers are looked at in each step.
        self.gathers =
            gathers && options.scheduler != .static && options.speculation == nil
            && !options.abandonsLate
        pool = BlockPool(capacityTokens: options.capacityTokens)
        channels = SwapChannels(bytesPerSecond: options.gpu.hostBytesPerSecond)
        random = RandomStream(seed: options.seed ^ 0x7370_6563)
    }

    // The view of a scheduler.

    /// Sequences that may still be admitted, by number.
    package var vacancies: Int { options.maxSequences - running.count - copyingIn }
    private var copyingIn: Int {
        swapped.isEmpty ? 0 : swapped.count(where: { slots[$0].stage == .copyingIn })
    }

    /// Tokens that a sequence knows: its prompt and what it generated, those that the cohort has
    /// counted included.
    package func known(_ slot: Int) -> Int {
        slots[slot].known + (slots[slot].membership.map { cohort.steps - $0.since } ?? 0)
    }

    /// Prompt tokens, and after a preemption generated ones, that prefill still has to compute.
    package func prefillLeft(_ slot: Int) -> Int {
        max(0, slots[slot].prefillTarget - slots[slot].computed)
    }

    package func isDecoding(_ slot: Int) -> Bool { slots[slot].isDecoding }

    package func request(_ slot: Int) -> EngineRequest { slots[slot].request }

    /// New tokens that the step in planning runs already.
    package var plannedTokens: Int { shape.newTokens }

    /// Whether the step in planning runs nothing yet.
    package var isEmpty: Bool { shape.isEmpty }

    /// The first of those that wait; nil where nobody does.
    package var head: Int? { waiting.first }

    /// How many wait to be admitted.
    package var waitingCount: Int { waiting.count }

    /// When a request came, ns.
    package func arrivedNs(_ slot: Int) -> Int64 { slots[slot].arrivedNs }

    /// Whether so many blocks in all may be promised, one hundredth left free.
    package func reserves(blocks: Int) -> Bool { (pool.total - blocks) * 100 >= pool.total }

    /// Tokens that are proposed behind the next one of a sequence: never more than it may make.
    func proposed(_ slot: Int) -> Int {
        guard let speculation = options.speculation else { return 0 }
        let left = slots[slot].request.outputTokens - slots[slot].generated
        return min(speculation.proposed, left - 1)
    }

    /// Tokens that a decode of a sequence runs: the next one and those proposed behind it.
    package func decodeTokens(_ slot: Int) -> Int { 1 + proposed(slot) }

    // The moves of a scheduler.

    /// Has the engine planned again at an instant at which nothing else happens.
    package mutating func askAgain(at ns: Int64) { wakeNs = min(wakeNs ?? .max, ns) }

    /// Puts a sequence that held its place in a batch and makes no token into the step.
    package mutating func hold(context: Int) { shape.addDecode(context: context, new: 1) }
}

import HeapModule

/// The sequences that make one token in every step that decodes, counted instead of visited.
///
/// Between the step in which a member joins and the one in which it leaves, all that changes is
/// known ahead: it grows by a token a step, needs a block every ``BlockPool/blockTokens`` steps,
/// and ends after as many steps as it still wants tokens. So a step costs what changes in it, and
/// not what runs in it.
struct DecodeCohort {
    /// Steps that have decoded anything so far; what members are counted by.
    private(set) var steps = 0
    private(set) var count = 0
    /// Tokens that the members know, added up.
    private(set) var context = 0
    /// Whether the step in planning or in flight runs all of them.
    private(set) var isPlanned = false
    /// Slots by the steps in which they need their next block, modulo ``BlockPool/blockTokens``.
    private var needing: [[Int]] = Array(repeating: [], count: BlockPool.blockTokens)
    /// Members by their last steps; one that left before is passed over.
    private var endings = Heap<Ending>()

    /// A member, as the cohort knows it.
    struct Membership: Sendable {
        /// The steps when its own figures were last brought up to date.
        var since: Int
        /// The steps when its last token is made.
        var end: Int
        /// Which of ``DecodeCohort/needing`` it is in.
        var phase: Int
    }

    private struct Ending: Comparable {
        var step: Int
        var arrival: UInt64
        var slot: Int

        static func < (a: Ending, b: Ending) -> Bool { (a.step, a.arrival) < (b.step, b.arrival) }
        static func == (a: Ending, b: Ending) -> Bool {
            (a.step, a.arrival) == (b.step, b.arrival)
        }
    }

    /// Slots that need a block before the next step.
    var needingNow: [Int] { needing[steps % BlockPool.blockTokens] }

    /// Takes a sequence in that is decoding and has the blocks of all tokens that it knows but
    /// perhaps the last. O(log members).
    mutating func join(
        _ slot: Int, known: Int, blocks: Int, tokensLeft: Int, arrival: UInt64
    ) -> Membership {
        // The step before which one token more is known than its blocks hold.
        let need = steps + blocks * BlockPool.blockTokens + 1 - known
        let member = Membership(
            since: steps, end: steps + tokensLeft, phase: need % BlockPool.blockTokens)
        needing[member.phase].append(slot)
        endings.insert(Ending(step: member.end, arrival: arrival, slot: slot))
        count += 1
        context += known
        return member
    }

    /// Lets a member go that knows `known` tokens. O(members / 16).
    mutating func leave(_ slot: Int, _ member: Membership, known: Int) {
        guard let position = needing[member.phase].firstIndex(of: slot) else {
            preconditionFailure("A member of the cohort needs blocks.")
        }
        needing[member.phase].swapAt(position, needing[member.phase].count - 1)
        needing[member.phase].removeLast()
        count -= 1
        context -= known
    }

    /// Has the step in planning run all members.
    mutating func plan() { isPlanned = true }

    /// Counts a step that decoded.
    mutating func endStep() {
        steps += 1
        if isPlanned { context += count }
        isPlanned = false
    }

    /// The next slot, in the order of arrival, whose last step has just ended; it may have left.
    mutating func popEnded() -> Int? {
        guard let first = endings.min, first.step <= steps else { return nil }
        endings.removeMin()
        return first.slot
    }

    /// Forgets the ends of those that left, where nobody is left.
    mutating func forgetEndings() {
        precondition(count == 0, "Members have ends.")
        endings = Heap()
    }
}

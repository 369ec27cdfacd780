import DequeModule
import Randomness

// From arrival to the tokens of a step.
extension EngineState {
    /// Puts a request at the end of the queue.
    mutating func enqueue(_ request: EngineRequest, arrival: UInt64, now: Int64) {
        var sequence = HeldSequence(request: request, arrival: arrival, arrivedNs: now)
        sequence.generated = request.generated
        if request.generated > 0 { sequence.computed = sequence.known - 1 }
        putInQueue(takeSlot(sequence))
        if request.generated == 0 { counters.promptTokens += request.promptTokens }
        if options.prefixCache { countCacheable(request) }
    }

    /// Takes a sequence back that had to leave: it waits in the order of arrival, and all that it
    /// knows is computed again.
    mutating func putBack(_ sequence: HeldSequence) {
        waitAgain(takeSlot(sequence))
    }

    /// Gives a sequence without blocks a slot, and its request's name to that.
    private mutating func takeSlot(_ sequence: HeldSequence) -> Int {
        let slot: Int
        if let vacant = vacantSlots.popLast() {
            var sequence = sequence
            // The table is empty, and has memory.
            sequence.table = slots[vacant].table
            slots[vacant] = sequence
            slot = vacant
        } else {
            slot = slots.count
            slots.append(sequence)
        }
        slotOf[sequence.request.id] = slot
        return slot
    }

    /// Puts a sequence without blocks back into the queue, to be computed again.
    mutating func waitAgain(_ slot: Int) {
        slots[slot].computed = 0
        slots[slot].stage = .waiting
        putInQueue(slot)
    }

    /// Whether a sequence that waits goes before another.
    func goesBefore(_ slot: Int, _ other: Int) -> Bool {
        let (a, b) = (slots[slot], slots[other])
        return switch options.order {
        case .firstCome: a.arrival < b.arrival
        case .shortestPrompt:
            (a.request.promptTokens, a.arrival) < (b.request.promptTokens, b.arrival)
        }
    }

    /// Puts a sequence among those that wait. O(1) for the last, O(log waiting + moves) else.
    private mutating func putInQueue(_ slot: Int) {
        guard let last = waiting.last, goesBefore(slot, last) else { return waiting.append(slot) }
        var (low, high) = (0, waiting.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if goesBefore(slot, waiting[middle]) { high = middle } else { low = middle + 1 }
        }
        waiting.insert(slot, at: low)
    }

    /// The share of a prompt that a cache without end would have held.
    private mutating func countCacheable(_ request: EngineRequest) {
        let most = (request.promptTokens - 1) / BlockPool.blockTokens
        let seen = request.contents.prefix(most).prefix { everSeen.contains($0) }
        counters.cacheableTokens += seen.count * BlockPool.blockTokens
        everSeen.formUnion(request.contents.dropFirst(seen.count))
    }

    /// Begins to plan a step.
    mutating func begin(now: Int64) {
        self.now = now
        wakeNs = nil
        participants.removeAll(keepingCapacity: true)
        shape.removeAll()
        if !swapped.isEmpty { endCopies() }
        if options.abandonsLate { abandonLate() }
    }

    /// Ends the step: what was scheduled is computed, and who has computed all that it knows makes
    /// tokens.
    mutating func completeStep(deliveryNs: Int64, into emissions: inout [Emission]) {
        if shape.decodes > 0 { endCohortStep() }
        takeUntold(into: &emissions)
        for slot in participants {
            let new = slots[slot].scheduled
            slots[slot].scheduled = 0
            if slots[slot].stage == .leaving {
                vacate(slot)
                continue
            }
            let before = slots[slot].computed
            let decodes = slots[slot].isDecoding
            slots[slot].computed = before + new
            if !decodes, slots[slot].isDecoding { prefilling.removeAll { $0 == slot } }
            if slots[slot].computed == slots[slot].known {
                var count = 1
                if decodes, let speculation = options.speculation {
                    count += speculation.accepted(of: proposed(slot), using: &random)
                }
                emit(count, of: slot, from: before, deliveryNs: deliveryNs, into: &emissions)
            }
            if options.prefixCache, slots[slot].stage == .running { nameBlocks(of: slot, before) }
        }
        participants.removeAll(keepingCapacity: true)
    }

    /// Tells the tokens that were counted.
    mutating func takeUntold(into emissions: inout [Emission]) {
        if untold.isEmpty { return }
        emissions.append(contentsOf: untold)
        untold.removeAll(keepingCapacity: true)
    }

    /// Lets others find the blocks that a step has filled.
    private mutating func nameBlocks(of slot: Int, _ before: Int) {
        let contents = slots[slot].request.contents
        let end = min(slots[slot].computed / BlockPool.blockTokens, contents.count)
        for index in stride(from: before / BlockPool.blockTokens, to: end, by: 1) {
            pool.name(slots[slot].table[index], contents[index])
        }
    }

    /// Makes the next tokens of a sequence whose known tokens are all computed, as many as it still
    /// wants.
    private mutating func emit(
        _ most: Int, of slot: Int, from before: Int, deliveryNs: Int64,
        into emissions: inout [Emission]
    ) {
        let request = slots[slot].request.id
        let first = slots[slot].generated
        let output = slots[slot].request.outputTokens
        let count = min(most, output - first)
        slots[slot].generated = first + count
        // The keys and values of the accepted ones were computed with the step.
        slots[slot].computed += count - 1
        counters.generatedTokens += count
        if let deadline = slots[slot].request.deadline, deliveryNs > deadline.due(first) {
            slots[slot].isLate = true
        }
        let isLast = first + count == output
        for index in first..<first + count {
            emissions.append(
                Emission(
                    request: request, index: index,
                    finish: isLast && index + 1 == output ? slots[slot].request.ending : nil,
                    end: shape.decodes > 0 ? cohort.steps : nil))
        }
        guard isLast else { return }
        if options.prefixCache { nameBlocks(of: slot, before) }
        finish(slot)
    }

    /// Ends a sequence whose answer is whole.
    mutating func finish(_ slot: Int) {
        counters.finished += 1
        slotOf[slots[slot].request.id] = nil
        running.removeAll { $0 == slot }
        pool.giveBack(&slots[slot].table)
        vacate(slot)
    }
}

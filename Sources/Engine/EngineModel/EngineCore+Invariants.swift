extension EngineCore {
    /// Traps unless the queues, the blocks and the step in flight agree with each other.
    /// O(requests held); for tests and debug runs.
    package func checkInvariants() {
        checkOrder()
        checkBlocks()
        checkStep()
        precondition(
            slotOf.count == running.count + waiting.count, "Every request is in one queue.")
        for (id, slot) in slotOf {
            precondition(slots[slot].request.id == id, "A name leads to its own sequence.")
        }
        let leaving = slots.count(where: { $0.stage == .leaving })
        precondition(
            slots.count == slotOf.count + leaving + vacantSlots.count, "No slot is lost.")
    }

    private func checkOrder() {
        var last: UInt64?
        func check(_ slot: Int) {
            let arrival = slots[slot].arrival
            if let last {
                precondition(last < arrival, "Both queues are in the order of arrival.")
            }
            last = arrival
        }
        running.forEach(check)
        waiting.forEach(check)
        precondition(running.count <= options.maxSequences, "No more run than may.")
    }

    private func checkBlocks() {
        var held = 0
        for sequence in slots {
            held += sequence.blocks
            switch sequence.stage {
            case .running:
                precondition(
                    sequence.computed + sequence.scheduled
                        <= sequence.blocks * BlockPool.blockTokens,
                    "What is computed lies in the sequence's own blocks.")
                precondition(sequence.computed <= sequence.known, "Only known tokens are computed.")
                precondition(
                    sequence.generated < sequence.request.outputTokens,
                    "A sequence leaves with its last token.")
            case .waiting:
                precondition(
                    sequence.blocks == 0 && sequence.computed == 0, "Who waits holds nothing.")
            case .leaving, .vacant:
                precondition(sequence.blocks == 0, "Who left holds nothing.")
            }
        }
        precondition(held == pool.used, "The pool's count is the sum of what is held.")
        precondition(pool.free >= 0 && pool.free <= pool.total, "The pool has its size.")
    }

    private func checkStep() {
        var newTokens = 0
        for slot in participants {
            precondition(slots[slot].scheduled > 0, "Who is in the step has tokens in it.")
        }
        for sequence in slots where sequence.scheduled > 0 {
            precondition(inFlight != nil, "Tokens are scheduled in a step only.")
            newTokens += sequence.scheduled
        }
        guard let plan = inFlight else { return }
        precondition(plan.endNs > plan.startNs, "A step takes time.")
        precondition(plan.newTokens == newTokens, "The plan counts its tokens.")
        if options.scheduler == .chunked {
            precondition(newTokens <= options.chunkBudget, "A step keeps to its budget.")
        } else {
            precondition(
                plan.decodes == 0 || plan.decodes == plan.sequences,
                "Prefills and decodes share no step.")
        }
    }
}

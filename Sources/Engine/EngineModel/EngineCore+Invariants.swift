extension EngineCore {
    /// Traps unless the queues, the blocks and the step in flight agree with each other.
    /// O(requests held + blocks); for tests and debug runs.
    package func checkInvariants() {
        state.checkCohort()
        // The checks read the sequences' own figures.
        var settled = self
        settled.state.visitCohort()
        settled.checkVisited()
    }

    private func checkVisited() {
        checkOrder()
        checkBlocks()
        checkStep()
        precondition(
            state.slotOf.count
                == state.running.count + state.waiting.count + state.swapped.count,
            "Every request is in one queue.")
        for (id, slot) in state.slotOf {
            precondition(
                state.slots[slot].request.id == id, "A name leads to its own sequence.")
        }
        let leaving = state.slots.count(where: { $0.stage == .leaving })
        precondition(
            state.slots.count
                == state.slotOf.count + leaving + state.vacantSlots.count,
            "No slot is lost.")
    }

    private func checkOrder() {
        func check(_ queue: some Sequence<Int>, _ stages: Set<HeldSequence.Stage>) {
            var last: UInt64?
            for slot in queue {
                let arrival = state.slots[slot].arrival
                if let last { precondition(last < arrival, "Queues are in the order of arrival.") }
                last = arrival
                precondition(
                    stages.contains(state.slots[slot].stage), "A queue holds its own stage.")
            }
        }
        check(state.running, [.running])
        for (slot, next) in zip(state.waiting, state.waiting.dropFirst()) {
            precondition(state.goesBefore(slot, next), "Those that wait are in their order.")
        }
        precondition(
            state.waiting.allSatisfy { state.slots[$0].stage == .waiting },
            "Those that wait know it.")
        check(state.swapped, [.copyingOut, .onHost, .copyingIn])
        precondition(state.vacancies >= 0, "No more run than may.")
        guard scheduler.keepsOrder, options.order == .firstCome, let last = state.running.last,
            let head = state.waiting.first
        else { return }
        precondition(
            state.slots[last].arrival < state.slots[head].arrival,
            "Those that run came before those that wait.")
    }

    private func checkBlocks() {
        var holders = Array(repeating: Int32(0), count: state.pool.total)
        for sequence in state.slots {
            for block in sequence.table { holders[Int(block)] += 1 }
            switch sequence.stage {
            case .running, .copyingOut, .copyingIn:
                precondition(
                    sequence.computed + sequence.scheduled
                        <= sequence.blocks * BlockPool.blockTokens,
                    "What is computed lies in the sequence's own blocks.")
                precondition(sequence.computed <= sequence.known, "Only known tokens are computed.")
                precondition(
                    sequence.generated < sequence.request.outputTokens,
                    "A sequence leaves with its last token.")
            case .waiting, .onHost, .leaving, .vacant:
                precondition(sequence.blocks == 0, "Who waits or left holds nothing.")
            }
        }
        precondition(holders == state.pool.heldCounts, "The pool counts those that hold a block.")
        precondition(
            holders.count(where: { $0 > 0 }) == state.pool.used,
            "The pool's count is the blocks that are held.")
        precondition(
            state.options.prefixCache || holders.allSatisfy { $0 <= 1 },
            "Blocks are shared by equal prefixes only.")
    }

    private func checkStep() {
        for slot in state.participants {
            precondition(state.slots[slot].scheduled > 0, "Who is in the step has tokens in it.")
        }
        let scheduled = state.slots.reduce(0) { $0 + $1.scheduled }
        guard let plan = inFlight else {
            return precondition(scheduled == 0, "Tokens are scheduled in a step only.")
        }
        precondition(plan.endNs > plan.startNs, "A step takes time.")
        // Proposed tokens and padding run beside those of the sequences.
        precondition(plan.newTokens >= scheduled, "The plan counts its tokens.")
        switch options.scheduler {
        case .chunked:
            precondition(plan.newTokens <= options.chunkBudget, "A step keeps to its budget.")
        case .prefillFirst, .static:
            precondition(
                plan.decodes == 0 || plan.decodes == plan.sequences,
                "Prefills and decodes share no step.")
        case .disaggregated:
            preconditionFailure("An engine of several has a scheduler of its own.")
        }
    }
}

// Sequences that are counted instead of visited.
extension EngineState {
    /// Whether nothing about a decoding sequence depends on its single steps.
    private func mayJoin(_ slot: Int) -> Bool {
        let sequence = slots[slot]
        let missing = BlockPool.blocks(for: sequence.known) - sequence.blocks
        return sequence.request.deadline == nil && (missing == 0 || missing == 1)
            // Blocks that others may find are named one by one.
            && sequence.request.contents.count * BlockPool.blockTokens <= sequence.computed
    }

    /// Takes all decoding sequences into the cohort. O(those that were not in it), where they came
    /// last.
    ///
    /// - Returns: whether all are in it.
    private mutating func joinAll() -> Bool {
        var missing = running.count - prefilling.count - cohort.count
        var position = running.count
        while missing > 0 {
            position -= 1
            let slot = running[position]
            guard slots[slot].membership == nil, slots[slot].isDecoding else { continue }
            guard mayJoin(slot) else { return false }
            missing -= 1
            slots[slot].membership = cohort.join(
                slot, known: slots[slot].known, blocks: slots[slot].blocks,
                tokensLeft: slots[slot].request.outputTokens - slots[slot].generated,
                arrival: slots[slot].arrival)
        }
        return true
    }

    /// Puts all decoding sequences into the step at once, where each gets its block.
    ///
    /// - Returns: false where they have to be put in one by one.
    mutating func decodeCohort() -> Bool {
        guard gathers, joinAll() else { return false }
        let needing = cohort.needingNow
        guard needing.count <= pool.free else { return false }
        guard cohort.count > 0 else { return true }
        for slot in needing { pool.take(1, onto: &slots[slot].table) }
        shape.addDecodes(cohort.count, context: cohort.context)
        cohort.plan()
        return true
    }

    /// Brings a member's own figures up to date, and tells its tokens.
    mutating func settle(_ slot: Int, finish: AnswerEnding? = nil) {
        guard let member = slots[slot].membership else { return }
        let count = cohort.steps - member.since
        if count == 0 { return }
        untold.append(
            Emission(
                request: slots[slot].request.id, index: slots[slot].generated, count: count,
                finish: finish, end: cohort.steps))
        slots[slot].generated += count
        slots[slot].computed += count
        slots[slot].membership?.since = cohort.steps
    }

    /// Takes a sequence out of the cohort, if it is in it.
    ///
    /// - Parameter finish: Why its answer ends; nil where it goes on.
    mutating func leaveCohort(_ slot: Int, finish: AnswerEnding? = nil) {
        guard let member = slots[slot].membership else { return }
        settle(slot, finish: finish)
        cohort.leave(slot, member, known: slots[slot].known)
        slots[slot].membership = nil
    }

    /// Takes a member out of the cohort, and puts it by itself into the step that runs the cohort.
    mutating func visit(_ slot: Int) {
        guard slots[slot].membership != nil else { return }
        leaveCohort(slot)
        guard cohort.isPlanned else { return }
        slots[slot].scheduled = 1
        participants.append(slot)
    }

    /// Lets all members go, to be visited one by one.
    mutating func dissolveCohort() {
        if cohort.count == 0 { return }
        for slot in running { leaveCohort(slot) }
        cohort.forgetEndings()
    }

    /// Ends the cohort's part of a step.
    mutating func endCohortStep() {
        let isPlanned = cohort.isPlanned
        // A scheduler that chose among the decoding ones has to go on one by one.
        if !isPlanned { dissolveCohort() }
        cohort.endStep()
        guard isPlanned else { return }
        counters.generatedTokens += cohort.count
        while let slot = cohort.popEnded() {
            guard slots[slot].membership?.end == cohort.steps else { continue }
            leaveCohort(slot, finish: slots[slot].request.ending)
            finish(slot)
        }
    }
}

// For checks.
extension EngineState {
    /// Traps unless the cohort's counts are those of its members.
    func checkCohort() {
        let members = running.filter { slots[$0].membership != nil }
        precondition(members.count == cohort.count, "The cohort counts its members.")
        precondition(
            members.reduce(0) { $0 + known($1) } == cohort.context,
            "The cohort's context is what its members know.")
        precondition(
            slots.allSatisfy { $0.membership == nil || $0.stage == .running },
            "The members of the cohort run.")
        precondition(
            prefilling == running.filter { !slots[$0].isDecoding },
            "Prefills go on of those that run and do not decode.")
    }

    /// Has every member in the step by itself.
    mutating func visitCohort() {
        for slot in running { visit(slot) }
    }
}

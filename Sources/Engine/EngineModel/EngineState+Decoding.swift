import DequeModule

// Decodes, and the memory that they grow into.
extension EngineState {
    /// Puts all decoding sequences into the step, first come first, and preempts the last arrived
    /// whenever a block is needed and none is free. One whose block is still being copied to the
    /// host sits the step out.
    ///
    /// - Returns: whether any was preempted.
    package mutating func decodeAll() -> Bool {
        if decodeCohort() { return false }
        dissolveCohort()
        var preempted = false
        var position = 0
        while position < running.count {
            let slot = running[position]
            position += 1
            if !slots[slot].isDecoding { continue }
            let needed = missingBlocks(slot)
            if needed > pool.free + channels.leavingBlocks {
                preempted = true
                // Victims come from the end, where nothing is scheduled yet; the sequence itself
                // is the last of them.
                while needed > pool.free + channels.leavingBlocks, running.count >= position {
                    preempt(at: running.count - 1)
                }
                if running.count < position { break }
            }
            decode(slot, context: slots[slot].known)
        }
        return preempted
    }

    /// Blocks that a sequence lacks for its next tokens.
    private func missingBlocks(_ slot: Int) -> Int {
        BlockPool.blocks(for: slots[slot].known + proposed(slot)) - slots[slot].blocks
    }

    /// Puts the next token of a sequence into the step, and the proposed ones behind it, where
    /// blocks are free for them; without, it sits the step out.
    ///
    /// - Parameter context: Tokens that it attends to, padding included.
    package mutating func decode(_ slot: Int, context: Int) {
        leaveCohort(slot)
        let needed = missingBlocks(slot)
        guard needed <= pool.free else { return }
        if needed > 0 { pool.take(needed, onto: &slots[slot].table) }
        slots[slot].scheduled = 1
        shape.addDecode(context: context, new: decodeTokens(slot))
        participants.append(slot)
    }

    /// Takes a sequence out of those that run: its keys and values are dropped, to be computed
    /// again with all it has generated, or copied to the host.
    package mutating func preempt(at position: Int) {
        let slot = running.remove(at: position)
        leaveCohort(slot)
        prefilling.removeAll { $0 == slot }
        precondition(slots[slot].scheduled == 0, "What the step runs is not preempted.")
        counters.preemptions += 1
        switch options.preemption {
        case .recompute:
            pool.giveBack(&slots[slot].table)
            waitAgain(slot)
        case .swap:
            copyOut(slot)
        case .migrate:
            pool.giveBack(&slots[slot].table)
            evicted.append(slots[slot])
            slotOf[slots[slot].request.id] = nil
            vacate(slot)
        }
    }
}

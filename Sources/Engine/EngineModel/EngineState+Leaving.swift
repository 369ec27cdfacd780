// Requests that leave before their answer is whole.
extension EngineState {
    /// Takes a request out of its queue and frees what it holds; one in the step in flight keeps
    /// its slot until that ends.
    mutating func remove(_ slot: Int) {
        slotOf[slots[slot].request.id] = nil
        switch slots[slot].stage {
        case .waiting:
            waiting.removeAll { $0 == slot }
        case .running:
            // A step in flight that runs it makes no token of it.
            visit(slot)
            running.removeAll { $0 == slot }
            prefilling.removeAll { $0 == slot }
        case .copyingOut, .onHost, .copyingIn:
            swapped.removeAll { $0 == slot }
            channels.forget(slot)
        case .leaving, .vacant:
            preconditionFailure("A request that left the engine has no name in it.")
        }
        pool.giveBack(&slots[slot].table)
        if slots[slot].scheduled > 0 {
            slots[slot].stage = .leaving
        } else {
            vacate(slot)
        }
    }

    /// Frees the slot of a sequence that is in no queue and no step.
    mutating func vacate(_ slot: Int) {
        slots[slot].stage = .vacant
        vacantSlots.append(slot)
    }

    /// Gives up every request of which a token came too late, or whose next one is due already.
    /// O(requests held).
    mutating func abandonLate() {
        let late = (running + waiting + swapped).filter { slot in
            guard let deadline = slots[slot].request.deadline else { return false }
            return slots[slot].isLate || now > deadline.due(slots[slot].generated)
        }
        for slot in late {
            abandoned.append(slots[slot].request.id)
            remove(slot)
            counters.abandoned += 1
        }
    }
}

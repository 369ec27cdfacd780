import DequeModule

/// An inference engine with iteration-level batching, as a machine of facts in and plans out.
///
/// Whoever drives it keeps the time: ``submit(_:now:)`` and ``cancel(_:now:)`` report what clients
/// do, ``nextStep(now:)`` says what the engine runs next and until when, and
/// ``completeStep(now:into:)`` gives the tokens of the step that ended. Between two steps nothing
/// changes but the queue.
///
/// Requests are served in the order of their arrival: at all times those that run came before those
/// that wait, and both queues are in that order, because preemption takes the last arrived and puts
/// it at the head of the queue.
package struct EngineCore: ~Copyable {
    /// From the end of a step until its tokens leave the front end, in ns.
    package static let frontEndNs: Int64 = 22_000_000

    package let options: EngineOptions
    let stepTimes: StepTimeModel

    /// Sequences by slot; a slot keeps its sequence from submission to the end.
    var slots: [Sequence] = []
    var vacantSlots: [Int] = []
    var slotOf: [EngineRequest.ID: Int] = [:]
    /// Slots of admitted sequences, in the order of arrival.
    var running: [Int] = []
    /// Slots of those that wait, in the order of arrival.
    var waiting: Deque<Int> = []
    var pool: BlockPool

    /// The step in flight, and its slots in the order in which they were planned.
    var inFlight: StepPlan?
    var participants: [Int] = []
    /// Scratch of the planner.
    var shape = StepShape()

    var arrivals: UInt64 = 0
    var counters = EngineLoad()

    /// An idle engine; the options have been validated.
    package init(options: EngineOptions) {
        do throws(EngineOptionsError) {
            try options.validate()
        } catch {
            preconditionFailure("An engine is made of options that hold: \(error)")
        }
        self.options = options
        self.stepTimes = options.stepTimes
        self.pool = BlockPool(capacityTokens: options.capacityTokens)
    }

    /// The step in flight.
    package var step: StepPlan? { inFlight }

    /// Whether the engine holds no request.
    package var isIdle: Bool { slotOf.isEmpty && inFlight == nil }

    /// The engine's queues and totals.
    package var load: EngineLoad {
        var load = counters
        load.running = running.count
        load.waiting = waiting.count
        load.usedBlocks = pool.used
        load.totalBlocks = pool.total
        return load
    }

    /// Puts a request at the end of the queue. O(1).
    ///
    /// - Throws: ``SubmitError`` when the request could never run.
    package mutating func submit(_ request: EngineRequest, now: Int64) throws(SubmitError) {
        try admissible(request)
        let sequence = Sequence(request: request, arrival: arrivals)
        arrivals += 1
        let slot: Int
        if let vacant = vacantSlots.popLast() {
            slots[vacant] = sequence
            slot = vacant
        } else {
            slot = slots.count
            slots.append(sequence)
        }
        slotOf[request.id] = slot
        waiting.append(slot)
    }

    /// Checks a request without taking it.
    package func admissible(_ request: EngineRequest) throws(SubmitError) {
        let (prompt, output) = (request.promptTokens, request.outputTokens)
        if prompt < 1 || output < 1 {
            throw .empty(promptTokens: prompt, outputTokens: output)
        }
        if prompt > options.maxModelLen || output > options.maxModelLen - prompt {
            throw .tooLong(
                promptTokens: prompt, outputTokens: output, maxModelLen: options.maxModelLen)
        }
        if slotOf[request.id] != nil { throw .duplicate(request.id) }
    }

    /// Forgets a request and frees what it holds; a step in flight runs on without emitting its
    /// token. O(requests held).
    ///
    /// - Returns: whether the engine held it.
    @discardableResult
    package mutating func cancel(_ id: EngineRequest.ID, now: Int64) -> Bool {
        guard let slot = slotOf.removeValue(forKey: id) else { return false }
        counters.cancelled += 1
        switch slots[slot].stage {
        case .waiting:
            waiting.removeAll { $0 == slot }
        case .running:
            running.removeAll { $0 == slot }
            releaseBlocks(of: slot)
        case .leaving, .vacant:
            preconditionFailure("A request that left the engine has no name in it.")
        }
        if slots[slot].scheduled > 0 {
            slots[slot].stage = .leaving
        } else {
            vacate(slot)
        }
        return true
    }

    /// Plans what runs from `now` on. O(running + admitted).
    ///
    /// - Returns: the step, which is then in flight; nil when there is nothing to run.
    package mutating func nextStep(now: Int64) -> StepPlan? {
        precondition(inFlight == nil, "A step is planned when none is in flight.")
        participants.removeAll(keepingCapacity: true)
        shape.removeAll()
        switch options.scheduler {
        case .chunked: planChunked()
        case .prefillFirst: planPrefillFirst()
        }
        if shape.isEmpty {
            precondition(
                running.isEmpty && waiting.isEmpty, "A request waits and nothing runs.")
            return nil
        }
        let end = now + stepTimes.nanoseconds(shape)
        let plan = StepPlan(
            ordinal: counters.steps, startNs: now, endNs: end,
            deliveryNs: end + Self.frontEndNs, sequences: shape.sequences,
            newTokens: shape.newTokens, decodes: shape.decodes)
        counters.steps += 1
        inFlight = plan
        return plan
    }

    /// Ends the step in flight and appends its tokens to `emissions`, in the order of the plan.
    /// O(participants), and O(running) for every request that finishes.
    ///
    /// - Returns: the step that ended; its ``StepPlan/deliveryNs`` is the stamp of the tokens.
    @discardableResult
    package mutating func completeStep(
        now: Int64, into emissions: inout [Emission]
    ) -> StepPlan {
        guard let plan = inFlight else {
            preconditionFailure("A step ends only while one is in flight.")
        }
        precondition(now >= plan.endNs, "A step does not end before its time.")
        inFlight = nil
        for slot in participants {
            let new = slots[slot].scheduled
            slots[slot].scheduled = 0
            if slots[slot].stage == .leaving {
                vacate(slot)
                continue
            }
            slots[slot].computed += new
            if slots[slot].computed == slots[slot].known {
                emissions.append(emitToken(of: slot))
            }
        }
        participants.removeAll(keepingCapacity: true)
        return plan
    }

    /// Makes the next token of a sequence whose known tokens are all computed.
    private mutating func emitToken(of slot: Int) -> Emission {
        let request = slots[slot].request
        let index = slots[slot].generated
        slots[slot].generated = index + 1
        counters.generatedTokens += 1
        let isLast = index + 1 == request.outputTokens
        if isLast {
            counters.finished += 1
            slotOf[request.id] = nil
            running.removeAll { $0 == slot }
            releaseBlocks(of: slot)
            vacate(slot)
        }
        return Emission(
            request: request.id, index: index, finish: isLast ? request.ending : nil)
    }
}

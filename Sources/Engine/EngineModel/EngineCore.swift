import DequeModule

/// An inference engine with iteration-level batching, as a machine of facts in and plans out.
///
/// Whoever drives it keeps the time: ``submit(_:now:)`` and ``cancel(_:now:)`` report what clients
/// do, ``nextStep(now:)`` says what the engine runs next and until when, and
/// ``completeStep(now:into:)`` gives the tokens of the step that ended. Between two steps nothing
/// changes but the queue.
package struct EngineCore: Sendable {
    /// From the end of a step until its tokens leave the front end, in ns, unless
    /// ``StepCosts/frontEndNs`` says otherwise.
    package static let frontEndNs: Int64 = 22_000_000

    package var options: EngineOptions { state.options }
    let stepTimes: StepTimeModel
    var state: EngineState
    var scheduler: any Scheduler

    /// The step in flight.
    var inFlight: StepPlan?
    var arrivals: UInt64 = 0
    /// The most blocks that were held when a step was planned.
    private var mostBlocks = 0

    /// An idle engine; the options have been validated.
    ///
    /// - Parameter gathers: Tokens that are made one a step may be told together, when their
    ///   sequence leaves or `settle(_:)` asks for them: a step then costs what changes in it.
    package init(options: EngineOptions, gathers: Bool = false) {
        do throws(EngineOptionsError) {
            try options.validate()
        } catch {
            preconditionFailure("An engine is made of options that hold: \(error)")
        }
        stepTimes = options.stepTimes
        state = EngineState(options: options, gathers: gathers)
        scheduler = options.scheduler.scheduler(options)
    }

    /// The step in flight.
    package var step: StepPlan? { inFlight }

    /// When the engine has to be asked for a step although nothing else happens: a batch that waits
    /// no longer, or a copy that ends. Nil while a step is in flight, or where there is no such
    /// instant.
    package var wakeNs: Int64? { inFlight == nil ? state.wakeNs : nil }

    /// Whether the engine holds no request.
    package var isIdle: Bool { state.slotOf.isEmpty && inFlight == nil }

    /// The engine's queues and totals.
    package var load: EngineLoad {
        var load = state.counters
        load.running = state.running.count
        load.waiting = state.waiting.count + state.swapped.count
        load.usedBlocks = state.pool.used
        load.totalBlocks = state.pool.total
        return load
    }

    /// Largest share of the key/value blocks that was held when a step was planned, 0...1. O(1).
    var peakKeyValueUse: Double { Double(mostBlocks) / Double(state.pool.total) }

    /// How many requests the engine holds. O(1).
    package var held: Int { state.slotOf.count }

    /// How many of the first blocks of a text its cache holds.
    package func cachedBlocks(of contents: [UInt64]) -> Int {
        options.prefixCache ? state.pool.prefix(of: contents).blocks : 0
    }

    /// Puts a request at the end of the queue. O(1), and O(blocks of the prompt) with a cache.
    ///
    /// - Throws: ``SubmitError`` when the request could never run.
    package mutating func submit(_ request: EngineRequest, now: Int64) throws(SubmitError) {
        try admissible(request)
        state.enqueue(request, arrival: arrivals, now: now)
        arrivals += 1
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
        if state.slotOf[request.id] != nil { throw .duplicate(request.id) }
    }

    /// Forgets a request and frees what it holds; a step in flight runs on without emitting its
    /// token. O(requests held).
    ///
    /// - Returns: whether the engine held it.
    @discardableResult
    package mutating func cancel(_ id: EngineRequest.ID, now: Int64) -> Bool {
        guard let slot = state.slotOf[id] else { return false }
        state.remove(slot)
        state.counters.cancelled += 1
        return true
    }

    /// Has the tokens of a request told that were made so far.
    mutating func settle(_ id: EngineRequest.ID) {
        if let slot = state.slotOf[id] { state.settle(slot) }
    }

    /// Appends the tokens that were made and not told: of requests that left a step's company or
    /// the engine, or were asked for.
    mutating func takeUntold(into emissions: inout [Emission]) {
        state.takeUntold(into: &emissions)
    }

    /// The requests that the engine gave up since they were last asked for.
    package mutating func takeAbandoned() -> [EngineRequest.ID] {
        if state.abandoned.isEmpty { return [] }
        defer { state.abandoned.removeAll(keepingCapacity: true) }
        return state.abandoned
    }

    /// The sequences that had to leave for want of memory since they were last asked for.
    mutating func takeEvicted() -> [EvictedSequence] {
        if state.evicted.isEmpty { return [] }
        defer { state.evicted.removeAll(keepingCapacity: true) }
        return state.evicted.map(EvictedSequence.init)
    }

    /// Whether a sequence of another engine would be admitted now.
    func hasRoom(for evicted: EvictedSequence) -> Bool {
        state.waiting.isEmpty && state.vacancies > 0
            && state.pool.admits(blocks: BlockPool.blocks(for: evicted.sequence.known))
    }

    /// Takes a sequence back that found no other engine: it waits, and is computed again.
    mutating func putBack(_ evicted: EvictedSequence) { state.putBack(evicted.sequence) }

    /// Plans what runs from `now` on. O(running + admitted).
    ///
    /// - Returns: the step, which is then in flight; nil when there is nothing to run before
    ///   ``wakeNs``.
    package mutating func nextStep(now: Int64) -> StepPlan? {
        precondition(inFlight == nil, "A step is planned when none is in flight.")
        state.begin(now: now)
        scheduler.plan(&state)
        mostBlocks = max(mostBlocks, state.pool.used)
        if state.shape.isEmpty {
            if let end = state.channels.nextEndNs { state.askAgain(at: end) }
            precondition(
                state.slotOf.isEmpty || state.wakeNs != nil, "A request waits and nothing runs.")
            return nil
        }
        let end = now + stepTimes.nanoseconds(state.shape)
        let plan = StepPlan(
            ordinal: state.counters.steps, startNs: now, endNs: end,
            deliveryNs: end + options.frontEndNs, sequences: state.shape.sequences,
            newTokens: state.shape.newTokens, decodes: state.shape.decodes)
        state.counters.steps += 1
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
        state.completeStep(deliveryNs: plan.deliveryNs, into: &emissions)
        return plan
    }
}

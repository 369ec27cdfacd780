import HeapModule

/// Tokens on their way to their client, or the end of an answer that the engine gave up.
package struct Delivery: Hashable, Sendable {
    package var request: EngineRequest.ID
    /// The first token's index in the answer; nil where the engine gave the answer up.
    package var index: Int?
    /// Why the answer ends with the last; nil where it goes on.
    package var finish: AnswerEnding?
    /// When the last leaves the front end, ns.
    package var ns: Int64
    /// Where the tokens stand in ``EngineFleet/instants``; nil where those are not kept, and of
    /// which each delivery has one.
    package var stretch: TokenStretch?
}

/// Engines that serve together behind one address, in a time that its driver keeps: real or
/// virtual.
///
/// Its events lie at ``nextEventNs``. ``complete(at:into:)`` ends what ends at an instant,
/// ``submit(_:now:)`` and ``cancel(_:now:)`` say what clients do at it, ``plan(at:into:)`` then
/// begins the steps that follow: so that requests which come as a step ends are in the next one.
package struct EngineFleet: Sendable {
    package let options: EngineOptions
    var members: [EngineCore]
    /// When each member's step ends, or it has to be asked for one although nothing else happens,
    /// ns; the greatest number for never. Looking at the members themselves would copy them.
    private var nextNs: [Int64]
    /// The same instants in order; one that no longer is its member's is passed over.
    private var events = Heap<MemberEvent>()
    private var due: [Int] = []
    /// Members that have to be asked for a step, and whether each is among them.
    private var unplanned: [Int] = []
    private var needsPlan: [Bool]
    /// Requests that engines for prefill or migration carry to another, by when they are there.
    private var moving = Heap<Moving>()
    private let link: KeyValueLink
    private var router: Router
    private var scratch: [Emission] = []
    /// When the tokens of the steps left, where they are told together.
    package private(set) var instants: StepInstants?
    /// Requests on more than one way: how they came, until they are with a decode engine.
    private var origins: [EngineRequest.ID: EngineRequest] = [:]
    /// Where each request is; kept only where there is a choice.
    private var memberOf: [EngineRequest.ID: Int] = [:]
    private var moves = 0
    /// Streams moved to another engine for want of memory.
    package private(set) var migrations = 0
    private var cancelledMoving = 0
    /// Requests that engines for prompts are done with.
    private var handedOver = 0

    /// Idle engines; the options have been validated.
    ///
    /// - Parameter gathers: The tokens of an answer come together, when it ends or leaves its
    ///   engine or ``settle(_:into:)`` asks for them, with their ``instants``. Else each comes when
    ///   its step ends.
    package init(options: EngineOptions, gathers: Bool = false) {
        self.options = options
        if gathers { instants = StepInstants(engines: options.engines) }
        members = (0..<options.engines).map { index in
            var own = options
            own.seed = options.seed &+ UInt64(index)
            if options.scheduler == .disaggregated {
                own.scheduler = index < options.prefillCount ? .prefillFirst : .chunked
            }
            return EngineCore(options: own, gathers: gathers)
        }
        nextNs = members.map { _ in .max }
        needsPlan = members.map { _ in false }
        link = KeyValueLink(options)
        router = Router(options)
    }

    /// The engines' queues and totals, added up.
    package var load: EngineLoad {
        var load = EngineLoad()
        for member in members { load += member.load }
        load.cancelled += cancelledMoving
        load.finished -= handedOver
        return load
    }

    /// Whether no engine holds a request and none is on its way.
    package var isIdle: Bool { moving.isEmpty && members.allSatisfy(\.isIdle) }

    /// The next instant at which something may happen without the clients; nil where nothing does.
    /// O(1).
    package var nextEventNs: Int64? {
        let next = min(moving.min?.atNs ?? .max, events.min?.ns ?? .max)
        return next == .max ? nil : next
    }

    private mutating func setNext(_ ns: Int64, of index: Int) {
        nextNs[index] = ns
        if ns < .max { events.insert(MemberEvent(ns: ns, index: index)) }
    }

    private mutating func askForStep(of index: Int) {
        guard !needsPlan[index] else { return }
        needsPlan[index] = true
        unplanned.append(index)
    }

    /// Finds the members whose instants have come, in order.
    private mutating func takeDue(at now: Int64) {
        due.removeAll(keepingCapacity: true)
        while let event = events.min, event.ns <= now {
            events.removeMin()
            guard nextNs[event.index] == event.ns else { continue }
            nextNs[event.index] = .max
            due.append(event.index)
        }
        if due.count > 1 { due.sort() }
    }

    /// Checks a request without taking it.
    package func admissible(_ request: EngineRequest) throws(SubmitError) {
        try members[0].admissible(request)
        if memberOf[request.id] != nil { throw .duplicate(request.id) }
    }

    /// Hands a request to one of the engines.
    ///
    /// - Throws: ``SubmitError`` when the request could never run.
    package mutating func submit(_ request: EngineRequest, now: Int64) throws(SubmitError) {
        try admissible(request)
        var request = request
        if let reader = options.abandonFor, request.deadline == nil {
            request.deadline = reader.deadline(from: now)
        }
        let index = router.arrival(request, members[0..<router.entries])
        if options.scheduler == .disaggregated {
            origins[request.id] = request
            // The engine for prompts makes the first token; the others come elsewhere.
            request.outputTokens = 1
        }
        try give(request, to: index, now: now)
    }

    private mutating func give(
        _ request: EngineRequest, to index: Int, now: Int64
    ) throws(SubmitError) {
        try members[index].submit(request, now: now)
        if members.count > 1 { memberOf[request.id] = index }
        if members[index].inFlight == nil { askForStep(of: index) }
    }

    /// Appends the tokens that a request has and that were not told. O(1).
    package mutating func settle(_ id: EngineRequest.ID, into deliveries: inout [Delivery]) {
        guard instants != nil, let index = members.count > 1 ? memberOf[id] : 0 else { return }
        members[index].settle(id)
        tell(from: index, into: &deliveries)
    }

    /// Appends what a member has not told.
    private mutating func tell(from index: Int, into deliveries: inout [Delivery]) {
        guard instants != nil else { return }
        scratch.removeAll(keepingCapacity: true)
        members[index].takeUntold(into: &scratch)
        for emission in scratch { deliver(emission, nil, from: index, into: &deliveries) }
    }

    /// Forgets a request, of which no more is told; what it had has to be asked for before.
    /// O(requests held by its engine).
    ///
    /// - Returns: whether it was held.
    @discardableResult
    package mutating func cancel(_ id: EngineRequest.ID, now: Int64) -> Bool {
        let index = members.count > 1 ? memberOf[id] : 0
        origins[id] = nil
        guard let index else { return false }
        memberOf[id] = nil
        if members[index].cancel(id, now: now) {
            if members[index].inFlight == nil { askForStep(of: index) }
            return true
        }
        // It is on its way between two engines, and finds nobody who waits for it.
        cancelledMoving += 1
        return true
    }

    /// Ends the steps that end by `now`, hands over what reaches another engine by then, and
    /// appends the tokens to `deliveries`. O(participants + log engines).
    package mutating func complete(at now: Int64, into deliveries: inout [Delivery]) {
        takeDue(at: now)
        for index in due {
            askForStep(of: index)
            // Without a step, the instant is one at which the engine is asked again.
            if let step = members[index].inFlight {
                scratch.removeAll(keepingCapacity: true)
                members[index].completeStep(now: now, into: &scratch)
                instants?.append(step.deliveryNs, of: index, decoded: step.decodes > 0)
                for emission in scratch {
                    deliver(emission, step, from: index, into: &deliveries)
                }
            }
        }
        while let next = moving.min, next.atNs <= now {
            moving.removeMin()
            arrive(next, now: now)
        }
    }

    private mutating func deliver(
        _ emission: Emission, _ step: StepPlan?, from index: Int,
        into deliveries: inout [Delivery]
    ) {
        var finish = emission.finish
        if options.scheduler == .disaggregated, index < options.prefillCount, let step,
            var origin = origins.removeValue(forKey: emission.request), origin.outputTokens > 1
        {
            finish = nil
            handedOver += 1
            origin.generated = 1
            move(origin, at: step.endNs + link.handOverNs(origin.promptTokens), to: nil)
        }
        if finish != nil, members.count > 1 { memberOf[emission.request] = nil }
        let stretch = instants?.stretch(of: index, count: emission.count, end: emission.end)
        guard let ns = stretch.flatMap({ instants?[$0].last }) ?? step?.deliveryNs else {
            preconditionFailure("Tokens that a step did not just make have instants that are kept.")
        }
        deliveries.append(
            Delivery(
                request: emission.request, index: emission.index, finish: finish, ns: ns,
                stretch: stretch))
    }

    private mutating func move(_ request: EngineRequest, at ns: Int64, to index: Int?) {
        moving.insert(Moving(atNs: ns, ordinal: moves, request: request, target: index))
        moves += 1
    }

    private mutating func arrive(_ moving: Moving, now: Int64) {
        // Cancelled on its way.
        guard memberOf[moving.request.id] != nil else { return }
        let index =
            moving.target ?? router.leastLoaded(members[options.prefillCount...])
        do throws(SubmitError) {
            try give(moving.request, to: index, now: now)
        } catch {
            preconditionFailure("A request that one engine took is taken by its like: \(error)")
        }
    }

    /// Begins the steps of the engines that have none. O(what they plan).
    ///
    /// - Parameter deliveries: Gets the ends of the answers that engines give up.
    package mutating func plan(at now: Int64, into deliveries: inout [Delivery]) {
        if unplanned.count > 1 { unplanned.sort() }
        for index in unplanned {
            needsPlan[index] = false
            let step = members[index].nextStep(now: now)
            tell(from: index, into: &deliveries)
            setNext(step?.endNs ?? members[index].wakeNs ?? .max, of: index)
            for id in members[index].takeAbandoned() {
                memberOf[id] = nil
                origins[id] = nil
                deliveries.append(
                    Delivery(
                        request: id, index: nil, finish: .abort, ns: now + options.frontEndNs))
            }
            if options.preemption == .migrate { migrate(from: index, now: now) }
        }
        unplanned.removeAll(keepingCapacity: true)
    }

    /// Moves the streams that an engine has no memory for to those that have.
    private mutating func migrate(from index: Int, now: Int64) {
        for evicted in members[index].takeEvicted() {
            let target = members.indices.first {
                $0 != index && $0 >= options.prefillCount && members[$0].hasRoom(for: evicted)
            }
            if let target {
                migrations += 1
                move(
                    evicted.moved, at: now + link.migrationNs(evicted.computed), to: target)
            } else {
                members[index].putBack(evicted)
            }
        }
    }

    /// Lets all happen that happens by `now`, clients aside.
    package mutating func advance(to now: Int64, into deliveries: inout [Delivery]) {
        while let next = nextEventNs, next <= now {
            complete(at: next, into: &deliveries)
            plan(at: next, into: &deliveries)
        }
    }
}

/// A request between two engines.
private struct Moving: Comparable, Sendable {
    let atNs: Int64
    let ordinal: Int
    let request: EngineRequest
    /// The engine that it goes to; nil where that is chosen on arrival.
    let target: Int?

    static func < (a: Moving, b: Moving) -> Bool { (a.atNs, a.ordinal) < (b.atNs, b.ordinal) }
    static func == (a: Moving, b: Moving) -> Bool { (a.atNs, a.ordinal) == (b.atNs, b.ordinal) }
}

extension EngineFleet {
    /// The largest share of an engine's key/value blocks that was held when a step was planned,
    /// 0...1. O(engines).
    package var peakKeyValueUse: Double { members.lazy.map(\.peakKeyValueUse).max() ?? 0 }

    /// Traps unless each engine's queues, blocks and step agree; for tests.
    package func checkInvariants() {
        for member in members { member.checkInvariants() }
    }
}

/// An instant at which a member's step ends, or it has to be asked for one.
private struct MemberEvent: Comparable, Sendable {
    let ns: Int64
    let index: Int

    static func < (a: MemberEvent, b: MemberEvent) -> Bool { (a.ns, a.index) < (b.ns, b.index) }
}

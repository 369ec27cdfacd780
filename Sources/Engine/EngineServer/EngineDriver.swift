import EngineModel
import EventLoop
import HeapModule
import TimeBase

/// How punctual the engine's tokens were.
package struct DeliveryLateness: Hashable, Sendable {
    /// Later than this counts as late, in ns.
    package static let toleranceNs: Int64 = 1_000_000

    /// Steps whose tokens were delivered.
    package private(set) var deliveries = 0
    /// Steps whose tokens were more than ``toleranceNs`` late.
    package private(set) var late = 0
    /// The worst, and all together, in ns.
    package private(set) var worstNs: Int64 = 0
    package private(set) var totalNs: Int64 = 0

    mutating func record(_ ns: Int64) {
        deliveries += 1
        if ns > Self.toleranceNs { late += 1 }
        worstNs = max(worstNs, ns)
        totalNs += ns
    }
}

/// An ``EngineFleet`` in real time: its steps end, and its tokens leave, at the instants that the
/// model computes.
///
/// Steps are chained from the end of one to the start of the next, never from the moment at which
/// the timer happened to fire: lateness of the machine delays tokens, but does not slow the engine
/// down or add up.
final class EngineDriver {
    /// Takes one token or the end of an answer that was given up, with the instant at which it was
    /// due.
    typealias Receiver = (_ delivery: Delivery, _ dueNs: Int64) -> Void

    private let timer: DeadlineTimer
    private var fleet: EngineFleet
    private var receivers: [EngineRequest.ID: Receiver] = [:]
    private var deliveries: [Delivery] = []
    /// Tokens between the end of their step and their delivery.
    private var frontEnd = Heap<HeldToken>()
    /// Tokens that have been in the front end.
    private var ordinals = 0
    private let holding: TokenHolding
    /// The streams whose tokens are delayed.
    private var releases: [EngineRequest.ID: TokenRelease] = [:]
    private(set) var lateness = DeliveryLateness()

    init(loop: EventLoop, options: EngineOptions) throws(SystemError) {
        timer = try DeadlineTimer(loop: loop)
        fleet = EngineFleet(options: options)
        holding = options.holding
    }

    var load: EngineLoad { fleet.load }

    func close() {
        timer.close()
        receivers.removeAll()
    }

    /// Puts a request into the engine; `receiver` gets each of its tokens on later turns.
    func submit(
        _ request: EngineRequest, receiver: @escaping Receiver
    ) throws(SubmitError) {
        let now = RawClock.now().ns
        // Steps that were due before the arrival happen before it.
        advance(to: now)
        try fleet.submit(request, now: now)
        receivers[request.id] = receiver
        if holding.delays { releases[request.id] = TokenRelease(holding) }
        fleet.plan(at: now, into: &deliveries)
        enterFrontEnd()
        arm()
    }

    /// Checks a request without taking it.
    func admissible(_ request: EngineRequest) throws(SubmitError) {
        try fleet.admissible(request)
    }

    /// Drops a request and what it has in the front end.
    func cancel(_ id: EngineRequest.ID) {
        receivers[id] = nil
        releases[id] = nil
        let now = RawClock.now().ns
        advance(to: now)
        fleet.cancel(id, now: now)
        fleet.plan(at: now, into: &deliveries)
        enterFrontEnd()
        arm()
    }

    /// Ends all steps that end by `now`, and begins those that follow.
    private func advance(to now: Int64) {
        fleet.advance(to: now, into: &deliveries)
        enterFrontEnd()
    }

    /// Puts what the engines have made into the front end.
    private func enterFrontEnd() {
        for delivery in deliveries {
            let dueNs = releases[delivery.request]?.due(delivery.ns) ?? delivery.ns
            if delivery.finish != nil { releases[delivery.request] = nil }
            frontEnd.insert(HeldToken(dueNs: dueNs, ordinal: ordinals, delivery: delivery))
            ordinals += 1
        }
        deliveries.removeAll(keepingCapacity: true)
    }

    /// Hands out the tokens that are due by `now`.
    private func deliver(by now: Int64) {
        var last: Int64?
        while let next = frontEnd.min, next.dueNs <= now {
            frontEnd.removeMin()
            if next.dueNs != last {
                lateness.record(now - next.dueNs)
                last = next.dueNs
            }
            let receiver =
                next.delivery.finish == nil
                ? receivers[next.delivery.request]
                : receivers.removeValue(forKey: next.delivery.request)
            receiver?(next.delivery, next.dueNs)
        }
    }

    /// Sets the timer to the next end of a step or delivery.
    private func arm() {
        let next = [fleet.nextEventNs, frontEnd.min?.dueNs].compactMap(\.self).min()
        guard let next else { return timer.disarm() }
        timer.arm(at: LocalInstant(ns: next)) { [unowned self] in
            let now = RawClock.now().ns
            deliver(by: now)
            advance(to: now)
            arm()
        }
    }
}

/// A token on its way out, ordered by when it is due, then by when it was made.
private struct HeldToken: Comparable {
    let dueNs: Int64
    let ordinal: Int
    let delivery: Delivery

    static func < (a: HeldToken, b: HeldToken) -> Bool {
        (a.dueNs, a.ordinal) < (b.dueNs, b.ordinal)
    }
}

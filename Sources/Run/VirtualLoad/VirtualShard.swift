package import EngineModel
import HeapModule
import Randomness
import TimeBase
import TokenLog
package import Wire
package import Workload

/// An agent's part of a run in virtual time: its schedule, and engines of its own that it drives.
///
/// At one instant steps end first, then answers reach the client, then what is due is sent, and
/// last the engines begin their next steps: as in a real run, where a request that comes as a step
/// ends is in the next one. The network takes no time.
package struct VirtualShard: ~Copyable {
    private let configuration: RunConfiguration
    private let options: EngineOptions
    private let holding: TokenHolding
    private let drain: TimeSpan
    private var schedule: RequestSchedule
    private var fleet: EngineFleet
    /// Every request that was due, in the order in which they were sent or given up.
    package private(set) var streams: [VirtualStream] = []
    /// Requests that were never due, by their phase.
    package private(set) var notNeeded: [Phase: Int] = [:]
    /// Ends that are on their way to the client, and instants at which time limits are looked at.
    private var ends = Heap<Instant>()
    private var limits = Heap<Instant>()
    private var deliveries: [Delivery] = []
    private var random: RandomStream

    /// Something that happens to a stream.
    private struct Instant: Comparable {
        var ns: Int64
        var stream: Int

        static func < (a: Instant, b: Instant) -> Bool { (a.ns, a.stream) < (b.ns, b.stream) }
    }

    /// - Parameters:
    ///   - configuration: The agent's orders: stages and time limits above all.
    ///   - requests: Its shard.
    ///   - options: Its engines'; they have been validated.
    package init(
        _ configuration: RunConfiguration, _ requests: [PlannedRequest], options: EngineOptions
    ) {
        self.configuration = configuration
        self.options = options
        holding = options.holding
        drain = TimeSpan(ns: configuration.drainNs)
        schedule = RequestSchedule(
            requests: requests, stages: configuration.stages, rounds: configuration.rounds,
            start: LocalInstant(ns: 0))
        fleet = EngineFleet(options: options, gathers: true)
        random = RandomStream(seed: options.seed)
    }

    /// When the tokens of the engines' steps left, which the streams' tokens stand by.
    package var instants: StepInstants? { fleet.instants }

    /// The engines' queues and totals.
    package var load: EngineLoad { fleet.load }

    /// Lets the whole run happen. O(tokens + requests log requests).
    package mutating func run() {
        while schedule.inFlight > 0 || schedule.nextDue != nil {
            let cut = schedule.cut(after: drain)?.ns ?? .max
            let now = min(
                schedule.nextDue?.ns ?? .max, fleet.nextEventNs ?? .max, ends.min?.ns ?? .max,
                limits.min?.ns ?? .max, cut)
            precondition(now < .max, "a request is in flight, and nothing happens any more")
            happen(at: now, isCut: now == cut)
        }
        for ordinal in schedule.takeNeverDue() { notNeeded(ordinal) }
    }

    private mutating func happen(at now: Int64, isCut: Bool) {
        fleet.complete(at: now, into: &deliveries)
        takeDeliveries()
        while let end = ends.min, end.ns <= now {
            ends.removeMin()
            finish(end.stream)
        }
        while let limit = limits.min, limit.ns <= now {
            limits.removeMin()
            look(at: limit.stream, now: now)
        }
        // A request that ended just now may have put the cut off.
        if isCut, let cut = schedule.cut(after: drain), cut.ns <= now { endDrain(at: now) }
        while let due = schedule.takeDue(now: LocalInstant(ns: now)) { send(due, at: now) }
        fleet.plan(at: now, into: &deliveries)
        takeDeliveries()
    }

    // MARK: Sending

    private mutating func send(_ due: DueRequest, at now: Int64) {
        let planned = schedule.request(due.ordinal)
        let index = streams.count
        streams.append(VirtualStream(planned, due, sentNs: now, holding: holding))
        do throws(SubmitError) {
            let work = engineRequest(planned, id: EngineRequest.ID(index))
            if configuration.endpoint == .chat, let thoughts = options.thoughts {
                streams[index].think(
                    thoughts.count(of: work.outputTokens), areHidden: thoughts.areHidden)
            }
            try fleet.submit(work, now: now)
            limits.insert(
                Instant(ns: firstLimit(from: now), stream: index))
        } catch {
            streams[index].outcome = .failed
            streams[index].error = RequestError(
                kind: .httpStatus, status: 400, detail: error.description)
            // A server that refuses takes its front end's time, too.
            end(index, at: now + options.frontEndNs)
        }
    }

    private mutating func engineRequest(
        _ planned: PlannedRequest, id: EngineRequest.ID
    ) -> EngineRequest {
        var request = EngineRequest(
            id: id, promptTokens: Int(planned.inputTokens),
            outputTokens: Int(planned.outputTokens))
        if !configuration.ignoreEOS, let mean = options.meanAnswerTokens {
            let natural = NaturalLength(mean: mean).draw(using: &random)
            if natural < request.outputTokens {
                request.outputTokens = natural
                request.ending = .stop
            }
        }
        if options.prefixCache { request.contents = planned.contents.hashes }
        return request
    }

    // MARK: News of requests

    private mutating func takeDeliveries() {
        for delivery in deliveries {
            let index = Int(delivery.request)
            if delivery.index != nil {
                let ns = streams[index].tokens.take(delivery, fleet.instants)
                guard let ending = delivery.finish else { continue }
                streams[index].finishReason = ending == .stop ? .stop : .length
                end(index, at: ns)
            } else {
                streams[index].outcome = .abandoned
                streams[index].finishReason = .abort
                // Tokens that are held back still come before the end.
                end(index, at: max(delivery.ns, streams[index].tokens.lastNs(fleet.instants) ?? 0))
            }
        }
        deliveries.removeAll(keepingCapacity: true)
    }

    private mutating func end(_ index: Int, at ns: Int64) {
        streams[index].finishNs = ns
        ends.insert(Instant(ns: ns, stream: index))
    }

    private mutating func finish(_ index: Int) {
        // Cut off while its end was on its way.
        guard !streams[index].isOver else { return }
        streams[index].isOver = true
        schedule.finished(
            ordinal: streams[index].ordinal, at: LocalInstant(ns: streams[index].finishNs))
    }

    private mutating func cut(
        _ index: Int, at now: Int64, _ outcome: TokenLog.Outcome, _ error: RequestError
    ) {
        settle(index)
        fleet.cancel(EngineRequest.ID(index), now: now)
        streams[index].cut(at: now, outcome, error, fleet.instants)
        schedule.finished(ordinal: streams[index].ordinal, at: LocalInstant(ns: now))
    }

    /// Takes the tokens that a stream has by now.
    private mutating func settle(_ index: Int) {
        fleet.settle(EngineRequest.ID(index), into: &deliveries)
        takeDeliveries()
    }

    // MARK: Time limits

    private func firstLimit(from sent: Int64) -> Int64 {
        let timeouts = configuration.timeouts
        return Self.sum(
            sent, min(timeouts.firstTokenNs, timeouts.betweenTokensNs, timeouts.totalNs))
    }

    /// An instant and a span, held to what can be written: a limit may be "never".
    private static func sum(_ ns: Int64, _ span: Int64) -> Int64 {
        let (sum, overflow) = ns.addingReportingOverflow(span)
        return overflow ? .max : sum
    }

    /// Ends a stream whose time is over, or looks at it again when that may be.
    private mutating func look(at index: Int, now: Int64) {
        guard !streams[index].isOver, let sent = streams[index].sentNs else { return }
        settle(index)
        let timeouts = configuration.timeouts
        // Tokens may be known that have not come yet.
        let last = streams[index].lastNs(by: now, fleet.instants)
        let token =
            last.map { Self.sum($0, timeouts.betweenTokensNs) }
            ?? Self.sum(sent, timeouts.firstTokenNs)
        let total = Self.sum(sent, timeouts.totalNs)
        guard min(token, total) <= now else {
            // The first token sets another clock, and its time is not known before.
            let next = last == nil ? Self.sum(now, timeouts.betweenTokensNs) : token
            limits.insert(Instant(ns: min(token, total, next), stream: index))
            return
        }
        let error: RequestError
        if total <= now {
            error = RequestError(
                kind: .totalTimeout,
                detail: "not over \(TimeSpan(ns: timeouts.totalNs).seconds) s "
                    + "after it was sent")
        } else if last == nil {
            error = RequestError(
                kind: .firstTokenTimeout,
                detail: "no token within \(TimeSpan(ns: timeouts.firstTokenNs).seconds) s")
        } else {
            error = RequestError(
                kind: .betweenTokensTimeout,
                detail: "no further token within "
                    + "\(TimeSpan(ns: timeouts.betweenTokensNs).seconds) s")
        }
        cut(index, at: now, .failed, error)
    }

    // MARK: The end

    /// The drain time is over: what is in flight is cut off, and what waits is never sent.
    private mutating func endDrain(at now: Int64) {
        var neverSent = RequestError(kind: .drained, detail: "")
        neverSent.detail = "no place within \(drain.seconds) s after the last stage: never sent"
        for due in schedule.takeWaiting(now: LocalInstant(ns: now)) {
            var stream = VirtualStream(
                schedule.request(due.ordinal), due, sentNs: nil, holding: holding)
            stream.cut(at: now, .unfinished, neverSent, nil)
            streams.append(stream)
        }
        for ordinal in schedule.stop() { notNeeded(ordinal) }
        let error = RequestError(
            kind: .drained, detail: "still in flight \(drain.seconds) s after the last stage")
        for index in streams.indices where !streams[index].isOver {
            cut(index, at: now, .unfinished, error)
        }
    }

    private mutating func notNeeded(_ ordinal: Int) {
        notNeeded[schedule.request(ordinal).phase, default: 0] += 1
    }
}

extension PlannedRequest {
    /// The contents of the full blocks of its prompt. An answer to an earlier turn is known by its
    /// session and turn.
    fileprivate var contents: BlockContents {
        BlockContents(
            of: prompt.lazy.map { segment in
                let seed =
                    usesTexts && segment.answeredTurn != nil
                    ? mix64(segment.seed ^ UInt64(session) << 33) : segment.seed
                return TextPiece(seed: seed, tokens: Int(segment.tokens))
            })
    }
}

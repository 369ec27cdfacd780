/// A request of a virtual run.
package struct VirtualArrival: Hashable, Sendable {
    /// When the request reaches the engine, in ns after the start.
    package var atNs: Int64
    package var promptTokens: Int
    package var outputTokens: Int
    /// The contents of the full blocks of its prompt and then of its answer; see
    /// ``BlockContents``.
    package var contents: [UInt64]
    /// When its reader wants its tokens, for engines that are told.
    package var deadline: ReaderDeadline?

    package init(
        atNs: Int64, promptTokens: Int, outputTokens: Int, contents: [UInt64] = [],
        deadline: ReaderDeadline? = nil
    ) {
        self.atNs = atNs
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.contents = contents
        self.deadline = deadline
    }
}

/// Engines fed with a list of arrivals in virtual time: the schedulers of a real run, as fast as
/// they compute.
package struct VirtualRun: Sendable {
    package let options: EngineOptions
    /// Whether the engines' invariants are checked after every step.
    package var checksInvariants = false
    /// Whether each token is told when its step ends, as in real time: slower, and the same.
    package var tellsEachStep = false

    /// The results of a run.
    package struct Outcome: Sendable {
        /// Stamps of the tokens of each arrival, in ns after the start; empty where the engine
        /// refused the request.
        package var tokenNs: AnswerTimes
        /// When each answer ended, in ns after the start: with its last token, or when the engine
        /// gave it up.
        package var finishNs: [Int64]
        /// Arrivals that the engine refused.
        package var refused: [Int: SubmitError]
        /// Arrivals whose answers the engine gave up.
        package var abandoned: Set<Int>
        /// The engines' totals at the end.
        package var load: EngineLoad
        /// Streams moved to another engine for want of memory.
        package var migrations: Int
        /// Largest share of key/value blocks held, 0...1.
        package var peakKeyValueUse: Double

        /// The stamp of the last token; 0 without tokens.
        package var lastTokenNs: Int64 { tokenNs.lastNs ?? 0 }
    }

    package init(options: EngineOptions) { self.options = options }

    /// Runs until every answer is complete.
    ///
    /// - Parameter arrivals: in any order; equal instants are served in the order of the list.
    package func callAsFunction(_ arrivals: [VirtualArrival]) -> Outcome {
        let order = arrivals.indices.sorted {
            (arrivals[$0].atNs, $0) < (arrivals[$1].atNs, $1)
        }
        var fleet = EngineFleet(options: options, gathers: !tellsEachStep)
        var outcome = Outcome(
            tokenNs: AnswerTimes(arrivals.map { _ in AnswerTokens(options.holding) }),
            finishNs: arrivals.map(\.atNs), refused: [:], abandoned: [], load: EngineLoad(),
            migrations: 0, peakKeyValueUse: 0)
        var deliveries: [Delivery] = []
        var next = order.startIndex

        while true {
            let arrival = next < order.endIndex ? arrivals[order[next]].atNs : .max
            let now = min(arrival, fleet.nextEventNs ?? .max)
            if now == .max { break }
            fleet.complete(at: now, into: &deliveries)
            while next < order.endIndex, arrivals[order[next]].atNs <= now {
                let index = order[next]
                next += 1
                do throws(SubmitError) {
                    try fleet.submit(
                        EngineRequest(id: EngineRequest.ID(index), arrivals[index]), now: now)
                } catch {
                    outcome.refused[index] = error
                }
            }
            fleet.plan(at: now, into: &deliveries)
            if checksInvariants { fleet.checkInvariants() }
            for delivery in deliveries {
                let index = Int(delivery.request)
                if delivery.index != nil {
                    outcome.finishNs[index] = outcome.tokenNs.answers[index].take(
                        delivery, fleet.instants)
                } else {
                    outcome.abandoned.insert(index)
                    // Tokens that are held back are still delivered before the end.
                    let last = outcome.tokenNs.answers[index].lastNs(fleet.instants)
                    outcome.finishNs[index] = max(delivery.ns, last ?? 0)
                }
            }
            deliveries.removeAll(keepingCapacity: true)
        }
        outcome.tokenNs.instants = fleet.instants
        outcome.load = fleet.load
        outcome.peakKeyValueUse = fleet.peakKeyValueUse
        outcome.migrations = fleet.migrations
        return outcome
    }
}

extension EngineRequest {
    fileprivate init(id: ID, _ arrival: VirtualArrival) {
        self.init(
            id: id, promptTokens: arrival.promptTokens, outputTokens: arrival.outputTokens)
        contents = arrival.contents
        deadline = arrival.deadline
    }
}

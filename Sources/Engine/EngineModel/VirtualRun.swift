/// A request of a virtual run.
package struct VirtualArrival: Hashable, Sendable {
    /// When the request reaches the engine, in ns after the start.
    package var atNs: Int64
    package var promptTokens: Int
    package var outputTokens: Int

    package init(atNs: Int64, promptTokens: Int, outputTokens: Int) {
        self.atNs = atNs
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
    }
}

/// An engine fed with a list of arrivals in virtual time: the schedulers of a real run, as fast as
/// they compute.
package struct VirtualRun: Sendable {
    package let options: EngineOptions
    /// Whether the engine's invariants are checked after every step.
    package var checksInvariants = false

    /// The results of a run.
    package struct Outcome: Sendable {
        /// Stamps of the tokens of each arrival, in ns after the start; empty where the engine
        /// refused the request.
        package var tokenNs: [[Int64]]
        /// Arrivals that the engine refused.
        package var refused: [Int: SubmitError]
        /// The engine's totals at the end.
        package var load: EngineLoad
        /// Largest share of key/value blocks held, 0...1.
        package var peakKeyValueUse: Double
        /// FNV-1a over all emissions and their stamps: equal runs have equal hashes.
        package var traceHash: UInt64

        /// The stamp of the last token; 0 without tokens.
        package var lastTokenNs: Int64 { tokenNs.lazy.compactMap(\.last).max() ?? 0 }
    }

    package init(options: EngineOptions) { self.options = options }

    /// Runs until every answer is complete.
    ///
    /// - Parameter arrivals: in any order; equal instants are served in the order of the list.
    package func callAsFunction(_ arrivals: [VirtualArrival]) -> Outcome {
        let order = arrivals.indices.sorted {
            (arrivals[$0].atNs, $0) < (arrivals[$1].atNs, $1)
        }
        var core = EngineCore(options: options)
        var outcome = Outcome(
            tokenNs: Array(repeating: [], count: arrivals.count), refused: [:],
            load: core.load, peakKeyValueUse: 0, traceHash: 0xCBF2_9CE4_8422_2325)
        var next = order.startIndex
        var emissions: [Emission] = []
        var now: Int64 = 0

        while true {
            while next < order.endIndex, arrivals[order[next]].atNs <= now {
                let index = order[next]
                next += 1
                let request = EngineRequest(
                    id: EngineRequest.ID(index), promptTokens: arrivals[index].promptTokens,
                    outputTokens: arrivals[index].outputTokens)
                do throws(SubmitError) {
                    try core.submit(request, now: arrivals[index].atNs)
                } catch {
                    outcome.refused[index] = error
                }
            }
            guard let step = core.nextStep(now: now) else {
                guard next < order.endIndex else { break }
                now = arrivals[order[next]].atNs
                continue
            }
            if checksInvariants { core.checkInvariants() }
            outcome.peakKeyValueUse = max(outcome.peakKeyValueUse, core.load.keyValueUse)
            now = step.endNs
            emissions.removeAll(keepingCapacity: true)
            core.completeStep(now: now, into: &emissions)
            if checksInvariants { core.checkInvariants() }
            for emission in emissions {
                outcome.tokenNs[Int(emission.request)].append(step.deliveryNs)
                outcome.traceHash.mix(emission.request)
                outcome.traceHash.mix(UInt64(bitPattern: step.deliveryNs))
            }
        }
        outcome.load = core.load
        return outcome
    }
}

extension UInt64 {
    /// Takes the eight bytes of `value` into an FNV-1a hash.
    fileprivate mutating func mix(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            self = (self ^ (value >> UInt64(shift)) & 0xFF) &* 0x0000_0100_0000_01B3
        }
    }
}

import Goodput
import Sampling

/// The worth of a run's figures, and of each of several stages.
///
/// At most ``together`` parts are looked at in the same passes, so that memory does not grow with
/// the number of stages. Feed ``add(_:for:)`` all requests, then call ``endPass()``; while it says
/// so, feed the requests again as it says.
struct StageSampling {
    /// The next pass that is asked for.
    enum Demand: Equatable {
        /// All requests once more, to ``StageSampling/add(_:for:)``.
        case requests
        /// The same in the same order, to ``StageSampling/revisit(_:)``.
        case again
        case nothing
    }

    /// Parts that are looked at in the same passes.
    private static let together = 4

    private let robust: Reader
    private let spans: StageSpans
    /// Scopes that are yet to come.
    private var waiting: [Scope]
    private var batch: [Part] = []
    private var results: [Scope: RunSamples] = [:]

    private enum Scope: Hashable {
        case run
        case stage(Int)
    }

    private struct Part {
        var scope: Scope
        var sampling: RunSampling
        var isDone = false
    }

    init(_ spans: StageSpans, beside robust: Reader) {
        self.spans = spans
        self.robust = robust
        waiting = spans.run == nil ? [] : [.run]
        waiting += spans.stages.indices.filter { spans.stages[$0] != nil }.map { .stage($0) }
        begin()
    }

    private mutating func begin() {
        let next = waiting.prefix(Self.together)
        waiting.removeFirst(next.count)
        batch = next.compactMap { scope in
            let span =
                switch scope {
                case .run: spans.run
                case .stage(let index): spans.stages[index]
                }
            return span.map {
                Part(
                    scope: scope,
                    sampling: RunSampling(
                        $0, beside: robust, mostKept: RunSampling.mostKept / next.count))
            }
        }
    }

    /// Takes in a request of `reader`'s class.
    mutating func add(_ request: RequestTimes, for reader: Reader) throws(ScoringError) {
        for index in batch.indices where covers(request, batch[index].scope) {
            try batch[index].sampling.add(request, for: reader)
        }
    }

    /// Hands over the next request again.
    mutating func revisit(_ request: RequestTimes) {
        for index in batch.indices
        where !batch[index].isDone && covers(request, batch[index].scope) {
            batch[index].sampling.revisit(request)
        }
    }

    private func covers(_ request: RequestTimes, _ scope: Scope) -> Bool {
        guard case .stage(let stage) = scope else { return true }
        let begins = spans.begins
        return (stage == 0 || request.scheduled >= begins[stage])
            && (stage + 1 == begins.count || request.scheduled < begins[stage + 1])
    }

    /// Ends a pass over the requests.
    mutating func endPass() -> Demand {
        for index in batch.indices where !batch[index].isDone {
            batch[index].isDone = !batch[index].sampling.endPass()
        }
        guard batch.allSatisfy(\.isDone) else { return .again }
        for part in batch {
            // Runs of one plan are compared by their requests, and stages are not.
            results[part.scope] = part.sampling.samples(keepsRequests: part.scope == .run)
        }
        batch = []
        guard !waiting.isEmpty else { return .nothing }
        begin()
        return .requests
    }

    /// Enters what was found.
    consuming func settle(_ analyses: inout RunAnalyses) {
        analyses.samples = results[.run]
        analyses.stages = spans.stages.indices.map { results[.stage($0)] ?? .ofNothing }
    }
}

import Goodput
import Sampling

/// The worth of a run's figures, and of each of several stages.
///
/// At most ``together`` parts are looked at in the same passes, so that memory does not grow with
/// the number of stages. Feed ``add(_:)`` all requests, then call ``endPass()``; while it says so,
/// feed the requests again as it says, always in the order of their digests.
struct StageSampling {
    /// The next pass that is asked for.
    enum Demand: Equatable {
        /// All requests once more, to ``StageSampling/add(_:)``.
        case requests
        /// The same in the same order, to ``StageSampling/revisit(_:)``.
        case again
        case nothing
    }

    /// Parts that are looked at in the same passes.
    private static let together = 4

    private let spans: StageSpans
    private let source: DigestedRequests
    /// Events of all requests.
    private let events: Int
    /// Requests that were taken in in this pass.
    private var taken = 0
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

    /// - Parameters:
    ///   - source: The digests of all requests, in their order.
    ///   - events: Those of all requests.
    init(_ spans: StageSpans, of source: DigestedRequests, events: Int) {
        self.spans = spans
        self.source = source
        self.events = events
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
                        $0, of: source, expecting: scope == .run ? events : 0,
                        mostKept: RunSampling.mostKept / next.count))
            }
        }
    }

    /// Takes in the next request.
    mutating func add(_ request: RequestTimes) {
        for index in batch.indices where covers(request, batch[index].scope) {
            batch[index].sampling.add(request, number: taken)
        }
        taken += 1
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
        taken = 0
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

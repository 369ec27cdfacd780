package import Goodput

/// The surfaces of a run, from its requests, one after the other: memory is that of the columns,
/// whatever the number of requests.
package struct SurfaceTally: Sendable {
    private let readers: [Reader]
    private var classes: [ClassColumns]
    private var hull = ReadingHull()

    /// V of each speed, the fastest reader first.
    private static let tokenTimes = Surface.speeds.reversed().map {
        Reader.tokenTime(readingSpeed: $0)
    }

    /// - Parameter readers: One a class: their penalties, anchors, budgets and policies are kept,
    ///   and their weights are not. Neither are their speeds, but for those that take an answer
    ///   whole: they have no speed that could be another, and cost the same in every column.
    package init(readers: [Reader]) {
        self.readers = readers
        classes = readers.map { _ in ClassColumns() }
    }

    /// Takes in a request.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be.
    /// - Complexity: O(events + speeds at which its reader waits).
    package mutating func add(
        _ request: RequestTimes, classIndex: Int
    ) throws(ScoringError) {
        let reader = readers[classIndex]
        try request.check(for: reader)
        let request = request.read(by: reader)
        hull.take(request, incomplete: reader.parameters.incomplete)
        let tokens = reader.earning(
            request.tokens.reduce(0) { $0 + Int($1.count) }, after: request.outcome)
        classes[classIndex].add(tokens, hull, reader.parameters, Self.tokenTimes)
    }

    /// The surfaces over `interval`; nil where T is 0.
    package func figures(over interval: ServingInterval) -> SurfaceFigures? {
        guard interval.length > 0 else { return nil }
        func rate(_ amount: Double) -> Double { interval.rate(of: amount) ?? 0 }
        let surfaces = classes.map { columns in
            Surface(
                throughput: rate(Double(columns.tokens)),
                penalties: columns.costs.reversed().map(rate))
        }
        var penalties = [Double](repeating: 0, count: Surface.speeds.count)
        for surface in surfaces {
            for (column, penalty) in surface.penalties.enumerated() { penalties[column] += penalty }
        }
        return SurfaceFigures(
            whole: Surface(
                throughput: rate(Double(classes.reduce(0) { $0 + $1.tokens })),
                penalties: penalties), classes: surfaces)
    }
}

/// The columns of one class, not yet divided by T.
private struct ClassColumns: Sendable {
    /// Tokens that earn.
    private(set) var tokens = 0
    /// Σ f(l) at each speed, the fastest reader first; infinite where a double cannot hold it.
    private var sums = [CompensatedSum](
        repeating: CompensatedSum(), count: Surface.speeds.count)

    var costs: [Double] {
        // A sum that is no number had an infinite term, and none is negative.
        sums.map { $0.value.isFinite ? $0.value : .infinity }
    }

    mutating func add(
        _ earning: Int, _ hull: ReadingHull, _ parameters: ScoringParameters, _ tokenTimes: [Int64]
    ) {
        tokens += earning
        let origin = hull.origin(parameters.anchor, ttftBudget: parameters.ttftBudget)
        guard !parameters.takesAllAtOnce else {
            let own = Reader.tokenTime(readingSpeed: parameters.readingSpeed)
            hull.forEachWaiting(tokenTimes: [own], origin: origin) { _, idle in
                let cost = parameters.penalty.cost(
                    idle: idle, tokens: earning, readingSpeed: parameters.readingSpeed)
                for index in sums.indices { sums[index].add(cost) }
            }
            return
        }
        hull.forEachWaiting(tokenTimes: tokenTimes, origin: origin) { index, idle in
            sums[index].add(
                parameters.penalty.cost(
                    idle: idle, tokens: earning,
                    readingSpeed: Surface.speeds[Surface.speeds.count - 1 - index]))
        }
    }
}

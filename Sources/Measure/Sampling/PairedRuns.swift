/// One run each of the same plan, request by request: those that were scheduled in both windows.
package struct PairedRuns {
    /// The figures that are compared.
    package enum Figure: Hashable, Sendable {
        case rate(RateFigure)
        case share(ShareFigure)
        /// The share of requests beyond the base's percentile, which is `limit` ns.
        case beyond(RequestLatency, limit: Double)
    }

    /// Why two runs cannot be paired.
    package enum Refusal: Error, Hashable, Sendable {
        case overloaded
        /// No stretch, or no request, that both have.
        case nothingInCommon
    }

    private let pairs: [(a: RequestSample, b: RequestSample)]
    private let places: [Double]
    private let length: Double
    /// The longer memory of the two queues, s.
    private let relaxation: Double

    /// The memory where one of the runs is too short to tell it, as a share of the length: such
    /// runs are mostly near saturation, where queues forget slowly.
    private static let unknownMemory = 0.25

    /// How many requests both have.
    package var requests: Int { pairs.count }

    /// Pairs the requests of A and of the base B by id.
    ///
    /// Windows count from each run's own first arrival: the later begin, and the earlier end. A run
    /// that has no window stands with all of its arrivals.
    ///
    /// - Throws: ``Refusal``.
    /// - Complexity: O(requests).
    package init(_ a: RunSamples, _ b: RunSamples) throws(Refusal) {
        guard a.steady.verdict != .overloaded, b.steady.verdict != .overloaded else {
            throw .overloaded
        }
        guard let startA = a.firstArrival, let startB = b.firstArrival else {
            throw .nothingInCommon
        }
        let windowA = a.pairingWindow(from: startA)
        let windowB = b.pairingWindow(from: startB)
        let begin = max(windowA.lowerBound, windowB.lowerBound)
        let end = min(windowA.upperBound, windowB.upperBound)
        guard begin < end else { throw .nothingInCommon }
        var ofA: [Int: RequestSample] = [:]
        ofA.reserveCapacity(a.requests.count)
        for request in a.requests
        where (begin..<end).contains(request.order.scheduled - startA) {
            ofA[request.order.id] = request
        }
        var pairs: [(a: RequestSample, b: RequestSample)] = []
        for request in b.requests
        where (begin..<end).contains(request.order.scheduled - startB) {
            if let other = ofA[request.order.id] { pairs.append((other, request)) }
        }
        guard !pairs.isEmpty else { throw .nothingInCommon }
        self.pairs = pairs
        let ns = Double(end - begin)
        places = pairs.map { Double($0.b.order.scheduled - startB - begin) / ns }
        length = ns / 1e9
        switch (a.steady.relaxation, b.steady.relaxation) {
        case (let a?, let b?): relaxation = max(a, b)
        default: relaxation = length * Self.unknownMemory
        }
    }

    /// The difference of a figure; shares as shares of the paired requests.
    package func comparison(
        of figure: Figure, floor: Double = Comparison.defaultFloor
    ) -> Comparison {
        let unit =
            if case .rate = figure { 1.0 } else { length / Double(pairs.count) }
        func contribution(_ request: RequestSample) -> Double {
            switch figure {
            case .rate(let rate): rate.contribution(of: request)
            case .share(let share): share.isMet(by: request) ? unit : 0
            case .beyond(let latency, let limit):
                request.value(of: latency).map { $0 > limit ? unit : 0 } ?? 0
            }
        }
        return Comparison(
            paired: places, a: pairs.map { contribution($0.a) },
            b: pairs.map { contribution($0.b) }, length: length, relaxation: relaxation,
            floor: floor)
    }
}

extension RunSamples {
    fileprivate var firstArrival: Int64? { requests.lazy.map(\.order.scheduled).min() }

    /// The window, else [s0, s1), in ns from `start`.
    fileprivate func pairingWindow(from start: Int64) -> Range<Int64> {
        let window = steady.window ?? arrivals.lowerBound..<arrivals.upperBound
        return window.lowerBound - start..<window.upperBound - start
    }
}

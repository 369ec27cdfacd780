/// A run as a comparison of two systems sees it.
package struct ComparedRun: Sendable {
    /// A text that is equal for two runs where they had the same plan: the same requests at the
    /// same instants.
    package var plan: String
    package var seed: UInt64
    /// nil where nobody kept them: then it is compared by its figures alone.
    package var samples: RunSamples?

    package init(plan: String, seed: UInt64, samples: RunSamples?) {
        self.plan = plan
        self.seed = seed
        self.samples = samples
    }
}

/// A figure of two systems that are compared.
package enum ComparedFigure: Hashable, Sendable {
    case rate(RateFigure)
    case share(ShareFigure)
    /// A percentile of a latency: of one run each the shares of requests beyond the base's
    /// percentile are compared.
    case percentile(RequestLatency)
    /// A figure that no request has a part in of its own: several runs each alone compare it.
    case whole
}

/// Two systems, A and the base B, by one run each or by several: which way they are compared
/// depends on what their runs have in common.
///
/// | runs | way |
/// | --- | --- |
/// | three or more each, the same seeds | differences by seed |
/// | three or more each | Welch |
/// | one each, the same plan | paired, request by request |
/// | one each, other plans | independent, each with its own interval |
package struct SystemComparison: Sendable {
    /// Why two systems are not compared in a figure.
    package enum Refusal: Error, Hashable, Sendable {
        /// One run each, and one of them was overloaded: its figures depend on its length.
        case overloaded
        /// One run each, without a stretch or a request that both have.
        case nothingInCommon
        /// One run each of other plans, and one has no interval of its own.
        case noInterval(NoInterval, SteadyState)
        /// One run each tell nothing of this figure, or two runs nothing of any.
        case runs
    }

    private enum Way: Sendable {
        case seeds
        case welch
        case paired(Result<PairedRuns, Refusal>)
        case independent(RunSamples, RunSamples)
        case none
    }

    private let way: Way
    private let floor: Double?

    /// - Parameters:
    ///   - a: The runs of A.
    ///   - b: Those of the base.
    ///   - floor: The share of the base within which no difference is shown; nil for
    ///     ``Comparison/defaultFloor`` with one run each, and none with several.
    /// - Complexity: O(requests).
    package init(_ a: [ComparedRun], _ b: [ComparedRun], floor: Double? = nil) {
        self.floor = floor
        if a.count >= 3, b.count >= 3 {
            way = a.map(\.seed) == b.map(\.seed) ? .seeds : .welch
        } else if a.count == 1, b.count == 1, let ofA = a[0].samples, let ofB = b[0].samples {
            guard a[0].plan == b[0].plan else {
                way = .independent(ofA, ofB)
                return
            }
            way = .paired(Self.paired(ofA, ofB))
        } else {
            way = .none
        }
    }

    private static func paired(
        _ a: RunSamples, _ b: RunSamples
    ) -> Result<PairedRuns, Refusal> {
        do throws(PairedRuns.Refusal) {
            return .success(try PairedRuns(a, b))
        } catch {
            return switch error {
            case .overloaded: .failure(.overloaded)
            case .nothingInCommon: .failure(.nothingInCommon)
            }
        }
    }

    /// The difference of a figure, A less the base.
    ///
    /// - Parameters:
    ///   - a: Its value in each run of A, in their order.
    ///   - b: Its value in each run of the base.
    /// - Throws: ``Refusal``.
    /// - Complexity: O(requests) with one run each.
    package func difference(
        of figure: ComparedFigure, _ a: [Double], _ b: [Double]
    ) throws(Refusal) -> Comparison {
        let single = floor ?? Comparison.defaultFloor
        switch way {
        case .none: throw .runs
        case .seeds: return try several(Comparison(seeds: a, b, floor: floor ?? 0))
        case .welch: return try several(Comparison(welch: a, b, floor: floor ?? 0))
        case .paired(let pairs):
            let limit = b.first ?? 0
            let pairs = try pairs.get()
            switch figure {
            case .rate(let rate): return pairs.comparison(of: .rate(rate), floor: single)
            case .share(let share): return pairs.comparison(of: .share(share), floor: single)
            case .percentile(let latency):
                return pairs.comparison(of: .beyond(latency, limit: limit), floor: single)
            case .whole: throw .runs
            }
        case .independent(let ofA, let ofB):
            guard ofA.steady.verdict != .overloaded, ofB.steady.verdict != .overloaded else {
                throw .overloaded
            }
            guard case .rate(let rate) = figure else { throw .runs }
            for samples in [ofA, ofB] {
                guard
                    let reason = (samples.window?[rate]).map(\.noInterval)
                        ?? .verdict(samples.steady.verdict)
                else {
                    continue
                }
                throw .noInterval(reason, samples.steady)
            }
            guard let a = ofA.window?[rate], let b = ofB.window?[rate],
                let comparison = Comparison(independent: a, b, floor: single)
            else { throw .runs }
            return comparison
        }
    }

    private func several(_ comparison: Comparison?) throws(Refusal) -> Comparison {
        guard let comparison else { throw .runs }
        return comparison
    }
}

extension SystemComparison.Refusal {
    /// The reason in a sentence, such as `not compared: ...`.
    ///
    /// - Parameter figure: Its name in a sentence.
    package func sentence(of figure: String) -> String {
        switch self {
        case .overloaded:
            "not compared: overloaded, where one run each tells nothing of others: repeat 3 times"
        case .nothingInCommon: "not compared: the runs have no request in common"
        case .noInterval(let reason, let steady):
            Comparison.refusal(of: figure, reason, steady)
        case .runs: "not compared: \(figure) takes 3 runs each: repeat 3 times"
        }
    }
}

import Goodput

/// A figure of a scenario that ran several times: the mean of the runs' figures, with t. Requests
/// are not pooled: what differs between runs is inside the interval.
package struct JoinedFigure: Hashable, Sendable {
    /// How many runs there are; at least 1.
    package let runs: Int
    /// The mean of the runs' figures.
    package let value: Double
    /// Their standard deviation; nil for one run.
    package let deviation: Double?
    /// The interval of 95 %; nil below three runs.
    package fileprivate(set) var low: Double?
    package fileprivate(set) var high: Double?
    package private(set) var dof: Int?
    package private(set) var noInterval: NoInterval?
    /// The part of ``deviation`` that sampling within the runs does not explain; nil where a run
    /// has no standard error, and below three runs.
    package private(set) var beyondSampling: Double?

    /// - Parameters:
    ///   - values: The figure of each run over its whole length; at least one.
    ///   - errors: The standard error of each, where known.
    package init(_ values: [Double], errors: [Double?] = []) {
        let moments = Moments(values)
        runs = values.count
        value = moments.mean
        deviation = moments.variance?.squareRoot()
        guard values.count >= 3, let variance = moments.variance else {
            noInterval = .runs
            return
        }
        let half =
            StudentT.point(dof: runs - 1) * (variance / Double(runs)).squareRoot()
        dof = runs - 1
        low = value - half
        high = value + half
        let known = errors.compactMap { $0 }
        guard known.count == values.count else { return }
        let sampling = known.reduce(0) { $0 + $1 * $1 } / Double(runs)
        beyondSampling = max(0, variance - sampling).squareRoot()
    }

    /// Half the interval's width over the figure; nil without an interval.
    package var relativeHalf: Double? {
        guard let high else { return nil }
        return high == value ? 0 : (high - value) / value.magnitude
    }
}

/// The mean of some values, at least one, and their variance.
struct Moments {
    let mean: Double
    /// s²; nil for one value.
    let variance: Double?

    init(_ values: [Double]) {
        precondition(!values.isEmpty, "there is a run to look at")
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        variance = values.count > 1 ? squares / Double(values.count - 1) : nil
    }
}

/// When a scenario has been repeated often enough: `--until 5%`.
package struct RepeatUntil: Hashable, Sendable {
    /// The share of smooth goodput that half its interval is to be at most.
    package let share: Double

    /// The fewest runs at which half the interval is looked at.
    package static let fewest = 5
    /// The most runs where nobody says.
    package static let most = 20

    package init(share: Double) { self.share = share }

    /// Whether the runs so far are enough: at this number and at the one before, both of them at
    /// least ``fewest``, half the interval was narrow enough.
    ///
    /// - Parameter values: Smooth goodput of each run, in order.
    package func isMet(by values: [Double]) -> Bool {
        guard values.count > Self.fewest else { return false }
        return [values, values.dropLast()].allSatisfy { values in
            JoinedFigure(Array(values)).relativeHalf.map { $0 <= share } ?? false
        }
    }

    /// The figure of runs that stopped by this rule, with the wider of its own interval and the
    /// share on either side: stopping on luck would cost coverage otherwise.
    package func widened(_ figure: JoinedFigure) -> JoinedFigure {
        guard let low = figure.low, let high = figure.high else { return figure }
        let half = share * figure.value.magnitude
        var wider = figure
        wider.low = min(low, figure.value - half)
        wider.high = max(high, figure.value + half)
        return wider
    }
}

/// All figures of a scenario that ran several times.
package struct JoinedRuns: Hashable, Sendable {
    /// A run that does not count.
    package struct LeftOut: Hashable, Sendable {
        package enum Reason: String, Hashable, Sendable {
            case notValid = "not valid"
            /// It was to be in a steady state (`--require-steady`).
            case notSteady = "not steady"
            case overloaded
            case interrupted
        }

        package var run: String
        package var reason: Reason
        /// The run's own sentence on it; nil where it has none.
        package var sentence: String?

        package init(run: String, reason: Reason, sentence: String? = nil) {
            self.run = run
            self.reason = reason
            self.sentence = sentence
        }
    }

    /// A figure by its name in files.
    package struct Figure: Hashable, Sendable {
        package var name: String
        package var figure: JoinedFigure
    }

    /// How many runs count.
    package let runs: Int
    package let leftOut: [LeftOut]
    /// The rule that ended the repeats; nil where all were made.
    package let stopped: RepeatUntil?
    package let figures: [Figure]

    /// Joins the whole-run figures of runs that count; those that some run lacks are left out.
    ///
    /// - Parameter stopped: The rule that ended the repeats: smooth goodput then has its interval.
    package init(_ runs: [ScopeSamples], leftOut: [LeftOut], stopped: RepeatUntil? = nil) {
        self.runs = runs.count
        self.leftOut = leftOut
        self.stopped = stopped
        guard !runs.isEmpty else {
            figures = []
            return
        }
        func samples(_ name: String, _ figure: (ScopeSamples) -> FigureSample) -> Figure {
            let all = runs.map(figure)
            return Figure(
                name: name, figure: JoinedFigure(all.map(\.value), errors: all.map(\.se)))
        }
        var figures = RateFigure.allCases.map { figure in samples(figure.name) { $0[figure] } }
        figures += ShareFigure.allCases.map { figure in samples(figure.name) { $0[figure] } }
        for (name, distribution) in ScopeSamples.distributions {
            for rank in PercentileSamples.ranks {
                let values = runs.compactMap { run in
                    distribution(run)[rank].flatMap { $0.isShown ? $0.value : nil }
                }
                guard values.count == runs.count else { continue }
                figures.append(
                    Figure(name: "\(name)_\(rank.name)", figure: JoinedFigure(values)))
            }
        }
        self.figures = figures.map { each in
            guard let stopped, each.name == RateFigure.smoothGoodput.name else { return each }
            return Figure(name: each.name, figure: stopped.widened(each.figure))
        }
    }
}

extension ScopeSamples {
    /// Every distribution by its name in files.
    package static var distributions: [(name: String, of: (ScopeSamples) -> PercentileSamples)] {
        RequestLatency.allCases.map { latency in (latency.name, { $0[latency] }) }
            + [("tbt", { $0.tbt })]
    }
}

extension RequestLatency {
    /// The name in files.
    package var name: String {
        switch self {
        case .ttft: "ttft"
        case .tpot: "tpot"
        case .e2e: "e2e"
        case .idle: "idle"
        }
    }
}

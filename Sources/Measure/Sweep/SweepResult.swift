import Goodput
package import JSON
package import Results
import Sampling

/// A sweep as far as it has come: its points, and what was sought among them, for each combination
/// of settings.
package struct SweepResult: Sendable {
    /// A combination of settings, with its points by load.
    package struct Curve: Sendable {
        package var settings: [SweepSetting]
        package var points: [SweepPoint]
        /// GPUs that serve it, where its settings say.
        package var gpus: Double?
        /// nil where no peak was sought.
        package var peak: PeakSearch.Outcome?
        /// nil where no bound was given.
        package var boundary: BoundarySearch.Outcome?

        package init(
            settings: [SweepSetting], points: [SweepPoint], peak: PeakSearch.Outcome? = nil,
            boundary: BoundarySearch.Outcome? = nil
        ) {
            self.settings = settings
            self.points = points.sorted { $0.load < $1.load }
            self.peak = peak
            self.boundary = boundary
        }
    }

    /// The scenario's name.
    package var name: String
    /// The version of the tool that made it.
    package var version: String
    /// The scenario without a load of the sweep's own, as JSON: what it was begun with.
    package var scenario: String
    package var axis: SweepAxis
    /// The figure whose peak is sought.
    package var figure: SummaryFigure
    package var bound: SweepBound?
    package var curves: [Curve]
    /// Reading speeds, tokens/s, for which the best point is sought.
    package var speeds: [Double] = []
    /// The hardware that serves; nil where nobody said.
    package var hardware: SweepHardware?

    package init(
        name: String, version: String, scenario: String = "{}", axis: SweepAxis,
        figure: SummaryFigure, bound: SweepBound?, curves: [Curve], hardware: SweepHardware? = nil
    ) {
        self.hardware = hardware
        self.name = name
        self.version = version
        self.scenario = scenario
        self.axis = axis
        self.figure = figure
        self.bound = bound
        self.curves = curves
    }

    /// The figures that every table and file of a sweep has.
    package static let listed: [SummaryFigure] = [
        .smooth, .robust, .throughput, .goodput, .kept, .classic, .attainment, .qoe, .failed,
        .answered,
        .latency(.ttft, .rank(.p50)), .latency(.ttft, .rank(.p99)),
        .latency(.tbt, .rank(.p50)), .latency(.tbt, .rank(.p99)),
        .latency(.tpot, .rank(.p50)), .latency(.tpot, .rank(.p99)), .latency(.tpot, .mean),
        .latency(.e2e, .rank(.p50)), .latency(.e2e, .rank(.p99)),
        .latency(.idle, .rank(.p50)), .latency(.idle, .rank(.p99)),
    ]

    /// The figures that this sweep looks at: ``listed``, and what it was asked for.
    package var figures: [SummaryFigure] {
        ([figure] + (bound?.figures ?? [])).reduce(into: Self.listed) { figures, figure in
            if !figures.contains(figure) { figures.append(figure) }
        }
    }

    /// Whether all its points may be used, and all that was sought was found.
    package var isComplete: Bool {
        curves.allSatisfy { curve in
            curve.points.allSatisfy(\.isTold)
                && curve.peak.map(\.isFound) ?? true && curve.boundary.map(\.isFound) ?? true
        }
    }

    /// The version of `sweep.json`.
    package static let format: Int64 = 1

    /// `sweep.json`.
    package var json: JSONValue {
        [
            "format": .integer(Self.format), "time_unit": "ns", "name": .string(name),
            "version": .string(version),
            "scenario": (try? JSONValue(parsing: Array(scenario.utf8))) ?? .null,
            "axis": .string(axis == .rate ? "request_rate" : axis.name),
            "gpus": hardware?.gpus.map { .real($0) } ?? .null,
            "price_per_gpu_hour": hardware?.price.map { .real($0) } ?? .null,
            "figure": .string(figure.name), "bound": bound.map { .string($0.text) } ?? .null,
            "by_reading_speed": .array(bests.map(\.json)),
            "curves": .array(curves.map(json)),
        ]
    }

    private func json(_ curve: Curve) -> JSONValue {
        [
            "settings": .object(
                curve.settings.map { JSONMember($0.field, .string($0.value)) }),
            "gpus": gpus(of: curve).map { .real($0) } ?? .null,
            "peak": curve.peak?.json(figure) ?? .null,
            "boundary": curve.boundary?.json ?? .null,
            "points": .array(
                curve.points.map { point in
                    [
                        "load": .real(point.load), "verdict": .string(point.verdict.rawValue),
                        "overloaded": .bool(point.isOverloaded),
                        "over_saturated": .bool(point.isOverSaturated),
                        "bound_met": bound.flatMap {
                            point.reading(figure, $0).isMet.map { .bool($0) }
                        } ?? .null,
                        "runs": .array(point.runs.map(\.json)),
                        "to_best": point.toBest?.json ?? .null,
                        "to_first": point.toFirst?.json ?? .null,
                        "frontier": frontier(point, of: curve)?.json ?? .null,
                        "figures": .object(
                            figures.map { figure in
                                JSONMember(figure.name, point.estimate(figure)?.json ?? .null)
                            }),
                    ]
                }),
        ]
    }
}

extension SweepEstimate {
    fileprivate var json: JSONValue {
        [
            "value": .real(value), "low": interval.map { .real($0.lowerBound) } ?? .null,
            "high": interval.map { .real($0.upperBound) } ?? .null,
        ]
    }
}

extension SweepDifferences {
    /// A difference a figure, or the sentence why there is none.
    fileprivate var json: JSONValue {
        [
            "load": .real(load),
            "settings": .object(settings.map { JSONMember($0.field, .string($0.value)) }),
            "figures": .object(
                figures.map { figure, outcome in
                    switch outcome {
                    case .success(let comparison): JSONMember(figure.name, comparison.json)
                    case .failure(let refusal):
                        JSONMember(
                            figure.name,
                            ["not_compared": .string(refusal.sentence(of: figure.words))])
                    }
                }),
        ]
    }
}

extension SweepPoint.Run {
    fileprivate var json: JSONValue {
        [
            "folder": .string(folder),
            "seed": .whole(seed),
            "verdict": .string(verdict.rawValue),
            OverSaturation.name: overSaturated?.json ?? .null,
            "steady": steady.flatMap { $0.verdict.word }.map { .string($0) } ?? .null,
            "reason": steady.flatMap { $0.verdict.reason }.map { .string($0) } ?? .null,
            "finding": reason.map { .string($0) } ?? .null,
        ]
    }
}

extension PeakSearch.Outcome {
    fileprivate var isFound: Bool {
        switch self {
        case .found, .flat: true
        case .belowRange, .aboveRange, .unknown: false
        }
    }

    fileprivate func json(_ figure: SummaryFigure) -> JSONValue {
        switch self {
        case .found(let load, let value, let bracket):
            [
                "outcome": "found", "load": .real(load), "value": .real(figure.goodness(value)),
                "low": .real(bracket.lowerBound), "high": .real(bracket.upperBound),
            ]
        case .flat(let load, let value):
            [
                "outcome": "no difference shown", "load": .real(load),
                "value": .real(figure.goodness(value)),
            ]
        case .belowRange: ["outcome": "below the range"]
        case .aboveRange: ["outcome": "above the range"]
        case .unknown: ["outcome": "unknown"]
        }
    }
}

extension BoundarySearch.Outcome {
    fileprivate var isFound: Bool {
        if case .found = self { true } else { false }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .found(let load, let above):
            ["outcome": "found", "load": .real(load), "above": .real(above)]
        case .aboveOnly(let load): ["outcome": "at high loads alone", "load": .real(load)]
        case .belowRange: ["outcome": "below the range"]
        case .aboveRange: ["outcome": "above the range"]
        case .unknown(let load): ["outcome": "unknown", "load": .real(load)]
        }
    }
}

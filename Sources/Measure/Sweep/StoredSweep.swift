package import JSON
package import Results

/// A sweep as its `sweep.json` tells it: nothing is scored anew, and no run is opened.
package struct StoredSweep: Hashable, Sendable {
    /// A run of a point.
    package struct Run: Hashable, Sendable {
        /// Relative to the sweep's.
        package var folder: String
        package var seed: UInt64
        package var verdict: Verdict
        /// Why it may not be used; nil where it may, and in files of before.
        package var finding: String?
    }

    /// A difference of a figure to another point.
    package enum Difference: Hashable, Sendable {
        case told(Told)
        /// The sentence why there is none.
        case refused(String)

        package struct Told: Hashable, Sendable {
            /// The point less its base, and the ends of 95 %.
            package var difference: Double
            package var low: Double
            package var high: Double
            package var isShown: Bool
            /// Whether it is the mean of differences seed by seed.
            package var isBySeed: Bool
        }
    }

    /// The differences of a point to one other.
    package struct Differences: Hashable, Sendable {
        package var load: Double
        package var settings: [SweepSetting]
        package var figures: [SummaryFigure: Difference]
    }

    /// A load with its settings.
    package struct Point: Hashable, Sendable {
        package var load: Double
        package var verdict: Verdict
        package var isOverloaded: Bool
        /// Whether a run of it was ended early, since the servers could not serve the load.
        package var isOverSaturated: Bool
        package var runs: [Run]
        package var estimates: [SummaryFigure: SweepEstimate]
        package var toBest: Differences?
        package var toFirst: Differences?
        /// nil without a number of GPUs.
        package var frontier: FrontierPoint?

        /// Whether its figures stand for the load: such points alone are in findings.
        package var isUsable: Bool { verdict.isUsable && !isOverSaturated }
    }

    /// A combination of settings, with its points by load.
    package struct Curve: Hashable, Sendable {
        package var settings: [SweepSetting]
        package var gpus: Double?
        package var points: [Point]
    }

    package var name: String
    package var version: String
    /// As it was begun with.
    package var scenario: JSONValue
    package var axis: SweepAxis
    /// The figure whose peak was sought.
    package var figure: SummaryFigure
    package var curves: [Curve]
    /// Dollars an hour of one GPU.
    package var price: Double?

    /// Reads `sweep.json`.
    ///
    /// - Parameter path: The file, for problems.
    /// - Throws: ``FileProblem`` that names the member at fault.
    package init(json: JSONValue, path: String) throws(FileProblem) {
        do throws(JSONFieldError) {
            self = try StoredSweep(json)
        } catch {
            throw FileProblem(.content, path, "the sweep \(error.problem)")
        }
    }
}

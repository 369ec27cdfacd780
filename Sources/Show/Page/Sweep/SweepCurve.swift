import Results
import Sweep

/// A combination of settings on the page of a sweep: its name, and what its usable points show.
struct SweepCurve {
    let index: Int
    /// Its settings' values; empty where the sweep has one combination.
    let name: String
    let points: [StoredSweep.Point]

    init(_ curve: StoredSweep.Curve, index: Int) {
        self.index = index
        name = Self.name(of: curve.settings)
        points = curve.points
    }

    /// The values of a combination.
    static func name(of settings: [SweepSetting]) -> String {
        settings.map(words).joined(separator: ", ")
    }

    /// A value that is a number or a word of yes and no says nothing without its field.
    private static func words(_ setting: SweepSetting) -> String {
        let field = setting.field.split(separator: ".").last.map(String.init) ?? setting.field
        let needsField =
            setting.value.first.map { $0.isNumber || $0 == "-" } ?? true
            || ["true", "false", "on", "off", "yes", "no"].contains(setting.value)
        return needsField ? "\(field) \(setting.value)" : setting.value
    }

    /// Those that findings are made of.
    var usable: [StoredSweep.Point] { points.filter(\.isUsable) }

    /// The usable point with the best value of a figure; the first of equals.
    func best(_ figure: SummaryFigure) -> (point: StoredSweep.Point, value: Double)? {
        var best: (point: StoredSweep.Point, value: Double)?
        for point in usable {
            guard let value = point.estimates[figure]?.value else { continue }
            if let most = best, figure.goodness(value) <= figure.goodness(most.value) { continue }
            best = (point, value)
        }
        return best
    }
}

/// The greatest load up to which readers keep nearly all of their tokens.
enum SweepKnee: Equatable {
    /// The greatest load of an unbroken series from the least one on.
    case upTo(Double)
    /// Every load that was run.
    case all(Double)
    /// Not even the least load.
    case none(Double)
    /// There is no usable point with that figure.
    case unknown

    /// The share that is nearly all.
    static let share = 0.95

    /// Judges the usable points by load, each by the lower end of its interval where it has one.
    init(_ curve: SweepCurve) {
        let judged = curve.usable.compactMap { point in
            point.kept.map { (load: point.load, isKept: $0.leastKept >= Self.share) }
        }
        guard let first = judged.first else {
            self = .unknown
            return
        }
        let kept = judged.prefix(while: \.isKept)
        if let last = kept.last {
            self = kept.count == judged.count ? .all(last.load) : .upTo(last.load)
        } else {
            self = .none(first.load)
        }
    }

    /// The load of the edge; nil where none was found.
    var load: Double? { if case .upTo(let load) = self { load } else { nil } }

    /// Its place among others: the greatest load that is kept.
    var reach: Double {
        switch self {
        case .upTo(let load), .all(let load): load
        case .none, .unknown: 0
        }
    }
}

extension StoredSweep.Point {
    /// The share of throughput that counts for readers; of files of before without an interval.
    var kept: SweepEstimate? {
        if let kept = estimates[.kept] { return kept }
        guard let smooth = estimates[.smooth]?.value, let all = estimates[.throughput]?.value,
            all > 0
        else { return nil }
        return SweepEstimate(value: smooth / all)
    }
}

extension SweepEstimate {
    fileprivate var leastKept: Double { interval?.lowerBound ?? value }
}

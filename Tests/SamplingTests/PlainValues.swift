import Foundation
import Goodput

@testable import Sampling

/// Any value as the examples write it: null is NSNull.
func plain(_ value: (some Any)?) -> Any { value.map { $0 as Any } ?? NSNull() }

extension FigureSample {
    /// Every field by its name in the examples.
    var plainFields: [String: Any] {
        [
            "value": value, "low": plain(low), "high": plain(high), "se": plain(se),
            "dof": plain(dof), "steepness": steepness, "effective": plain(effective),
            "no_interval": plain(noInterval?.word),
        ]
    }
}

extension PercentileSamples {
    var plainFields: [String: Any] {
        var all: [String: Any] = [:]
        for (rank, sample) in zip(Self.ranks, percentiles) {
            all[rank.name] = [
                "value": plain(sample.value), "beyond": sample.beyond, "shown": sample.isShown,
                "low": plain(sample.low), "high": plain(sample.high), "dof": plain(sample.dof),
                "steepness": plain(sample.steepness),
                "ranks": plain(sample.ranks.map { [$0.lowerBound, $0.upperBound] }),
                "no_interval": plain(sample.noInterval?.word),
            ]
        }
        return all
    }
}

extension ScopeSamples {
    var plainFields: [String: Any] {
        var all: [String: Any] = [:]
        for figure in RateFigure.allCases { all[figure.name] = self[figure].plainFields }
        for figure in ShareFigure.allCases { all[figure.name] = self[figure].plainFields }
        for (name, distribution) in Self.distributions {
            all[name] = distribution(self).plainFields
        }
        return all
    }
}

extension SteadyState {
    /// - Parameter start: The first `scheduled`, which the examples count from.
    func plainFields(from start: Int64) -> [String: Any] {
        let seconds = window.map { window in
            [window.lowerBound, window.upperBound].map { Double($0 - start) / 1e9 }
        }
        return [
            "verdict": plain(verdict.word), "reason": plain(verdict.reason),
            "window": plain(seconds), "requests": plain(requests), "residence": plain(residence),
            "in_flight": plain(inFlight), "elasticity": plain(elasticity),
            "relaxation": plain(relaxation), "arrival_rate": plain(arrivalRate),
            "arrival_p": plain(arrivalP), "backlog": backlog,
            "backlog_growth": plain(backlogGrowth), "pace_change": plain(paceChange),
            "pace_range": plain(paceRange), "pace_p": plain(paceP), "needs": plain(needs),
            "bin": plain(bin), "cosines": plain(cosines),
        ]
    }
}

extension JoinedFigure {
    var plainFields: [String: Any] {
        [
            "runs": runs, "value": value, "sd": plain(deviation), "low": plain(low),
            "high": plain(high), "dof": plain(dof), "no_interval": plain(noInterval?.word),
            "beyond_sampling": plain(beyondSampling),
        ]
    }
}

extension Comparison {
    var plainFields: [String: Any] {
        [
            "difference": difference, "low": low, "high": high, "relative": plain(relative),
            "dof": dof, "shown": isShown, "steepness": plain(steepness),
        ]
    }
}

/// Where `value` differs from what is expected, field by field; fields that are not expected do not
/// count. Reals agree within 1e-6 relative, at least 1e-9.
func differences(_ value: Any, _ expected: Any, _ path: String = "") -> [String] {
    if let expected = expected as? [String: Any] {
        guard let value = value as? [String: Any] else { return ["\(path) is no object"] }
        return expected.keys.sorted().flatMap { key in
            value[key].map { differences($0, expected[key]!, "\(path)/\(key)") }
                ?? ["\(path)/\(key) is missing"]
        }
    }
    if let expected = expected as? [Any] {
        guard let value = value as? [Any], value.count == expected.count else {
            return ["\(path) is not as long"]
        }
        return zip(value, expected).enumerated().flatMap {
            differences($1.0, $1.1, "\(path)/\($0)")
        }
    }
    if expected is NSNull || value is NSNull {
        return value is NSNull && expected is NSNull ? [] : ["\(path): \(value), not \(expected)"]
    }
    if let expected = expected as? String {
        return value as? String == expected ? [] : ["\(path): \(value), not \(expected)"]
    }
    let (a, b) = (number(value), number(expected))
    let isClose = (a - b).magnitude <= max(1e-9, 1e-6 * max(a.magnitude, b.magnitude))
    return isClose ? [] : ["\(path): \(a), not \(b)"]
}

func number(_ value: Any?) -> Double {
    switch value {
    case let value as Double: value
    case let value as Int: Double(value)
    case let value as Bool: value ? 1 : 0
    case let value as NSNumber: value.doubleValue
    default: .nan
    }
}

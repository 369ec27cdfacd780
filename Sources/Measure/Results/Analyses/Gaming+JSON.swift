package import Gaming
import Goodput
package import JSON

extension Gameability {
    /// The figures by the names of their page: what delays, and what drops would have made of each,
    /// and the weights with which no drop gains.
    package var json: JSONValue {
        .object([
            "interval": .integer(interval.length),
            "delay": delay,
            "drop": drop,
            "robust_for": .array(robustFor.map(\.json)),
        ])
    }

    private var delay: JSONValue {
        .object([
            "tbt_p99": .object([
                "recorded": .optional(gaps.recorded),
                "paced": gaps.paced.map { .integer($0) } ?? .null,
            ]),
            "classic": .object([
                "recorded": .integer(Int64(classic.recorded)),
                "paced": .object([
                    "theta": .integer(classic.theta), "met": .integer(Int64(classic.paced)),
                ]),
                "any": .integer(Int64(classic.any)),
            ]),
            "goodput": .object([
                "recorded": .optional(goodput.recorded), "any": .optional(goodput.any),
            ]),
            "qoe": .object([
                "recorded": .optional(experience.recorded),
                "paced": .optional(experience.paced), "any": .optional(experience.any),
            ]),
            "fluidity": .object([
                "recorded": .optional(fluidity.recorded), "paced": .optional(fluidity.paced),
            ]),
            "smooth": .object([
                "recorded": .optional(smooth.recorded), "any": .optional(smooth.any),
                "hold": hold?.json ?? .null,
            ]),
        ])
    }

    private var drop: JSONValue {
        func afterRule(_ mean: Mean) -> JSONValue {
            .object([
                "recorded": .optional(mean.recorded), "rule": .optional(mean.afterRule),
            ])
        }
        return .object([
            "missed": .integer(Int64(missed)),
            "smooth": .object([
                "recorded": .optional(smooth.recorded), "rule": .optional(smooth.afterRule),
                "best": .optional(smooth.afterBest),
            ]),
            // A dropped request had missed a deadline: it never counted.
            "goodput": .object([
                "recorded": .optional(goodput.recorded), "own": .optional(goodput.recorded),
                "freed": .optional(goodput.freed),
            ]),
            "classic": .object(["freed": .optional(classic.freed)]),
            "qoe": afterRule(experience),
            "fluidity": afterRule(fluidity),
            "tbt_p99": .object([
                "recorded": .optional(gaps.recorded), "rule": .optional(gaps.afterRule),
            ]),
        ])
    }
}

extension FirstTokenHold {
    fileprivate var json: JSONValue {
        .object(["seconds": .real(Double(hold) / 1e9), "rate": .optional(rate)])
    }
}

extension RobustWeight {
    fileprivate var json: JSONValue { .array([.real(readingSpeed), .optional(alpha)]) }
}

extension JSONValue {
    /// A number; null for nil.
    fileprivate static func optional(_ value: Double?) -> JSONValue {
        value.map { .real($0) } ?? .null
    }
}

import Goodput
package import JSON
package import Sampling

extension SteadyState {
    /// `steady` of `summary.json`; what was not worked out is null.
    ///
    /// - Parameter window: The figures of its window, if it is steady.
    package func json(_ window: ScopeSamples? = nil) -> JSONValue {
        let ends = self.window.map { window -> JSONValue in
            [.integer(window.lowerBound), .integer(window.upperBound)]
        }
        return [
            "verdict": verdict.word.map(JSONValue.string) ?? .null,
            "reason": verdict.reason.map(JSONValue.string) ?? .null,
            "window": ends ?? .null,
            "requests": JSONValue(requests),
            "residence_s": JSONValue(residence),
            "in_flight": JSONValue(inFlight),
            "elasticity": JSONValue(elasticity),
            "relaxation_s": JSONValue(relaxation),
            "arrival_rate": JSONValue(arrivalRate),
            "arrival_p": JSONValue(arrivalP),
            "backlog": backlog.isEmpty ? .null : .array(backlog.map(JSONValue.real)),
            "backlog_growth": JSONValue(backlogGrowth),
            "pace_change": JSONValue(paceChange),
            "pace_range": JSONValue(paceRange),
            "pace_p": JSONValue(paceP),
            "needs_s": JSONValue(needs),
            "smooth_goodput": JSONValue(window?[.smoothGoodput].value),
            "throughput": JSONValue(window?[.throughput].value),
        ]
    }
}

extension RunSamples {
    /// `steady` of `summary.json`.
    package var steadyJSON: JSONValue { steady.json(window) }

    /// An element of `stages`, for one of several stages of a run.
    package var stageJSON: JSONValue {
        ["steady": steadyJSON, "window": window?.json ?? .null]
    }

    /// `sampling` of `summary.json`.
    package var json: JSONValue {
        ["run": run?.json ?? .null, "window": window?.json ?? .null]
    }
}

extension ScopeSamples {
    var json: JSONValue {
        func rate(_ figure: RateFigure) -> JSONMember {
            JSONMember(figure.name, self[figure].json)
        }
        func share(_ figure: ShareFigure) -> JSONMember {
            JSONMember(figure.name, self[figure].json)
        }
        return .object(
            [
                rate(.smoothGoodput), rate(.robust), rate(.throughput), rate(.goodput),
                share(.sloAttainment), share(.classicAttainment), rate(.classicRequestGoodput),
            ] + Self.distributions.map { JSONMember($0.name, $0.of(self).json) })
    }
}

extension FigureSample {
    var json: JSONValue {
        [
            "value": JSONValue(value), "low": JSONValue(low), "high": JSONValue(high),
            "se": JSONValue(se), "dof": JSONValue(dof), "steepness": JSONValue(steepness),
            "no_interval": noInterval.map { .string($0.word) } ?? .null,
        ]
    }
}

extension PercentileSamples {
    var json: JSONValue {
        .object(zip(Self.ranks, percentiles).map { JSONMember($0.name, $1.json) })
    }
}

extension PercentileSample {
    /// Times in ns.
    var json: JSONValue {
        [
            "value": JSONValue(value), "low": JSONValue(low), "high": JSONValue(high),
            "beyond": .integer(Int64(beyond)), "shown": .bool(isShown),
            "no_interval": noInterval.map { .string($0.word) } ?? .null,
        ]
    }
}

extension JoinedRuns {
    /// `joined.json`.
    package var json: JSONValue {
        [
            "runs": .integer(Int64(runs)),
            "left_out": .array(
                leftOut.map { run in
                    [
                        "run": .string(run.run), "reason": .string(run.reason.rawValue),
                        "sentence": run.sentence.map { .string($0) } ?? .null,
                    ]
                }),
            "stopped": stopped.map { .real($0.share) } ?? .null,
            "figures": .object(
                figures.map { each in
                    JSONMember(each.name, each.figure.json)
                }),
        ]
    }
}

extension JoinedFigure {
    package var json: JSONValue {
        [
            "runs": .integer(Int64(runs)), "value": JSONValue(value), "sd": JSONValue(deviation),
            "low": JSONValue(low), "high": JSONValue(high), "dof": JSONValue(dof),
            "no_interval": noInterval.map { .string($0.word) } ?? .null,
            "beyond_sampling": JSONValue(beyondSampling),
        ]
    }
}

extension Comparison {
    package var json: JSONValue {
        [
            "difference": JSONValue(difference), "low": JSONValue(low), "high": JSONValue(high),
            "relative": JSONValue(relative), "dof": .integer(Int64(dof)),
            "shown": .bool(isShown), "pairing": .string(pairing.rawValue),
            "runs": [.integer(Int64(runs.a)), .integer(Int64(runs.b))], "floor": JSONValue(floor),
        ]
    }
}

extension JSONValue {
    /// A number, or null: also for one that is not finite.
    fileprivate init(_ value: Double?) {
        self = value.flatMap { $0.isFinite ? .real($0) : nil } ?? .null
    }

    /// A count, or null.
    fileprivate init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
}

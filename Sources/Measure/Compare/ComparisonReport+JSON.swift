package import JSON
import Loss
import Results
import Sampling

extension ComparisonReport {
    /// The version of the JSON.
    package static let format: Int64 = 1

    package var json: JSONValue {
        [
            "format": .integer(Self.format), "time_unit": "ns",
            "base": .string(base.name),
            "systems": .array(systems.map(\.json)),
            "differences": .array(
                zip(others, rows).map { system, rows in
                    [
                        "system": .string(system.name),
                        "figures": .object(
                            rows.map { JSONMember($0.figure.name, $0.json) }),
                    ]
                }),
            "warnings": .array(warnings.map { .string($0.sentence) }),
            "ranking": ranking.map { $0.json(systems.map(\.name)) } ?? .null,
        ]
    }
}

extension ComparedSystem {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "runs": .array(
                runs.map { run in
                    [
                        "path": .string(run.path), "run_id": .string(run.header.runID),
                        "seed": .whole(run.header.seed),
                        "verdict": .string(run.header.validity.verdict.rawValue),
                        "simulated": run.header.simulated.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}

extension ComparisonReport.Row {
    fileprivate var json: JSONValue {
        let figures: [JSONMember] = [
            JSONMember("base", .real(base)), JSONMember("value", .real(value)),
            JSONMember("judgement", .string(judgement.rawValue)),
        ]
        switch outcome {
        case .success(let comparison):
            let quantity = isShareBeyond ? "share beyond the base's" : "figure"
            return .object(
                figures + [JSONMember("compared", .string(quantity))]
                    + (comparison.json.members ?? []))
        case .failure(let refusal):
            return .object(
                figures + [JSONMember("reason", .string(refusal.sentence(of: figure.words)))])
        }
    }
}

extension RankingMap {
    /// At each reading speed the leaders by weight, each from an alpha on.
    fileprivate func json(_ names: [String]) -> JSONValue {
        [
            "reading_speeds": .array(Surface.speeds.map { .real($0) }),
            "leads": .array(
                columns.map { leads in
                    .array(
                        leads.map { lead in
                            [
                                "system": .string(names[lead.run]),
                                "from_alpha": lead.from.isFinite ? .real(lead.from) : .null,
                            ]
                        })
                }),
        ]
    }
}

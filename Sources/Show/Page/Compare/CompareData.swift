import Compare
import Goodput
import JSON
import Loss
import Plot
import Results
import RunRecord
import Sampling

/// All that the script of a comparison's page draws from, in seconds, shares and rates.
struct CompareData {
    let story: CompareFindings

    /// Columns of the surfaces that the ranking map draws: each third speed.
    private static let columns = Array(stride(from: 0, to: Surface.speeds.count, by: 3))

    var json: JSONValue {
        [
            "systems": .array(story.systems.enumerated().map(system)),
            "differences": .array(story.others.map(differences)),
            "floor": .real(floor),
            "ranking": story.bands.map(ranking) ?? .null,
            "timelines": .array(story.systems.map { timeline($0) }),
            "pairs": .array(story.pairs.map { $0.map(waits) ?? .null }),
            "latencies": .array(CompareFindings.rows.map(latency)),
        ]
    }

    private var floor: Double {
        story.report.rows.joined().lazy.compactMap { row -> Double? in
            guard case .success(let comparison) = row.outcome else { return nil }
            return comparison.floor
        }.first ?? 0
    }

    private func system(_ index: Int, _ system: ComparePage.System) -> JSONValue {
        [
            "name": .string(system.name), "colour": .integer(Int64(SystemMark.colour(index))),
            "shape": .string(SystemMark.shape(index)),
        ]
    }

    private func differences(_ index: Int, _ rows: [ComparisonReport.Row]) -> JSONValue {
        [
            "system": .integer(Int64(index)),
            "rows": .array(
                rows.compactMap { row in
                    guard let turned = row.turned else { return nil }
                    let isShown = row.judgement != .notShown
                    let values = [row.base, row.value].map {
                        PageFigures.text(row.figure, $0)
                    }.joined(separator: " → ")
                    return [
                        "name": .string(PageFigures.words(row.figure)),
                        "ends": [.real(turned.value), .real(turned.low), .real(turned.high)],
                        "shown": .bool(isShown), "values": .string(values),
                        "change": .string(row.change ?? "-"),
                    ]
                }),
        ]
    }

    private func ranking(_ bands: LeadBands) -> JSONValue {
        let columns = Self.columns
        func list(_ values: [Double]) -> JSONValue {
            .array(values.map { $0.isFinite ? .real(($0 * 1e4).rounded() / 1e4) : .null })
        }
        var areas: [JSONValue] = []
        for system in bands.surfaces.indices {
            for share in LeadBands.shares {
                let weights = columns.map { bands.weights(of: system, by: share, column: $0) }
                guard weights.contains(where: { $0 != nil }) else { continue }
                areas.append([
                    "system": .integer(Int64(system)), "share": .real(share),
                    "low": .array(weights.map { $0.map { .real($0.lowerBound) } ?? .null }),
                    "high": .array(weights.map { $0.map { .real($0.upperBound) } ?? .null }),
                ])
            }
        }
        return [
            "speeds": list(columns.map { Surface.speeds[$0] }),
            "throughput": list(bands.surfaces.map(\.throughput)),
            "penalties": .array(
                bands.surfaces.map { surface in list(columns.map { surface.penalties[$0] }) }),
            "areas": .array(areas),
            "readers": .array(
                story.base.summary.classParameters.map { each in
                    [
                        "name": .string(each.name), "speed": .real(each.parameters.readingSpeed),
                        "alpha": .real(each.parameters.alpha),
                    ]
                }),
        ]
    }

    private func timeline(_ system: ComparePage.System) -> JSONValue {
        let bins = TimelineBins(system.summary)
        func list(_ values: [Double]) -> JSONValue {
            .array(values.map { .real(($0 * 1e3).rounded() / 1e3) })
        }
        let totals = system.summary.run.totals
        let lost = (totals.throughput ?? 0) - (totals.smoothGoodput ?? 0)
        return [
            "width": .integer(Int64(bins.width)), "all": list(bins.all), "kept": list(bins.kept),
            "length": .real(Double(totals.interval?.length ?? 0) / 1e9),
            "lost": lost < 0.05
                ? .null : .string("\(PageFigures.amount(lost))\u{A0}tok/s lost"),
        ]
    }

    /// ms with the base and with the other, in turn.
    private func waits(_ pairs: WaitPairs) -> JSONValue {
        [
            "less": .integer(Int64(pairs.less)), "more": .integer(Int64(pairs.more)),
            "waits": .array(
                CompareFindings.thinned(pairs.waits).flatMap { wait in
                    [wait.base, wait.other].map { .integer($0 / 1_000_000) }
                }),
        ]
    }

    private func latency(_ row: LatencyRow, _ name: String) -> JSONValue {
        [
            "name": .string(name),
            "curves": .array(
                story.systems.map { system in
                    let curve = system.requests.curve(row)
                    return [
                        "count": .integer(Int64(curve.count)),
                        "steps": .array(
                            LatencySection.thinned(curve.steps, 0.02).flatMap { step in
                                [step.value / 1e9, step.share].map {
                                    .real(($0 * 1e7).rounded() / 1e7)
                                }
                            }),
                    ]
                }),
        ]
    }
}

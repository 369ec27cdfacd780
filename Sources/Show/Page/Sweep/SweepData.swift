import Goodput
import JSON
import Plot
import Results
import Sweep

/// All that the script of a sweep's page draws from: seconds, shares and rates, each estimate with
/// the ends of its interval.
struct SweepData {
    let findings: SweepFindings
    let panels: [SweepPanel]
    /// The page of a point's run, by the run's folder; nil where there is none to lead to.
    let links: [String: String]

    var json: JSONValue {
        [
            "words": .string(findings.sweep.axis.words), "unit": .string(unit),
            "panels": .array(panels.map(\.json)),
            "systems": .array(findings.curves.map(json)),
        ]
    }

    /// The unit behind a load's number.
    private var unit: String {
        switch findings.sweep.axis {
        case .rate: "/s"
        case .concurrency, .field: ""
        }
    }

    private func json(_ curve: SweepCurve) -> JSONValue {
        [
            "name": .string(curve.name), "colour": .integer(Int64(SystemMark.colour(curve.index))),
            "shape": .string(SystemMark.shape(curve.index)),
            "knee": (findings.isOfLoads ? SweepKnee(curve).load : nil).map { .real($0) } ?? .null,
            "points": .array(curve.points.map { json($0) }),
        ]
    }

    private func json(_ point: StoredSweep.Point) -> JSONValue {
        let link = point.runs.lazy.compactMap { links[$0.folder] }.first
        var members: [JSONMember] = [
            JSONMember("load", .real(point.load)), JSONMember("usable", .bool(point.isUsable)),
            JSONMember("overloaded", .bool(point.isOverloaded)),
            JSONMember("link", link.map { .string($0) } ?? .null),
            JSONMember("kept", json(point.kept, by: 1)),
        ]
        for figure in [SummaryFigure.smooth, .throughput] {
            members.append(JSONMember(figure.name, json(point.estimates[figure], by: 1)))
        }
        for panel in panels where panel.figure != .kept {
            members.append(
                JSONMember(
                    panel.figure.name,
                    json(point.estimates[panel.figure], by: panel.isTime ? 1e9 : 1)))
        }
        if let place = point.frontier, let user = place.tokensPerUser {
            members.append(
                JSONMember(
                    "front",
                    [
                        .real(user), .real(place.tokensPerGPU), .real(place.smoothPerGPU),
                        .bool(place.isOnFront),
                    ]))
        }
        return .object(members)
    }

    /// The value and the ends of its interval, where there is one.
    private func json(_ estimate: SweepEstimate?, by unit: Double) -> JSONValue {
        guard let estimate else { return .null }
        let ends = estimate.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
        return .array(([estimate.value] + ends).map { .real($0 / unit) })
    }
}

/// A small plot of a figure over the load.
struct SweepPanel {
    let figure: SummaryFigure
    let title: String
    /// ns.
    var bound: Double?

    var isTime: Bool { if case .latency = figure { true } else { false } }

    var isFirstToken: Bool {
        if case .latency(.ttft, _) = figure { true } else { false }
    }

    private var kind: String {
        switch figure {
        case .kept, .attainment, .qoe, .failed: "share"
        case .latency: "time"
        default: "rate"
        }
    }

    var json: JSONValue {
        [
            "figure": .string(figure.name), "title": .string(title), "kind": .string(kind),
            "bound": bound.map { .real($0 / 1e9) } ?? .null,
            "boundWords": bound.map { .string("bound \(PageFigures.bound(Int64($0)))") } ?? .null,
        ]
    }

    /// The six that say where a load breaks: a latency at p99, or at p50 where no point has enough
    /// requests; those that no point has are left out.
    static func all(_ findings: SweepFindings, _ bounds: [LatencyRow: Double]) -> [SweepPanel] {
        let points = findings.curves.flatMap(\.points)
        func has(_ figure: SummaryFigure) -> Bool {
            points.contains { $0.estimates[figure] != nil }
        }
        func latency(_ row: LatencyRow, _ name: String) -> SweepPanel {
            let tail = SummaryFigure.latency(row, .rank(.p99))
            let isTail = has(tail)
            return SweepPanel(
                figure: isTail ? tail : .latency(row, .rank(.p50)),
                title: "\(name), \(isTail ? "p99" : "p50")", bound: bounds[row])
        }
        return [
            SweepPanel(figure: .kept, title: "Kept: smooth of delivered"),
            SweepPanel(figure: .attainment, title: "Attainment"),
            latency(.ttft, "First token"), latency(.tbt, "Between tokens"),
            latency(.idle, "Reader’s wait"),
            SweepPanel(figure: .goodput, title: "Goodput, tok/s: all or nothing"),
        ].filter { $0.figure == .kept ? points.contains { $0.kept != nil } : has($0.figure) }
    }
}

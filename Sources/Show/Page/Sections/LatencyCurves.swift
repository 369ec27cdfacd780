import Goodput
import Results

/// The distribution of one latency: of all requests, and of each node's.
struct LatencyCurve {
    let row: LatencyRow
    let name: String
    let whole: [CurveStep]
    let count: Int
    /// One a node; empty where there is one node, or more than can be told apart.
    let nodes: [[CurveStep]]

    static let mostNodes = 16

    /// The share of values that are no greater than `value`.
    func share(within value: Int64) -> Double {
        whole.last { $0.value <= Double(value) }?.share ?? 0
    }

    /// The latencies that have a curve, in the order in which they are drawn.
    static let rows: [LatencyRow] = [.ttft, .tbt, .tpot, .e2e, .idle, .lateness]

    private static let names: [LatencyRow: String] = [
        .ttft: "First token, TTFT", .tbt: "Between tokens, TBT",
        .tpot: "Per token of an answer, TPOT", .e2e: "Whole answer, E2E",
        .idle: "Reader’s wait, idle", .lateness: "The client’s own lateness",
    ]

    /// The curves of all latencies that the run has: of each value where the page holds every
    /// request, else, and of gaps always, of bins of 1/64.
    static func all(_ run: PageRun) -> [LatencyCurve] {
        guard let requests = run.requests else { return [] }
        let agents = run.summary.agents.count
        let showsNodes = (2...mostNodes).contains(agents)
        return rows.map { row in
            if let parts = requests.curves[row] {
                var whole = SpanCurve()
                parts.forEach { whole.add($0) }
                return LatencyCurve(
                    row: row, name: names[row] ?? row.title, whole: whole.steps,
                    count: whole.count, nodes: showsNodes ? parts.map(\.steps) : [])
            }
            var values = [[Double]](repeating: [], count: agents)
            for request in requests.rows.prefix(requests.drawn) {
                if let value = request.latency(row, for: run.readers[request.classIndex]) {
                    values[request.agentIndex].append(value)
                }
            }
            let all = values.flatMap { $0 }
            return LatencyCurve(
                row: row, name: names[row] ?? row.title, whole: steps(all), count: all.count,
                nodes: showsNodes ? values.map(steps) : [])
        }.filter { $0.count > 0 }
    }

    /// The steps of some values, at most about a thousand of them.
    static func steps(_ values: [Double]) -> [CurveStep] {
        let sorted = values.sorted()
        let count = Double(sorted.count)
        // The tail is drawn value by value; below it a picture has no room for each.
        let stride = max(1, sorted.count / 600)
        return sorted.indices.filter { index in
            index % stride == 0 || sorted.count - index <= 400
        }.map { CurveStep(value: sorted[$0], share: Double($0 + 1) / count) }
    }
}

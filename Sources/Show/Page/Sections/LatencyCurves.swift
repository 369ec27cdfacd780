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

    /// The curves of all latencies that the run has.
    static func all(_ run: PageRun) -> [LatencyCurve] {
        guard let requests = run.requests else { return [] }
        let readers = run.readers
        func curve(
            _ row: LatencyRow, _ name: String, _ value: (PageRequest) -> Double?
        ) -> LatencyCurve {
            let values = requests.rows.map { (agent: $0.agentIndex, value: value($0)) }
            let agents = run.summary.agents.indices
            return LatencyCurve(
                row: row, name: name, whole: steps(values.compactMap(\.value)),
                count: values.count { $0.value != nil },
                nodes: (2...mostNodes).contains(agents.count)
                    ? agents.map { index in
                        steps(values.compactMap { $0.agent == index ? $0.value : nil })
                    } : [])
        }
        var gaps = GapCurve()
        requests.gaps.forEach { gaps.add($0) }
        let between = LatencyCurve(
            row: .tbt, name: "Between tokens, TBT", whole: gaps.steps, count: gaps.count,
            nodes: (2...mostNodes).contains(requests.gaps.count) ? requests.gaps.map(\.steps) : [])
        return [
            curve(.ttft, "First token, TTFT") { $0.firstToken.map(Double.init) },
            between,
            curve(.tpot, "Per token of an answer, TPOT", \.tokenTime),
            curve(.e2e, "Whole answer, E2E") { $0.tokens.map { Double($0.last) } },
            curve(.idle, "Reader’s wait, idle") {
                Double($0.idle(for: readers[$0.classIndex]))
            },
            curve(.lateness, "The client’s own lateness") { $0.lateness.map(Double.init) },
        ].filter { $0.count > 0 }
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

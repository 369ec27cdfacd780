import Goodput
import Results
import RunRecord
import Workload

/// The scored requests of a run as a comparison draws them: one pass, no token is kept.
struct ComparedRequests {
    /// A request's latencies, ns; nil where it has none.
    struct Row {
        var id: Int
        var firstToken: Int64?
        var tokenTime: Double?
        var wholeAnswer: Int64?
        var idle: Int64
    }

    private(set) var rows: [Row]
    private(set) var gaps = SpanCurve()

    init(rows: [Row]) { self.rows = rows }

    /// - Throws: ``FileProblem``, as a score does.
    init(_ summary: RunSummary, of requests: any MeasuredRequests) throws(FileProblem) {
        var rows: [Row] = []
        var gaps = SpanCurve()
        func problem(_ error: ScoringError) -> FileProblem {
            FileProblem(.content, requests.path, "\(error)")
        }
        var readers: [String: Reader] = [:]
        do throws(ScoringError) {
            for each in summary.classParameters {
                readers[each.name] = try Reader(each.parameters)
            }
        } catch {
            throw problem(error)
        }
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored, let reader = readers[request.className] else { return }
            let times = summary.times(of: request)
            gaps.addGaps(of: times)
            do throws(ScoringError) {
                let score = try RequestScore(times, for: reader)
                rows.append(
                    Row(
                        id: score.id, firstToken: score.ttft, tokenTime: score.tpot,
                        wholeAnswer: score.e2e, idle: score.idle))
            } catch {
                throw problem(error)
            }
        }
        (self.rows, self.gaps) = (rows, gaps)
    }

    /// The distribution of a latency: steps in ns, and how many values there are.
    func curve(_ row: LatencyRow) -> (steps: [CurveStep], count: Int) {
        func of(_ values: [Double]) -> (steps: [CurveStep], count: Int) {
            (LatencyCurve.steps(values), values.count)
        }
        switch row {
        case .ttft: return of(rows.compactMap { $0.firstToken.map(Double.init) })
        case .tpot: return of(rows.compactMap(\.tokenTime))
        case .e2e: return of(rows.compactMap { $0.wholeAnswer.map(Double.init) })
        case .idle: return of(rows.map { Double($0.idle) })
        case .tbt: return (gaps.steps, gaps.count)
        case .ttftSent, .interChunk, .lateness: return ([], 0)
        }
    }
}

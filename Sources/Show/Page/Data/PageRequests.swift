import Goodput
import Loss
import Results
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Workload

/// The scored requests of a run as its page needs them, from one pass: rows of those that it holds
/// one by one, and sums of all.
///
/// Memory is that of the rows, of which a sample bounds the number, 16 bytes a request beside them,
/// and the sums'.
struct PageRequests {
    /// In the order of the pass; those from ``drawn`` on are no part of the sample, and are there
    /// as the readers who wait longest.
    private(set) var rows: [PageRequest] = []
    let drawn: Int
    let sample: PageSample
    /// The longest wait of all for each of ``Lens/all(_:)``, where the rows are a sample.
    let longest: [LongestWait]
    /// By latency, one an agent.
    let curves: [LatencyRow: [SpanCurve]]
    let open: OpenPeaks
    let spectrum: LossSpectrum
    let strips: NodeStrips
    /// Delivered tokens by column of each row up to ``drawn``; empty where the page has every
    /// token.
    let columns: NumberStream
    let hasColumns: Bool
    let interval: ServingInterval
    /// Tokens of all requests, and those that earn.
    let delivered: Int
    let earning: Int

    /// Requests and tokens up to which every token is in the page.
    static let mostRequests = 2_000
    static let mostTokens = 600_000

    /// - Parameter mostWhole: Requests up to which all have rows.
    /// - Throws: ``FileProblem``, as a score does.
    init(
        _ requests: any MeasuredRequests, _ summary: RunSummary, over interval: ServingInterval,
        mostWhole: Int = PageSample.mostWhole
    ) throws(FileProblem) {
        self.interval = interval
        let totals = summary.run.totals
        sample = PageSample(requests: totals.requests, mostWhole: mostWhole)
        hasColumns =
            !sample.isWhole || totals.requests > Self.mostRequests
            || totals.tokens > Self.mostTokens
        strips = NodeStrips(summary)
        var pass: PagePass
        do throws(ScoringError) {
            pass = try PagePass(summary, over: interval, sample, strips, hasColumns: hasColumns)
        } catch {
            throw FileProblem(.content, requests.path, "\(error)")
        }
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored else { return }
            do throws(ScoringError) {
                try pass.add(request)
            } catch {
                throw FileProblem(.content, requests.path, "\(error)")
            }
        }
        (rows, drawn) = (pass.rows, pass.rows.count)
        (longest, curves, columns) = (pass.longest, pass.curves, pass.columns)
        (delivered, earning) = (pass.delivered, pass.earning)
        spectrum = pass.spectrum
        open = OpenPeaks(pass.spans)
        let held = Set(rows.lazy.map(\.id))
        var added: Set<Int> = []
        for each in longest {
            guard let row = each.row, !held.contains(row.id), added.insert(row.id).inserted else {
                continue
            }
            rows.append(row)
        }
    }

    /// The position of a request of the sample; nil for another.
    func index(of id: Int) -> Int? { rows.prefix(drawn).firstIndex { $0.id == id } }
}

/// The request whose reader waits longest.
struct LongestWait {
    private(set) var row: PageRequest?
    private var idle: Int64 = -1

    mutating func add(_ idle: Int64, _ row: @autoclosure () -> PageRequest) {
        guard idle > self.idle else { return }
        (self.idle, self.row) = (idle, row())
    }
}

import Goodput
import Loss
import Results

/// A scored request as the page needs it: no token of it is kept.
struct PageRequest {
    var id: Int
    var agentIndex: Int
    var classIndex: Int
    /// ns since the run's first request.
    var scheduled: Int64
    /// ns after `scheduled`, of the first and of the last token; nil without tokens.
    var tokens: (first: Int64, last: Int64)?
    /// ns after `scheduled`.
    var finish: Int64
    /// How late the client sent it, ns; nil where it never did.
    var lateness: Int64?
    /// All that were delivered, those of them that are read, and those that earn.
    var delivered: Int
    var read: Int
    var earning: Int
    var promptTokens: Int?
    var outcome: RequestOutcome
    var isStreamed: Bool
    /// d_0, ns after `scheduled`.
    var origin: Int64
    /// Its idle time for every reader.
    var hull: ReadingHull

    /// ns a token after the first; nil below two, and where they came collected.
    var tokenTime: Double? {
        guard isStreamed, delivered > 1, let tokens else { return nil }
        return Double(tokens.last - tokens.first) / Double(delivered - 1)
    }

    var firstToken: Int64? { isStreamed ? tokens?.first : nil }

    /// A latency of it in ns; nil where it has none.
    ///
    /// - Precondition: `row` is a latency of a whole request: none between tokens.
    func latency(_ row: LatencyRow, for reader: Reader) -> Double? {
        switch row {
        case .ttft: firstToken.map(Double.init)
        case .tpot: tokenTime
        case .e2e: tokens.map { Double($0.last) }
        case .idle: Double(idle(for: reader))
        case .lateness: lateness.map(Double.init)
        case .tbt, .interChunk, .ttftSent: preconditionFailure("no latency of a whole request")
        }
    }

    func idle(for reader: Reader) -> Int64 {
        hull.idle(tokenTime: reader.tokenTime, origin: origin)
    }
}

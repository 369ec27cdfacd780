import Advice
import Console
import Goodput
import Loss
import PlainText
import Results
import RunRecord

/// All that the sections of a page are made from.
struct PageRun {
    let summary: RunSummary
    /// nil without scored requests.
    let requests: PageRequests?
    /// One a class, as it was scored.
    let readers: [Reader]

    init(summary: RunSummary, requests: PageRequests?) {
        (self.summary, self.requests) = (summary, requests)
        // Figures were made with the same parameters, so that they are within their ranges.
        readers = summary.classParameters.compactMap { try? Reader($0.parameters) }
    }

    var totals: RunTotals { summary.run.totals }
    var throughput: Double? { totals.throughput }
    var smooth: Double? { totals.smoothGoodput }
    /// Tokens a second between them.
    var lost: Double? { throughput.flatMap { all in smooth.map { all - $0 } } }
    /// The share of throughput that was lost; nil without throughput.
    var lostShare: Double? {
        guard let lost, let throughput, throughput > 0 else { return nil }
        return lost / throughput
    }

    /// Whether as much was lost as a page would show.
    var losesAnything: Bool { (lostShare ?? 0) >= 0.0005 }

    /// The lost tokens by cause, the most first, those below half a per cent left out.
    var causes: [(cause: LossCause, tokens: Double)] {
        guard let whole = summary.analyses?.loss.whole, whole.tokensLost > 0 else { return [] }
        return LossCause.allCases.map { ($0, whole[$0]) }
            .filter { $0.1 >= 0.005 * whole.tokensLost }.sorted { $0.1 > $1.1 }
    }

    func words(_ cause: LossCause) -> String {
        cause.words(summary.classParameters.map(\.parameters))
    }

    /// The page's word on the requests that it leaves out; nil where it holds all.
    var sampleSentence: String? {
        guard let requests, !requests.sample.isWhole else { return nil }
        return "Shown one by one is 1 request in \(requests.sample.every), \(requests.drawn) of "
            + "\(totals.requests), chosen by their ids; every sum is of all."
    }

    /// A name as a sentence has room for it.
    static func name(_ name: String) -> String { name.cut(40) }

    /// Indices of parts, the greatest share lost first.
    static func worstFirst(_ parts: [PartSummary]) -> [Int] {
        let shares = parts.map { $0.lostShare ?? 0 }
        return shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
    }

    /// The node that stands out.
    var outlier: OutlyingAgent? { OutlyingAgent(of: summary) }

    /// The bound that all classes have; nil where they differ or none has one.
    func bound(_ row: LatencyRow) -> Int64? {
        let bounds = summary.classParameters.map { each -> Int64? in
            let objectives = each.parameters.objectives
            return switch row {
            case .ttft: objectives.ttft
            case .tbt: objectives.tbt
            case .tpot: objectives.tpot
            case .e2e: objectives.e2e
            case .idle, .interChunk, .lateness, .ttftSent: nil
            }
        }
        guard let first = bounds.first, bounds.allSatisfy({ $0 == first }) else { return nil }
        return first
    }
}

import Goodput

/// All that an interval needs of a request: when it arrived, and what it adds to each figure.
package struct RequestSample: Hashable, Sendable {
    package let order: ArrivalOrder
    /// n.
    package let tokens: Int
    /// Tokens that its reader reads.
    fileprivate let read: Int
    /// t_0 and t_(n−1), ns after `scheduled`, where there are tokens.
    private let firstToken: Int64
    private let lastToken: Int64
    /// l, ns.
    package let idle: Int64
    /// For its own reader, and for the robust one.
    package let benefit: Double
    package let robust: Double
    /// Gaps between its events that are longer than 0, and gaps of 0 between its tokens; none where
    /// it did not stream.
    let gaps: UInt32
    let emptyGaps: UInt32
    package let sloMet: Bool
    package let classicMet: Bool
    let isStreamed: Bool

    init(_ digest: RequestDigest, at order: ArrivalOrder, for reader: Reader, beside: Reader) {
        self.order = order
        isStreamed = digest.isStreamed
        tokens = digest.tokens
        read = max(0, digest.read)
        firstToken = digest.firstToken
        lastToken = digest.lastToken
        idle = digest.idle
        benefit = digest.benefit(for: reader)
        robust = digest.benefitBeside(for: beside)
        (gaps, emptyGaps) = digest.tokenGaps
        sloMet = digest.sloMet
        classicMet = digest.classicMet
    }

    /// Gaps between its tokens, those of length 0 among them.
    var tokenGaps: Int { Int(gaps) + Int(emptyGaps) }
}

extension RequestDigest {
    /// Gaps between its events that are longer than 0, and gaps of 0 between its tokens; none where
    /// it did not stream.
    var tokenGaps: (some: UInt32, empty: UInt32) {
        isStreamed ? (gaps, UInt32(clamping: max(0, tokens - 1) - Int(gaps))) : (0, 0)
    }
}

/// A latency of which every request has one value.
package enum RequestLatency: Int, Hashable, Sendable, CaseIterable {
    case ttft
    case tpot
    case e2e
    case idle
}

extension RequestSample {
    /// A latency, ns; nil where the request has none.
    package func value(of latency: RequestLatency) -> Double? {
        switch latency {
        case .ttft: isStreamed && tokens > 0 ? Double(firstToken) : nil
        case .tpot:
            isStreamed && tokens > 1 ? Double(lastToken - firstToken) / Double(tokens - 1) : nil
        case .e2e: tokens > 0 ? Double(lastToken) : nil
        case .idle: Double(idle)
        }
    }
}

/// A figure that is a rate: the sum of what requests add to it, over time.
package enum RateFigure: Int, Hashable, Sendable, CaseIterable {
    case smoothGoodput
    case robust
    case throughput
    case goodput
    case classicRequestGoodput

    /// The name in files.
    package var name: String {
        switch self {
        case .smoothGoodput: "smooth_goodput"
        case .robust: "robust"
        case .throughput: "throughput"
        case .goodput: "goodput"
        case .classicRequestGoodput: "classic_request_goodput"
        }
    }

    /// The tokens, or the one request, that `request` adds.
    package func contribution(of request: RequestSample) -> Double {
        switch self {
        case .smoothGoodput: request.benefit
        case .robust: request.robust
        case .throughput: Double(request.tokens)
        case .goodput: request.sloMet ? Double(request.read) : 0
        case .classicRequestGoodput: request.classicMet ? 1 : 0
        }
    }
}

/// A figure that is a share of the requests.
package enum ShareFigure: Int, Hashable, Sendable, CaseIterable {
    case sloAttainment
    case classicAttainment

    /// The name in files.
    package var name: String {
        switch self {
        case .sloAttainment: "slo_attainment"
        case .classicAttainment: "classic_attainment"
        }
    }

    package func isMet(by request: RequestSample) -> Bool {
        switch self {
        case .sloAttainment: request.sloMet
        case .classicAttainment: request.classicMet
        }
    }
}

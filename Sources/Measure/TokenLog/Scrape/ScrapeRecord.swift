package import TimeBase

/// Why a server's metrics could not be read.
package enum ScrapeFault: UInt8, Hashable, Sendable, CaseIterable {
    /// Connection refused, unreachable, or no TLS.
    case connect = 0
    /// No whole answer in time.
    case slow = 1
    /// An HTTP status other than 200.
    case httpStatus = 2
    /// A page longer than any server's metrics.
    case tooLarge = 3
    /// No lines of Prometheus's text format.
    case notMetrics = 4
    /// Metrics, and none of a name that is known.
    case nothingKnown = 5
    /// The connection broke, or what came was no HTTP.
    case broken = 6

    /// The word for it in files.
    package var name: String {
        switch self {
        case .connect: "connect"
        case .slow: "slow"
        case .httpStatus: "http_status"
        case .tooLarge: "too_large"
        case .notMetrics: "not_metrics"
        case .nothingKnown: "nothing_known"
        case .broken: "broken"
        }
    }

    /// The fault of that name; nil where there is none.
    package init?(name: String) {
        guard let fault = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = fault
    }
}

/// One question to a server for its metrics, and what came of it.
package struct ScrapeRecord: Hashable, Sendable {
    /// The outcome of a question.
    package enum Answer: Hashable, Sendable {
        case figures(ServerFigures)
        case fault(ScrapeFailure)
    }

    /// Index into the agent's targets.
    package var target: UInt16
    /// When it was asked.
    package var asked: LocalInstant
    /// When the answer had come, or was given up; never before ``asked``.
    package var at: LocalInstant
    package var answer: Answer

    package init(target: UInt16, asked: LocalInstant, at: LocalInstant, answer: Answer) {
        self.target = target
        self.asked = asked
        self.at = max(asked, at)
        self.answer = answer
    }
}

/// A question for metrics that brought none.
package struct ScrapeFailure: Hashable, Sendable {
    package var fault: ScrapeFault
    /// The HTTP status, 0 where there was none.
    package var status: UInt16
    /// Whether the server is not asked again.
    package var isLast: Bool

    package init(_ fault: ScrapeFault, status: UInt16 = 0, isLast: Bool = false) {
        self.fault = fault
        self.status = status
        self.isLast = isLast
    }
}

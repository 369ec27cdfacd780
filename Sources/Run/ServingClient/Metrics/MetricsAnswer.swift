import AnswerStream
package import TimeBase
package import TokenLog

/// The answer of a server that was asked for its metrics.
package struct MetricsAnswer: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case figures(ServerFigures)
        case fault(ScrapeFault, status: UInt16)
    }

    package var content: Content
    /// When its last bytes came, or it was given up.
    package var at: LocalInstant

    init(_ answer: ProbeAnswer) {
        at = answer.at
        let status = answer.result.status
        guard answer.result.outcome == .completed else {
            let fault =
                answer.isTooLong ? .tooLarge : ScrapeFault(answer.result.error?.kind ?? .malformed)
            content = .fault(fault, status: status)
            return
        }
        let page = MetricsPage(answer.document)
        if page.figures.isEmpty {
            content = .fault(page.isMetrics ? .nothingKnown : .notMetrics, status: status)
        } else {
            content = .figures(page.figures)
        }
    }
}

extension ScrapeFault {
    fileprivate init(_ kind: ErrorClass) {
        self =
            switch kind {
            case .connect, .local: .connect
            case .connectTimeout, .firstTokenTimeout, .betweenTokensTimeout, .totalTimeout: .slow
            case .httpStatus: .httpStatus
            default: .broken
            }
    }
}

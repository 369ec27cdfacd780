import TimeBase
package import TokenLog

/// One request as its agent recorded it, on that agent's clock.
package struct MergedRequest: Hashable, Sendable {
    package var id: UInt32
    package var agent: Int
    package var sent: SentRecord?
    /// In the order in which they arrived; stamps never decrease.
    package var tokens: [TokenRecord] = []
    /// Raw stamps of these, as ``LogBatch/delays`` has them; none where they were not kept.
    package var delays: [UInt32] = []
    package var finish: FinishRecord?

    package init(id: UInt32, agent: Int) {
        self.id = id
        self.agent = agent
    }

    /// The token records, with the trusted count spread over them where only the final usage knew
    /// it.
    package var countedTokens: [TokenRecord] {
        guard let finish, finish.evidence == .finalUsage else { return tokens }
        return spread(usage: finish.outputTokens, over: tokens)
    }
}

/// Why a record does not fit what arrived before it.
package enum MergeFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownRequest(UInt32)
    case notOfThisAgent(UInt32)
    case secondSend(UInt32)
    case secondFinish(UInt32)
    case afterFinish(UInt32)
    case backwards(UInt32)

    package var description: String {
        switch self {
        case .unknownRequest(let id): "request \(id) is not in the plan"
        case .notOfThisAgent(let id): "request \(id) was dealt to another agent"
        case .secondSend(let id): "request \(id) was sent twice"
        case .secondFinish(let id): "request \(id) has two terminal records"
        case .afterFinish(let id): "request \(id) has a record after its terminal one"
        case .backwards(let id): "request \(id) has a token stamped before the one ahead of it"
        }
    }
}

package import Goodput

/// The pace at which servers are expected to answer, where a plan is asked for its streams in
/// flight: nobody has asked them yet.
package struct ExpectedPace: Hashable, Sendable {
    /// From a request to its first token, ns.
    package var firstTokenNs: Int64
    /// From a token to the next, ns; above 0.
    package var tokenNs: Int64

    /// A pace that readers of a chat are used to: 500 ms, then 50 tokens a second.
    package static let usual = ExpectedPace(firstTokenNs: 500_000_000, tokenNs: 20_000_000)

    /// - Parameters:
    ///   - firstTokenNs: 0 or more.
    ///   - tokenNs: above 0.
    package init(firstTokenNs: Int64, tokenNs: Int64) {
        precondition(firstTokenNs >= 0 && tokenNs > 0, "a pace has spans")
        self.firstTokenNs = firstTokenNs
        self.tokenNs = tokenNs
    }

    /// The pace of servers that just meet `objectives`, which has the most streams in flight; the
    /// ``usual`` one where they say nothing. Within a minute and a second.
    package init(_ objectives: Objectives) {
        let usual = Self.usual
        self.init(
            firstTokenNs: min(max(0, objectives.ttft ?? usual.firstTokenNs), 60_000_000_000),
            tokenNs: min(max(1_000_000, objectives.tpot ?? usual.tokenNs), 1_000_000_000))
    }

    /// The length of an answer's stream, from its request to its last token, ns.
    func length(ofTokens tokens: UInt32) -> Int64 {
        firstTokenNs + Int64(max(1, tokens) - 1) * tokenNs
    }
}

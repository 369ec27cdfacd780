/// A reader's wait for one token, and what it cost.
package struct LostWait: Hashable, Sendable {
    /// The request.
    package var id: Int
    /// The token's index, from 0, among those of its request that are read; of a token that never
    /// came, how many of them did.
    package var token: Int
    /// ns on the run's timeline, when the token was missed and when it came: `to` − `from` is the
    /// wait.
    package var from: Int64
    package var to: Int64
    package var cause: LossCause
    /// Everything that was lost at that token, our own lateness included: above 0.
    package var tokensLost: Double

    /// Whether it is listed before `other`: by tokens, then by request and token.
    func isWorse(than other: LostWait) -> Bool {
        tokensLost != other.tokensLost
            ? tokensLost > other.tokensLost : (id, token) < (other.id, other.token)
    }
}

/// The waits that cost most, the worst first.
struct WorstWaits: Hashable, Sendable {
    private(set) var waits: [LostWait] = []

    /// How many are listed.
    static let most = 10

    /// Whether a wait that cost `tokensLost` may be among them.
    func mayHold(_ tokensLost: Double) -> Bool {
        guard waits.count == Self.most, let least = waits.last else { return tokensLost > 0 }
        return tokensLost >= least.tokensLost
    }

    mutating func add(_ wait: LostWait) {
        guard mayHold(wait.tokensLost) else { return }
        let index = waits.firstIndex { wait.isWorse(than: $0) } ?? waits.count
        guard index < Self.most else { return }
        if waits.count == Self.most { waits.removeLast() }
        waits.insert(wait, at: index)
    }

    mutating func add(_ others: WorstWaits) {
        for wait in others.waits { add(wait) }
    }

    mutating func removeAll() { waits.removeAll(keepingCapacity: true) }
}

/// Quality of experience after Andes (arXiv 2404.16283), per token instead of per area: the reader
/// is done waiting for token i at u_0 = max(t_0, d_0), u_i = max(t_i, u_(i−1) + V), and with
/// end = u_(n−1) + V the figure is Σ(end − u_i) / Σ(end − d_i).
///
/// All in ns after `scheduled`. The sums are exact: with at most 2^32 tokens of at most 1e18 ns
/// they stay below 2^126.
struct ReadingExperience: Hashable, Sendable {
    /// u of the newest token.
    private var doneWaiting: Int128 = 0
    private var sum: Int128 = 0

    /// `count` tokens at `time`, the first of which was due at `origin` if it is the request's
    /// first one.
    mutating func received(
        _ count: UInt32, at time: Int64, isFirst: Bool, origin: Int64, tokenTime: Int64
    ) {
        let earliest = isFirst ? Int128(origin) : doneWaiting + Int128(tokenTime)
        let reached = max(Int128(time), earliest)
        guard count > 1 else {
            doneWaiting = reached
            sum += reached
            return
        }
        let n = Int128(count)
        doneWaiting = reached + (n - 1) * Int128(tokenTime)
        sum += n * reached + Int128(tokenTime) * (n * (n - 1) / 2)
    }

    /// From 0 (exclusive) to 1, which means no waiting; nil without tokens.
    func value(tokens: Int, origin: Int64, tokenTime: Int64) -> Double? {
        guard tokens > 0 else { return nil }
        let n = Int128(tokens)
        let v = Int128(tokenTime)
        let end = doneWaiting + v
        let due = n * Int128(origin) + v * (n * (n - 1) / 2)
        return Double(n * end - sum) / Double(n * end - due)
    }
}

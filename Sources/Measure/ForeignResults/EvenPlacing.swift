import Goodput

/// Tokens of which the first and the last one's time alone are known.
enum EvenPlacing {
    /// `tokens` tokens from `first` to `last`, the gaps between events as even as whole ns allow.
    ///
    /// - Parameter most: The most events that are made, at least 2, whatever number a file names:
    ///   the bytes that it has for the request. More tokens share events.
    static func events(
        from first: Int64, to last: Int64, tokens: Int, atMost most: Int
    ) -> [TokenEvent] {
        guard tokens > 1, first < last else {
            return tokens > 0 ? [TokenEvent(time: first, count: UInt32(tokens))] : []
        }
        let count = Int64(max(2, min(tokens, most)))
        let (step, rest) = (last - first).quotientAndRemainder(dividingBy: count - 1)
        let times = (0..<count).map { first + $0 * step + min($0, rest) }
        var counts = ChunkCounts()
        return ChunkTokens.events(at: times, tokens: tokens, &counts)
    }
}

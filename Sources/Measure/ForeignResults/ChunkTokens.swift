package import Goodput

/// The rule by which the tokens of an answer are dealt to the chunks that brought them.
package enum ChunkTokens {
    /// The events of `times`, one a chunk and none decreasing, that carry `tokens` tokens in all.
    ///
    /// Chunk j of m carries round((j+1)·n/m) − round(j·n/m) tokens, ties to even, where n is at
    /// least m. Where n is smaller, token k came with chunk round(k·(m−1)/(n−1)), so that the
    /// first and the last chunk keep theirs, and a single token came with the first chunk; chunks
    /// without a token are left out.
    ///
    /// - Parameter tokens: n; nil where nobody counted: a chunk is one token then.
    /// - Complexity: O(chunks).
    package static func events(
        at times: some RandomAccessCollection<Int64>, tokens: Int?, _ counts: inout ChunkCounts
    ) -> [TokenEvent] {
        let chunks = times.count
        counts.chunks += chunks
        guard let tokens else {
            if chunks > 0 { counts.uncounted += 1 }
            counts.tokens += chunks
            return times.map { TokenEvent(time: $0) }
        }
        counts.tokens += tokens
        guard chunks > 0, tokens > 0 else {
            if chunks > 0 { counts.more += 1 }
            return []
        }
        if tokens == chunks {
            counts.even += 1
            return times.map { TokenEvent(time: $0) }
        }
        var events: [TokenEvent] = []
        events.reserveCapacity(min(chunks, tokens))
        if tokens > chunks {
            counts.fewer += 1
            var before = 0
            for (index, time) in times.enumerated() {
                let after = share(index + 1, of: tokens, in: chunks)
                events.append(TokenEvent(time: time, count: UInt32(after - before)))
                before = after
            }
        } else {
            counts.more += 1
            for token in 0..<tokens {
                let chunk = tokens == 1 ? 0 : share(token, of: chunks - 1, in: tokens - 1)
                events.append(
                    TokenEvent(time: times[times.index(times.startIndex, offsetBy: chunk)]))
            }
        }
        return events
    }

    /// round(part · whole / parts), ties to even; exact.
    private static func share(_ part: Int, of whole: Int, in parts: Int) -> Int {
        let (quotient, rest) = parts.dividingFullWidth(part.multipliedFullWidth(by: whole))
        let twice = rest * 2
        let isUp = twice > parts || (twice == parts && !quotient.isMultiple(of: 2))
        return quotient + (isUp ? 1 : 0)
    }
}

import Randomness

/// Prompts made from segments: the same segments give the same bytes on every agent, and a longer
/// segment of the same seed begins with the shorter one.
///
/// Token k of a segment is the splitmix64 output number k of its seed, so that any token can be
/// made without those before it.
package enum PromptText {
    /// Token ids that are plain text in every common vocabulary of at least 20,000 entries: clear
    /// of the control and byte tokens at its begin and the special tokens at its end.
    package static let tokenIDs: Range<UInt32> = 1_000..<20_000

    /// ``tokenIDs``, cut to a vocabulary of `vocabularySize` >= 2 entries: its upper half where it
    /// is too small for both bounds.
    package static func tokenIDs(vocabularySize: UInt32) -> Range<UInt32> {
        precondition(vocabularySize >= 2, "a vocabulary has at least two tokens")
        if vocabularySize > tokenIDs.lowerBound * 2 {
            return tokenIDs.lowerBound..<min(tokenIDs.upperBound, vocabularySize)
        }
        return (vocabularySize / 2)..<vocabularySize
    }

    /// Most tokens that room is made for ahead: a prompt's length comes from a peer.
    private static let reserveLimit = 1 << 17

    /// 64 bits for token `position` of the segment with `seed`.
    @inlinable
    static func bits(_ seed: UInt64, _ position: UInt32) -> UInt64 {
        mix64(seed &+ (UInt64(position) &+ 1) &* goldenIncrement)
    }

    /// The token id at `position` of the segment with `seed`, within `range`.
    @inlinable
    package static func tokenID(
        seed: UInt64, position: UInt32, in range: Range<UInt32> = tokenIDs
    ) -> UInt32 {
        let width = UInt64(range.upperBound - range.lowerBound)
        return range.lowerBound
            + UInt32(truncatingIfNeeded: bits(seed, position).multipliedFullWidth(by: width).high)
    }

    /// Appends the token ids of `segments` as decimal numbers with commas between them: the inside
    /// of a JSON array. O(tokens).
    package static func appendTokenIDs(
        _ segments: [PromptSegment], in range: Range<UInt32> = tokenIDs,
        calibration: PromptCalibration = .none, to bytes: inout [UInt8]
    ) {
        precondition(!range.isEmpty, "a prompt needs at least one token id to choose from")
        let total = segments.reduce(0) { $0 + Int($1.tokens) }
        bytes.reserveCapacity(bytes.count + min(total, reserveLimit) * 6)
        var isFirst = true
        for (segment, length) in zip(segments, lengths(segments, calibration)) {
            for position in 0..<length {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                appendDecimal(
                    tokenID(seed: segment.seed, position: position, in: range), to: &bytes)
            }
        }
    }

    /// Appends common English words with a space between them; no character needs an escape in
    /// JSON. Their number is what `calibration` makes of the tokens: without one a word a token,
    /// with which real tokenizers agree to within a few per cent. O(tokens).
    package static func appendWords(
        _ segments: [PromptSegment], calibration: PromptCalibration = .none,
        to bytes: inout [UInt8]
    ) {
        let total = segments.reduce(0) { $0 + Int($1.tokens) }
        bytes.reserveCapacity(bytes.count + min(total, reserveLimit) * 6)
        let table = PromptWords.table
        var isFirst = true
        for (segment, length) in zip(segments, lengths(segments, calibration)) {
            for position in 0..<length {
                if !isFirst { bytes.append(UInt8(ascii: " ")) }
                isFirst = false
                let word = Int(bits(segment.seed, position) >> (64 - PromptWords.bits))
                bytes.append(contentsOf: table[word])
            }
        }
    }

    private static func appendDecimal(_ value: UInt32, to bytes: inout [UInt8]) {
        var divisor: UInt32 = 1
        while value / divisor >= 10 { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}

/// Tells answers whose events came all at once, though they were made one after the other: a proxy,
/// or the server itself, collects the stream.
package enum CollectedAnswer {
    /// Fewest events of an answer that show it.
    package static let fewestEvents = 4
    /// Events that follow each other faster, in the mean, were not made as they came: no server
    /// writes 50,000 events of one answer a second.
    private static let fastestEventNs: Int64 = 20_000
    /// An answer that was made while its events came takes longer than this part of the wait
    /// before them.
    private static let waitPart: Int64 = 10

    /// Whether all events of an answer came at once, and its end with them. Fewer events than
    /// ``fewestEvents`` prove nothing.
    ///
    /// - Parameters:
    ///   - events: those with tokens.
    ///   - spanNs: from the first of them to the last.
    ///   - endNs: from the first of them to the end of the answer.
    ///   - waitNs: from the request to the first of them.
    package static func cameAtOnce(
        events: Int, spanNs: Int64, endNs: Int64, waitNs: Int64
    ) -> Bool {
        spanNs <= Int64(events - 1) * fastestEventNs && endNs <= waitNs / waitPart
    }
}

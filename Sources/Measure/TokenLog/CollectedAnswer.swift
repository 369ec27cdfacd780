/// Tells answers whose events came all at once, though they were made one after the other: a proxy,
/// or the server itself, collects the stream.
package enum CollectedAnswer {
    /// Fewest events of an answer that show it.
    private static let fewestEvents = 4
    /// Events that follow each other faster, in the mean, were not made as they came: no server
    /// writes 50,000 events of one answer a second.
    private static let fastestEventNs: Int64 = 20_000

    /// Whether an answer was collected; nil where it has too few events to tell.
    ///
    /// - Parameters:
    ///   - events: those with tokens.
    ///   - spanNs: from the first of them to the last.
    ///   - waitNs: from the request to the first of them.
    package static func isCollected(events: Int, spanNs: Int64, waitNs: Int64) -> Bool? {
        guard events >= fewestEvents else { return nil }
        return spanNs <= Int64(events - 1) * fastestEventNs && spanNs <= waitNs / 10
    }
}

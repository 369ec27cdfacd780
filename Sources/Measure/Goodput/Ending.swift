/// A reader's score when the request has ended.
package struct Ending: Hashable, Sendable {
    /// t_i − d_i at its greatest, the wait until the end included: ``ReadingProgress/lateness``.
    let lateness: Int64
    /// Tokens.
    package let benefit: Double
    /// Tokens earned at the end itself; nil where the end has no entry in the timeline.
    package let lastEntry: Double?

    /// The end, `elapsed` ns after `scheduled`, of a request of which `tokens` tokens came, unread
    /// ones among them.
    ///
    /// - Throws: ``RequestDefect/benefitNotFinite(idle:)``.
    package init(
        of progress: ReadingProgress, _ reader: Reader, tokens: Int, outcome: RequestOutcome,
        at elapsed: Int64
    ) throws(RequestDefect) {
        let read = progress.read(of: tokens)
        var ended = progress
        if reader.waits(after: outcome) { ended.waited(until: elapsed) }
        lateness = ended.lateness
        benefit = reader.benefit(
            tokens: reader.earning(read, after: outcome), idle: ended.idle)
        guard benefit.isFinite else { throw .benefitNotFinite(idle: ended.idle) }
        lastEntry =
            reader.hasLastEntry(after: outcome)
            ? benefit - reader.benefit(tokens: read, idle: progress.idle) : nil
    }

    /// l, ns.
    package var idle: Int64 { max(0, lateness) }
}

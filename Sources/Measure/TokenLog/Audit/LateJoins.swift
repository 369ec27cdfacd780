/// Reads that brought several events and that the client was late to take: whether it or the server
/// joined them cannot be told, so it is counted how far their stamps may have been moved.
///
/// All events of a read have the stamp of its newest segment. Where the client was prompt, what
/// stood together had come together. Where it was late, an event may have come as early as the
/// stamp before it: that bound is what is counted.
package struct LateJoins: Hashable, Sendable {
    /// Reads of later tokens, by the time since the stream's stamp before, ns.
    package var gaps = LogHistogram()
    /// Reads with a first token, by the time since the request was sent, ns.
    package var firsts = LogHistogram()

    /// A read taken this soon after the kernel's stamp is prompt: what a wake-up takes, ns.
    package static let promptNs: Int64 = 200_000
    /// So is one taken within this part of the time since the stamp before: events that came apart
    /// by such a gap meet in one read, at random, that seldom.
    package static let promptPart: Int64 = 20

    package init() {}

    /// Counts a read with several events that came `delayNs` after its stamp, `sinceNs` after what
    /// was known before.
    ///
    /// - Parameters:
    ///   - delayNs: From the kernel's stamp to the callback; nil where there was no stamp, and
    ///     nothing says that the client was prompt.
    ///   - sinceNs: From the stream's stamp before to this one, or from the send.
    package mutating func add(delayNs: Int64?, sinceNs: Int64, isFirst: Bool) {
        if let delayNs, delayNs <= max(Self.promptNs, sinceNs / Self.promptPart) { return }
        if isFirst { firsts.add(sinceNs) } else { gaps.add(sinceNs) }
    }

    package mutating func add(_ other: LateJoins) {
        for (step, count) in other.gaps.filled { gaps.add(count, toStep: step) }
        for (step, count) in other.firsts.filled { firsts.add(count, toStep: step) }
    }
}

/// Ways in which a server holds back tokens that its engine has made: what shipping servers and the
/// paper's cheating ones do, for finding out what they gain and whether it shows.
package struct TokenHolding: Hashable, Sendable {
    /// Tokens of an event: it leaves with the first token, when so many are unsent, and at the end.
    /// 1 holds nothing.
    package var streamInterval = 1
    /// A token leaves no earlier than this after the one before it, ns.
    package var outputDelayNs: Int64 = 0
    /// No token leaves earlier than this after the engine made the first, ns.
    package var firstNs: Int64 = 0

    package init() {}

    /// Longest of the times, ns: an hour.
    package static let longestNs: Int64 = 3_600_000_000_000

    /// Whether tokens leave later than the engine made them, be it one by one.
    package var delays: Bool { outputDelayNs > 0 || firstNs > 0 }
}

extension TokenHolding: CustomStringConvertible {
    /// The options that hold something, in words; empty where nothing is held.
    package var description: String {
        var words: [String] = []
        if streamInterval > 1 { words.append("stream interval \(streamInterval)") }
        if outputDelayNs > 0 { words.append("output delay \(Self.milliseconds(outputDelayNs))") }
        if firstNs > 0 { words.append("hold first \(Self.milliseconds(firstNs))") }
        return words.joined(separator: ", ")
    }

    private static func milliseconds(_ ns: Int64) -> String {
        ns % 1_000_000 == 0 ? "\(ns / 1_000_000) ms" : "\(Double(ns) / 1e6) ms"
    }
}

/// When the tokens of one stream leave.
package struct TokenRelease: Hashable, Sendable {
    private let holding: TokenHolding
    /// Before which none leaves; nil before the first token.
    private var earliestNs: Int64?

    package init(_ holding: TokenHolding) { self.holding = holding }

    /// When a token leaves that the engine has ready at `ns`, no earlier than the one before: never
    /// before `ns`, and never before an earlier token.
    package mutating func due(_ ns: Int64) -> Int64 {
        let due = max(ns, earliestNs ?? ns + holding.firstNs)
        earliestNs = due + holding.outputDelayNs
        return due
    }
}

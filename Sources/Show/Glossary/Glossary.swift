/// All words of the tables with their meaning: the one text that `legato explain` prints and that
/// the metric reference consists of.
package enum Glossary {
    /// By chapter, in the order in which they are read.
    package static let entries: [GlossaryEntry] =
        rates + latencies + reader + losses + verdicts + uncertainty + clocks + agents + sweeps

    /// The entry of `word`, written in any case, with blanks, dashes, dots or underscores between
    /// its parts, and with a percentile or a statistic behind it (`TTFT p99`, `tbt.max`); nil for a
    /// word that is none.
    package static func entry(for word: String) -> GlossaryEntry? {
        let key = key(word)
        if let entry = byKey[key] { return entry }
        // A column's name with its statistic behind it.
        let parts = key.split(separator: " ")
        guard parts.count > 1, let last = parts.last,
            isPercentile(last) || last == "mean" || last == "max"
        else { return isPercentile(key[...]) ? byKey["percentile"] : nil }
        return byKey[parts.dropLast().joined(separator: " ")]
    }

    /// All words and their other names, for a hint at the nearest.
    package static var names: [String] { entries.flatMap { [$0.word] + $0.aliases } }

    private static let byKey: [String: GlossaryEntry] = {
        var entries: [String: GlossaryEntry] = [:]
        for entry in Self.entries {
            for name in [entry.word] + entry.aliases {
                let former = entries.updateValue(entry, forKey: key(name))
                precondition(former == nil || former == entry, "\(name) is explained twice")
            }
        }
        return entries
    }()

    static func key(_ word: String) -> String {
        let blanks: Set<Character> = [" ", "-", "_", ".", "\t"]
        return word.lowercased().split(whereSeparator: blanks.contains).joined(separator: " ")
    }

    /// `p99`, `p99 9`.
    private static func isPercentile(_ word: Substring) -> Bool {
        word.first == "p" && word.count > 1
            && word.dropFirst().allSatisfy { $0.isNumber || $0 == " " }
    }
}

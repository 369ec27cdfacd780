/// A percentile's rank: from 0 to 100, in thousandths, so that 99.9 is exact.
package struct PercentileRank: Hashable, Comparable, Sendable {
    /// 0...100_000.
    package let thousandths: Int

    /// - Precondition: `thousandths` lies from 0 to 100,000.
    package init(thousandths: Int) {
        precondition((0...100_000).contains(thousandths), "a percentile lies from 0 to 100")
        self.thousandths = thousandths
    }

    /// The percentile that `text` writes as a decimal number of at most three digits behind the
    /// point; nil for anything else and for what lies outside 0 to 100.
    package init?(_ text: some StringProtocol) {
        let halves = String(text)
            .split(separator: "." as Character, omittingEmptySubsequences: false)
            .map { String($0) }
        let digits = halves.count == 2 ? halves[1] : "0"
        guard halves.count <= 2, Self.areDigits(halves[0]), Self.areDigits(digits),
            let whole = Int(halves[0]),
            let part = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count)),
            whole * 1_000 + part <= 100_000
        else { return nil }
        thousandths = whole * 1_000 + part
    }

    private static func areDigits(_ text: String) -> Bool {
        (1...3).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    package static func < (a: PercentileRank, b: PercentileRank) -> Bool {
        a.thousandths < b.thousandths
    }

    package static let p50 = PercentileRank(thousandths: 50_000)
    package static let p90 = PercentileRank(thousandths: 90_000)
    package static let p99 = PercentileRank(thousandths: 99_000)
    package static let p999 = PercentileRank(thousandths: 99_900)

    /// `50`, `99.9`.
    package var number: String {
        let part = thousandths % 1_000
        guard part > 0 else { return String(thousandths / 1_000) }
        var digits = String(part + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(thousandths / 1_000).\(digits)"
    }

    /// The heading of its column in a table: `p50`, `p99.9`.
    package var title: String { "p" + number }

    /// The name in files: `p50`, and above 99 as the field writes it, `p999` for 99.9; elsewhere
    /// the point stays (`p2.5`), so that no two have one name.
    package var name: String {
        thousandths > 99_000 && thousandths < 100_000
            ? "p" + number.filter { $0 != "." } : title
    }
}

/// The percentiles that are listed of every distribution, rising.
package struct PercentileRanks: Hashable, Sendable {
    package let ranks: [PercentileRank]

    /// The most that are listed: a table has no room for more.
    package static let most = 8

    /// 50, 90, 99 and 99.9: what is listed where nobody chose.
    package static let standard = PercentileRanks([PercentileRank.p50, .p90, .p99, .p999])
    /// 50, 90 and 99: what every distribution has, whatever is listed.
    package static let always = PercentileRanks([PercentileRank.p50, .p90, .p99])

    /// Each of `ranks` once, in order.
    ///
    /// - Precondition: there are 1 to ``most`` different ones.
    package init(_ ranks: some Sequence<PercentileRank>) {
        self.ranks = Set(ranks).sorted()
        precondition((1...Self.most).contains(self.ranks.count), "a list has 1 to 8 percentiles")
    }

    /// Reads `50,95,99.9`.
    ///
    /// - Throws: ``PercentileError`` for what is no percentile, for none and for too many.
    package init(parsing text: String) throws(PercentileError) {
        var ranks: Set<PercentileRank> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var word = part.filter { $0 != " " }
            if word.first == "p" { word.removeFirst() }
            guard let rank = PercentileRank(word) else { throw .notOne(String(part)) }
            ranks.insert(rank)
        }
        guard ranks.count <= Self.most else { throw .tooMany(ranks.count) }
        self.ranks = ranks.sorted()
    }

    /// These and those that every distribution has, which the rest of a report needs.
    var withThree: Set<PercentileRank> { Set(ranks).union(Self.always.ranks) }
}

/// Why a text lists no percentiles.
package enum PercentileError: Error, Hashable, Sendable, CustomStringConvertible {
    case notOne(String)
    case tooMany(Int)

    package var description: String {
        switch self {
        case .notOne(let text):
            "\"\(text)\" is no percentile; write numbers from 0 to 100 with at most three places, "
                + "such as 50,95,99.9"
        case .tooMany(let count):
            "\(count) percentiles are more than a table has room for; write at most "
                + "\(PercentileRanks.most)"
        }
    }
}

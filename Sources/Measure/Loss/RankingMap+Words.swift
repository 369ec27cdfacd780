import PlainText

extension RankingMap {
    /// The share of its throughput that a run may lose at alpha 1, and by which throughputs may
    /// differ, where the map speaks of no difference.
    package static let indifference = 0.01

    /// How many ranges of speeds are told apart in words.
    private static let mostRanges = 8

    /// How many speeds from the slowest reader on show no difference: every run scores its
    /// throughput, and these are alike.
    package var columnsWithoutDifference: Int {
        let most = surfaces.reduce(0) { max($0, $1.throughput) }
        guard surfaces.allSatisfy({ most - $0.throughput <= Self.indifference * most }) else {
            return 0
        }
        return columnsOfThroughput
    }

    /// How many speeds from the slowest reader on cost no run more than ``indifference``.
    private var columnsOfThroughput: Int {
        Surface.speeds.indices.first { column in
            surfaces.contains { $0.penalties[column] > Self.indifference * $0.throughput }
        } ?? Surface.speeds.count
    }

    /// The map in words: where there is no difference, and where the ranking flips, or that it does
    /// not over the whole plane. Nothing of a single run.
    ///
    /// - Parameter names: The runs' names, by their indices.
    package func sentences(names: [String]) -> [String] {
        guard surfaces.count > 1 else { return [] }
        let alike = columnsWithoutDifference
        let count = Surface.speeds.count
        let within = "(within \(Figures.fixed(Self.indifference * 100, 0)) %, at alpha 1)"
        guard alike < count else {
            return [
                "no difference at any S from 1 to 1,000 tokens/s: every run scores its throughput "
                    + within
            ]
        }
        var sentences: [String] = []
        if alike > 0 {
            sentences.append(
                "no difference below S = \(Self.speed(alike)) tokens/s: every run scores its "
                    + "throughput there \(within)")
        } else if columnsOfThroughput > 0 {
            sentences.append(
                "below S = \(Self.speed(min(columnsOfThroughput, count - 1))) tokens/s every run "
                    + "scores its throughput \(within), and these differ")
        }
        let ranges = ranges(from: alike)
        if ranges.count == 1, let only = ranges.first, only.runs.count == 1 {
            let scope = alike > 0 ? "above that" : "over the whole plane"
            sentences.append(
                "the ranking does not flip \(scope): \(names[only.runs[0]]) leads at every S and "
                    + "every alpha")
            return sentences
        }
        for range in ranges.prefix(Self.mostRanges) {
            sentences.append(words(range, names))
        }
        if ranges.count > Self.mostRanges {
            sentences.append(
                "the ranking flips \(Figures.count(ranges.count - Self.mostRanges, "more time"))")
        }
        return sentences
    }

    /// Neighbouring speeds with the same leads in the same order.
    private struct Range {
        var runs: [Int]
        var columns: ClosedRange<Int>
    }

    private func ranges(from first: Int) -> [Range] {
        var ranges: [Range] = []
        for column in first..<columns.count {
            let runs = columns[column].map(\.run)
            if let last = ranges.last, last.runs == runs {
                ranges[ranges.count - 1].columns = last.columns.lowerBound...column
            } else {
                ranges.append(Range(runs: runs, columns: column...column))
            }
        }
        return ranges
    }

    private func words(_ range: Range, _ names: [String]) -> String {
        let (low, high) = (range.columns.lowerBound, range.columns.upperBound)
        let scope =
            low == high
            ? "at S = \(Self.speed(low)) tokens/s"
            : "from S = \(Self.speed(low)) to \(Self.speed(high)) tokens/s"
        guard range.runs.count > 1 else {
            return "\(scope) \(names[range.runs[0]]) leads at every alpha"
        }
        var text = "\(scope) \(names[range.runs[0]]) leads"
        for (place, run) in range.runs.enumerated().dropFirst() {
            let (first, last) = (columns[low][place].from, columns[high][place].from)
            let (from, to) = (Self.weight(first), Self.weight(last))
            let turn = from == to ? from : "\(from) (at the last of these, \(to))"
            text += place == 1 ? " up to alpha = \(turn)" : " up to \(turn)"
            text += place == range.runs.count - 1 ? ", \(names[run]) above" : ", \(names[run])"
        }
        return text
    }

    /// A weight with two significant digits at least.
    private static func weight(_ alpha: Double) -> String {
        var digits = 2
        var tenths = alpha * 10
        while tenths < 1, digits < 9 {
            digits += 1
            tenths *= 10
        }
        return alpha < 1 ? Figures.fixed(alpha, digits) : Figures.short(alpha)
    }

    private static func speed(_ column: Int) -> String { Figures.short(Surface.speeds[column]) }
}

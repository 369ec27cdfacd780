/// Count, sum, squares and extremes of spans.
struct SpanMoments: Sendable {
    private(set) var count = 0
    private(set) var least = Int64.max
    private(set) var greatest: Int64 = 0
    /// Sums modulo 2^128: they are exact, and so is the deviation, as long as the squares of the
    /// distances from the mean add up to less than 2^127 ns², a million years' worth.
    private var sum: Int128 = 0
    private var squares: Int128 = 0

    mutating func add(_ spans: UnsafeBufferPointer<Int64>) {
        var (least, greatest, sum, squares) = (least, greatest, sum, squares)
        for span in spans {
            least = min(least, span)
            greatest = max(greatest, span)
            sum &+= Int128(span)
            squares &+= Int128(span) &* Int128(span)
        }
        count += spans.count
        (self.least, self.greatest, self.sum, self.squares) = (least, greatest, sum, squares)
    }

    mutating func add(_ span: Int64, times: Int) {
        count += times
        least = min(least, span)
        greatest = max(greatest, span)
        sum &+= Int128(span) &* Int128(times)
        squares &+= Int128(span) &* Int128(span) &* Int128(times)
    }

    mutating func add(_ other: SpanMoments) {
        count += other.count
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        sum &+= other.sum
        squares &+= other.squares
    }

    /// The mean, ns.
    ///
    /// - Precondition: there are spans.
    var mean: Double { Double(sum) / Double(count) }

    /// The population's standard deviation, ns.
    ///
    /// - Precondition: there are spans.
    var deviation: Double {
        // About a whole number near the mean, so that nothing cancels but exact integers.
        let center = sum / Int128(count)
        let about = squares &- 2 &* center &* sum &+ Int128(count) &* center &* center
        let rest = Double(sum &- center &* Int128(count)) / Double(count)
        return max(0, Double(about) / Double(count) - rest * rest).squareRoot()
    }
}

import Goodput

/// The tokens of one request by column of the raster.
struct TokenColumns {
    /// The column of the first count, and a count a column up to the last token.
    private(set) var first = 0
    private(set) var counts: [Int] = []

    /// Columns of the whole run.
    static let count = 1_600

    init(_ tokens: [TokenEvent], over interval: ServingInterval) {
        for event in tokens {
            let column = min(
                Self.count - 1,
                Int(
                    Double(event.time - interval.begin) / Double(max(1, interval.length))
                        * Double(Self.count)))
            if counts.isEmpty { first = column }
            while counts.count <= column - first { counts.append(0) }
            counts[column - first] += Int(event.count)
        }
    }
}

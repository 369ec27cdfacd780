/// How many tokens the blocks of a trace's `hash_ids` have, found by the rows' own lengths: n ids
/// of blocks of B tokens are a prompt of more than (n - 1) B tokens and of at most n B.
enum TraceBlocks {
    /// Sizes that are looked for: what the block pools of servers have.
    static let sizes: [UInt32] = (0...13).map { 1 << $0 }

    /// The finding about the blocks' size.
    enum Finding: Hashable {
        case size(UInt32)
        /// Several sizes fit: the file does not say which.
        case several([UInt32])
        /// Row number `row` contradicts the size, or all sizes together.
        case contradiction(row: Int)
    }

    /// Whether `row` can be cut into blocks of `size` tokens: with a partial last one, or, as
    /// traces of whole blocks have it, without.
    static func fits(_ row: TraceRow, _ size: UInt32) -> Bool {
        let count = UInt64(row.blocks.count)
        let (size, input) = (UInt64(size), UInt64(row.input))
        return count == (input + size - 1) / size || count == input / size
    }

    private static func fitsExactly(_ row: TraceRow, _ size: UInt32) -> Bool {
        UInt64(row.blocks.count) == (UInt64(row.input) + UInt64(size) - 1) / UInt64(size)
    }

    /// The size of the blocks of `rows`, of which at most one in a hundred may contradict it.
    ///
    /// - Parameters:
    ///   - given: The size that somebody said; only looked whether it can be.
    ///   - usual: The format's, which is taken where it fits.
    /// - Returns: nil where no row has ids. O(rows * sizes).
    static func find(_ rows: [TraceRow], given: UInt32?, usual: UInt32) -> Finding? {
        let marked = rows.indices.filter { !rows[$0].blocks.isEmpty }
        guard let first = marked.first else { return nil }
        let allowed = Int(Double(marked.count) * LeftOut.largestUnusableShare)
        func odd(_ size: UInt32, _ fits: (TraceRow, UInt32) -> Bool) -> [Int] {
            marked.filter { !fits(rows[$0], size) }
        }
        let wanted = given ?? usual
        let contradicting = odd(wanted, fits)
        if contradicting.count <= allowed { return .size(wanted) }
        if given != nil { return .contradiction(row: contradicting.first ?? first) }
        for rule in [fitsExactly, fits] {
            let fitting = sizes.filter { odd($0, rule).count <= allowed }
            if fitting.count == 1 { return .size(fitting[0]) }
            if fitting.count > 1 { return .several(fitting) }
        }
        return .contradiction(row: contradicting.first ?? first)
    }
}

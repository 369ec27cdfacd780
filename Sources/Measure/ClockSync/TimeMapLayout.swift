/// The cells of a ``TimeMap`` and their pieces.
struct TimeMapLayout: Sendable {
    /// A cell has 2^shift ns: 0.13 s, or more where there would be too many.
    var shift: UInt64 = 27
    /// The offset from which lines count, ns.
    var offset: Int64
    var cells: [TimeMap.Cell] = []
    var pieces: [TimeMap.Piece] = []

    /// 4 MB of cells, and 12 MB of pieces.
    static let mostCells: UInt64 = 1 << 18
    static let mostPieces = 1 << 19

    /// Any window's stamps as they are: two cells whose offset is 0.
    static let identity = TimeMapLayout(
        shift: 63, offset: 0,
        cells: Array(repeating: TimeMap.Cell(base: 0, slope: 0, pieces: 0), count: 2))
}

import Goodput

/// The three readers that stand for all: the median, the one that one in twenty waits longer than,
/// and the one who waits longest.
struct ReaderPicks {
    /// Positions of the requests; fewer than three where there are fewer with tokens.
    let rows: [Int]

    init(_ requests: PageRequests, _ lens: Lens) {
        let waits = requests.rows.enumerated().filter { $1.read > 0 }.map { index, row in
            (idle: row.idle(for: lens.readers[row.classIndex]), index: index)
        }.sorted { ($0.idle, $0.index) < ($1.idle, $1.index) }
        let count = waits.count
        let ranks = count == 0 ? [] : [(count - 1) / 2, (count * 19 + 19) / 20 - 1, count - 1]
        rows = ranks.map { waits[$0].index }
    }
}

import Goodput
import Results

/// The three readers that stand for all: the median, the one that one in twenty waits longer than,
/// and the one who waits longest.
struct ReaderPicks {
    /// Positions of the requests; fewer than three where there are fewer with tokens.
    let rows: [Int]

    /// One for each of ``Lens/all(_:)``.
    ///
    /// - Throws: ``ScoringError``, as a lens does.
    /// - Complexity: O(lenses · rows) expected.
    static func all(
        _ requests: PageRequests, _ classes: [ScoringParameters]
    ) throws(ScoringError) -> [ReaderPicks] {
        var places: [Int: Int] = [:]
        for index in requests.rows.indices.dropFirst(requests.drawn) {
            places[requests.rows[index].id] = index
        }
        let read = requests.rows.indices.prefix(requests.drawn).filter {
            requests.rows[$0].read > 0
        }
        var idle = [Int64](repeating: 0, count: read.count)
        return try Lens.all(classes).enumerated().map { (lens, each) throws(ScoringError) in
            for (place, index) in read.enumerated() {
                let row = requests.rows[index]
                idle[place] = row.idle(for: each.readers[row.classIndex])
            }
            let longest = requests.longest.isEmpty ? nil : requests.longest[lens].row
            return ReaderPicks(
                idle, read, longest.flatMap { places[$0.id] ?? requests.index(of: $0.id) })
        }
    }

    /// - Parameters:
    ///   - idle: The idle time of each request, ns.
    ///   - rows: Their positions, rising.
    ///   - longest: Where another one waits longest than among them.
    init(_ idle: [Int64], _ rows: [Int], _ longest: Int? = nil) {
        let count = idle.count
        guard count > 0 else {
            self.rows = longest.map { [$0] } ?? []
            return
        }
        var ordered = idle
        var picks = ordered.withUnsafeMutableBufferPointer { buffer in
            [(count - 1) / 2, (count * 19 + 19) / 20 - 1, count - 1].map { buffer.select(rank: $0) }
        }.map { value in rows[idle.firstIndex(of: value) ?? 0] }
        if let longest { picks[2] = longest }
        self.rows = picks
    }
}

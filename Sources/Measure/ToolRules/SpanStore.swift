import Goodput

/// The spans that are kept, in the order in which they came.
struct SpanStore: Sendable {
    private var spans: [Int64] = []
    /// How often each counts; empty as long as all count once.
    private var times: [Int] = []
    /// The cell of the spans from an index on, where it changes.
    private var cells: [(begin: Int, cell: Int)] = []

    var count: Int { spans.count }

    mutating func append(_ buffer: UnsafeBufferPointer<Int64>, cell: Int) {
        enter(cell)
        spans.append(contentsOf: buffer)
        if !times.isEmpty { times.append(contentsOf: repeatElement(1, count: buffer.count)) }
    }

    mutating func append(_ span: Int64, times count: Int, cell: Int) {
        enter(cell)
        if times.isEmpty, count > 1 { times = [Int](repeating: 1, count: spans.count) }
        spans.append(span)
        if count > 1 || !times.isEmpty { times.append(count) }
    }

    private mutating func enter(_ cell: Int) {
        if cells.last?.cell != cell { cells.append((spans.count, cell)) }
    }

    /// Hands all spans over to `search`.
    func hand(to search: inout GapSearch) {
        for (index, (begin, cell)) in cells.enumerated() {
            let end = index + 1 < cells.count ? cells[index + 1].begin : spans.count
            guard times.isEmpty else {
                for place in begin..<end {
                    search.add(spans[place], times: times[place], cell: cell)
                }
                continue
            }
            spans.withUnsafeBufferPointer {
                search.add(UnsafeBufferPointer(rebasing: $0[begin..<end]), cell: cell)
            }
        }
    }
}

/// The mean number of open spans in each of 64 equal bins of a stretch.
package struct BinLevels: Hashable, Sendable {
    static let bins = 64

    /// ns.
    private let start: Int64
    private let width: Double
    /// Open time by bin, ns.
    private var open = [Double](repeating: 0, count: bins)

    /// The bins of [`start`, `end`), which is not empty.
    init(start: Int64, end: Int64) {
        self.start = start
        width = Double(end - start) / Double(Self.bins)
    }

    /// Takes in a span that is open from `begin` until before `end`. O(bins that it touches).
    mutating func add(from begin: Int64, until end: Int64) {
        let length = width * Double(Self.bins)
        let low = max(0, distance(to: begin))
        let high = min(length, distance(to: end))
        guard low < high else { return }
        for bin in min(Self.bins - 1, Int(low / width))...min(Self.bins - 1, Int(high / width)) {
            let left = Double(bin) * width
            open[bin] += max(0, min(high, left + width) - max(low, left))
        }
    }

    /// From the start, ns: the difference first, so that nothing is lost far from zero.
    private func distance(to time: Int64) -> Double {
        let (distance, overflow) = time.subtractingReportingOverflow(start)
        return overflow ? Double(time) - Double(start) : Double(distance)
    }

    /// The mean number in each bin.
    var means: [Double] { open.map { $0 / width } }
}
